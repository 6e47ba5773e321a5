"""The library anew, from files that changed: all of what is there now, or all of what was before.

A cassette that was served, or a configuration that applied, and that is there and cannot be read
now keeps the whole old library: a file that an editor has half written harms nobody. What is new
and broken is told of and the rest is served, as at a start. A file that is gone is gone; of the
paths themselves none may be, for that is how a volume looks that is not mounted.
"""

import gc
import logging
import os
from asyncio import get_running_loop
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

from playhead import folder
from playhead.configuration import FILE_NAMES, NOTHING, Configuration
from playhead.folder import Shelf
from playhead.giving_way import giving_way
from playhead.library import Library
from playhead.printable import printable
from playhead.readings import Readings
from playhead.walk import Skip
from playhead.wording import listed, plural

NAMED = 100
"""Files that are named of those that are others now; the rest are counted."""
_FIRST = 3
"""The same in the log."""

_logger = logging.getLogger("playhead")

Swap: TypeAlias = Callable[[Library], object]
"""Puts a library in the place of the one that is served, or sees to it that somebody does."""


async def _nobody() -> str | None:
    """There are no other workers."""


def _uncounted(_result: str) -> None:
    """Nobody counts."""


def in_loop(swap: Swap) -> Swap:
    """Return what has the running event loop call `swap`, and may be called in any thread."""
    loop = get_running_loop()
    return lambda library: loop.call_soon_threadsafe(swap, library)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """What a reload came to: the files that are others now, or what keeps the old library."""

    changed: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    problems: tuple[Skip, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether any file is another."""
        return bool(self.changed or self.new or self.gone)


def as_json(reloaded: Reloaded, shelf: Shelf) -> dict[str, Any]:
    """Return what a reload came to, and what is served since, as a JSON value."""
    return {
        "changed": _counted(reloaded.changed),
        "new": _counted(reloaded.new),
        "gone": _counted(reloaded.gone),
        "cassettes": len(shelf.cassettes),
        "interactions": shelf.interactions,
        "problems": [problem.as_json() for problem in reloaded.problems],
    }


def _counted(files: Sequence[str]) -> dict[str, Any]:
    return {"count": len(files), "first": files[:NAMED]}


class Reloader:
    """Makes the first library of some paths and each later one; safe in any thread.

    `library` is the newest; `stale` says what keeps an old one now.
    """

    def __init__(self, paths: Sequence[Path], flags: Configuration = NOTHING) -> None:
        self.paths = tuple(paths)
        self._flags = flags
        self._readings = Readings()
        self._lock = Lock()
        self.library = Library(folder.load(self.paths, flags, self._readings))
        self._files = self._readings.files
        self._problems: tuple[Skip, ...] = ()
        self.count: Callable[[str], object] = _uncounted
        """Told `served` of each later library, `refused` of what kept an old one, once; in any
        thread."""
        self.reload_others: Callable[[], Awaitable[str | None]] = _nobody
        """Has the other workers of the server reload; returns when they have, or who has not."""

    def catch_up(self) -> Library:
        """Return the library of what is there now, or the old one where that is broken.

        For a process that stands behind others that tell of what they reload: it says nothing.
        """
        with self._lock, folder.without_garbage_collection():
            shelf = folder.load(self.paths, self._flags, self._readings)
            self._problems = tuple(self._found_broken(shelf))
            if not self._problems:
                self.library = Library(shelf)
                self._files = self._readings.files
            gc.freeze()
            return self.library

    @property
    def stale(self) -> str | None:
        """Why what is served is not what is there; None where it is."""
        problems = self._problems  # another thread may mend them meanwhile
        if not problems:
            return None
        more = len(problems) - 1
        return f"{problems[0]}" + (f" (and {more} more)" if more else "")

    @property
    def is_unsure(self) -> bool:
        """Whether a file may have changed without a sign of it, so soon after it was read."""
        return self._readings.is_unsure

    def reload(self, swap: Swap) -> Reloaded:
        """Read what has changed; where that is anything, have `swap` put in the new library.

        `swap` is called before another reload can begin, so that the newest comes last.
        """
        with self._lock, giving_way(), folder.without_garbage_collection():
            reloaded = self._reload(swap)
            # What is loaded stays, as at the start. Nothing is lost by it: closed connections
            # leave no cycles behind that would have to be found.
            gc.freeze()
            return reloaded

    def _reload(self, swap: Swap) -> Reloaded:
        shelf = folder.load(self.paths, self._flags, self._readings)
        if problems := tuple(self._found_broken(shelf)):
            return self._refuse(problems)
        before, now = self._files, self._readings.files
        reloaded = Reloaded(
            changed=tuple(file for file in now if before.get(file, now[file]) != now[file]),
            new=tuple(file for file in now if file not in before),
            gone=tuple(file for file in before if file not in now),
        )
        problems, self._problems = self._problems, ()
        if reloaded.is_change or shelf.skipped != self.library.shelf.skipped:
            self._renew(shelf, swap)
        elif not problems:
            return reloaded
        self._tell(reloaded, problems)
        return reloaded

    def _found_broken(self, shelf: Shelf) -> Iterator[Skip]:
        """Yield what was read before, and is there and cannot be read now."""
        before = self.library.shelf
        served = {cassette.file for cassette in before.cassettes}
        applied = {skip.file for skip in before.skipped if _applies(skip)}
        above = set(map(str, self.paths)).union(*map(_folders, served))
        known = set(before.skipped)
        for skip in shelf.skipped:
            if skip in known:
                continue
            if skip.file in served or (skip.broken and skip.file in applied | above):
                yield skip

    def _refuse(self, problems: tuple[Skip, ...]) -> Reloaded:
        for problem in problems:
            if problem not in self._problems:
                line = f"playhead: not reloaded, the old cassettes are served on: {problem}"
                _logger.warning("%s", printable(line))
        if problems != self._problems:
            self.count("refused")
        self._problems = problems
        return Reloaded(problems=problems)

    def _renew(self, shelf: Shelf, swap: Swap) -> None:
        known = set(self.library.shelf.broken)
        self.library = Library(shelf)
        self._files = self._readings.files
        self.count("served")
        swap(self.library)
        for skip in shelf.broken:
            if skip not in known:
                _logger.warning("%s", printable(f"playhead: broken: {skip}"))

    def _tell(self, reloaded: Reloaded, mended: Sequence[Skip]) -> None:
        """Say what was read: how much of each kind, and the first files of it."""
        shelf = self.library.shelf
        kinds = {"changed": reloaded.changed, "new": reloaded.new, "gone": reloaded.gone}
        counts = ", ".join(f"{len(files)} {kind}" for kind, files in kinds.items())
        served = plural(len(shelf.cassettes), "cassette")
        interactions = plural(shelf.interactions, "interaction")
        others = {file for files in kinds.values() for file in files}
        kinds["mended"] = tuple(skip.file for skip in mended if skip.file not in others)
        first = [f"{kind} {listed(files, _FIRST)}" for kind, files in kinds.items() if files]
        told = [f"playhead: reloaded: {counts} ({served} with {interactions})", "; ".join(first)]
        _logger.warning("%s", printable(": ".join(filter(None, told))))


def _applies(skip: Skip) -> bool:
    """Whether it is no cassette because it is a configuration, one that was read."""
    return not skip.broken and os.path.basename(skip.file) in FILE_NAMES  # noqa: PTH119


def _folders(file: str) -> Iterator[str]:
    """The folders above a file."""
    while (above := os.path.dirname(file)) not in ("", file):  # noqa: PTH120
        yield above
        file = above
