"""Folders to cassettes: every file that looks like one ends up served, or skipped with a reason.

The law of this file: present = served + skipped. Nothing is dropped silently, and one bad file
never hides the rest.
"""

import contextlib
import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from playhead import files, formats
from playhead.cassette import Cassette
from playhead.configuration import FILE_NAMES, NOTHING, Configuration
from playhead.configured import Configured
from playhead.errors import CassetteError, NotACassette
from playhead.overlay import Overlay
from playhead.stated import Stated

_Read = TypeVar("_Read", covariant=True)


class Read(Protocol[_Read]):
    """A reader of files, such as `formats.read`."""

    def __call__(self, raw: bytes, *, name: str, file: str) -> _Read:
        """Return what is made of `raw`, the unpacked content of `file`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A file that is not served. `broken` tells what a person must mend from what is no cassette.

    `line` counts from 1, and is 0 where no line is to blame.
    """

    file: str
    reason: str
    line: int = 0
    broken: bool = True

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What was found: the cassettes in the order of their names, and what was skipped.

    `configurations` are by the name of the cassette; one that has none is not in it. `stated` are
    all rules there are, those included that no cassette is in reach of; so are `overlays`.
    """

    cassettes: tuple[Cassette, ...] = ()
    skipped: tuple[Skip, ...] = ()
    configurations: Mapping[str, Configuration] = field(default_factory=dict)
    stated: tuple[Stated, ...] = ()
    overlays: tuple[Overlay, ...] = ()

    @property
    def present(self) -> int:
        """How many files there are: those served and those skipped."""
        return len(self.cassettes) + len(self.skipped)

    @property
    def interactions(self) -> int:
        """How many interactions the cassettes hold."""
        return sum(len(cassette.interactions) for cassette in self.cassettes)

    def configuration(self, cassette: str) -> Configuration:
        """Return what applies to the cassette of that name."""
        return self.configurations.get(cassette, NOTHING)

    @property
    def broken(self) -> tuple[Skip, ...]:
        """The skipped files that a person must mend."""
        return tuple(skip for skip in self.skipped if skip.broken)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file that looks like a cassette; `link_root` is where it must lie if it is a link."""

    path: str
    relative: str
    link_root: str | None = None


def load(paths: Sequence[Path], flags: Configuration = NOTHING) -> Shelf:
    """Return all cassettes below `paths`, which are folders or single files, and what is skipped.

    A cassette's name is its path below the folder, without ending. Where two would have one
    name, the later keeps its ending, and a third is skipped. To each applies what the
    `playhead.yaml` of its folder says, and of those above it, and on top of that `flags`.
    """
    with _without_garbage_collection():
        loading = _Loading(flags, formats.read)
        loading.read_below(paths)
    # Each once: a configuration may stand beside several files that were named one by one.
    return Shelf(
        cassettes=tuple(sorted(loading.made.values(), key=lambda cassette: cassette.name)),
        skipped=tuple(dict.fromkeys(loading.skipped)),
        configurations=loading.configurations,
        stated=tuple(loading.stated),
        overlays=tuple(loading.overlays),
    )


def read_each(
    paths: Sequence[Path], read: Read[_Read], *, leave_out: Path | None = None
) -> tuple[list[_Read], list[Skip]]:
    """Return what `read` makes of each cassette below `paths`, and what is skipped.

    Of the folder `leave_out`, where it lies below one of them, nothing is read.
    """
    left_out = None if leave_out is None else os.path.realpath(leave_out)
    with _without_garbage_collection():
        loading = _Loading(NOTHING, read)
        loading.read_below(paths, leave_out=left_out)
    return list(loading.made.values()), list(dict.fromkeys(loading.skipped))


def configurations(path: Path) -> Configured:
    """Return what the configuration files below the folder `path` say, or that one file alone.

    Raise CassetteError where a file cannot be read, or says what cannot be.
    """
    configured = Configured(NOTHING)
    found = (
        _walk(path, None) if _is_folder(path) else [_File(path=str(path), relative=FILE_NAMES[0])]
    )
    for each in found:
        folder, _, file = (each.relative if isinstance(each, _File) else "").rpartition("/")
        if isinstance(each, _File) and file in FILE_NAMES:
            try:
                configured.add(folder, each.path, partial(_content, each))
            except (CassetteError, *files.CANNOT_BE_READ) as error:
                raise CassetteError(str(_skip(each.path, error))) from None
    return configured


class _Loading(Generic[_Read]):
    """One pass over files: what was made of them, by name, and what was skipped."""

    def __init__(self, flags: Configuration, read: Read[_Read]) -> None:
        self._flags = flags
        self._reader = read
        self._files: dict[str, str] = {}
        self.made: dict[str, _Read] = {}
        self.skipped: list[Skip] = []
        self.configurations: dict[str, Configuration] = {}
        self.stated: dict[Stated, None] = {}
        self.overlays: dict[Overlay, None] = {}

    def read_below(self, paths: Sequence[Path], *, leave_out: str | None = None) -> None:
        walks = [_walk(path, leave_out) for path in paths]
        for walk in _once(walks) if len(walks) > 1 else walks:
            self._read(walk)

    def _read(self, walk: Iterable[_File | Skip]) -> None:
        configured, folders = Configured(self._flags), {}
        for found in walk:
            if isinstance(found, Skip):
                self.skipped.append(found)
                continue
            folder, _, file = found.relative.rpartition("/")
            try:
                if file in FILE_NAMES:
                    self._configure(configured, folder, found)
                else:
                    folders[self._make(found)] = folder
            except (CassetteError, NotACassette, *files.CANNOT_BE_READ) as error:
                self.skipped.append(_skip(found.path, error))
        self.stated |= dict.fromkeys(configured.stated())
        self.overlays |= dict.fromkeys(configured.overlays())
        for name, folder in folders.items():
            if (configuration := configured.of(folder)) != NOTHING:
                self.configurations[name] = configuration

    def _configure(self, configured: Configured, folder: str, found: _File) -> None:
        """Take in a folder's configuration; raise what says why it is not served."""
        configured.add(folder, found.path, lambda: _content(found))
        raise NotACassette("says what applies in this folder")

    def _make(self, found: _File) -> str:
        """Keep what is made of a file; return its name."""
        name = _free_name(found.relative, self._files)
        self.made[name] = self._reader(_content(found), name=name, file=found.path)
        self._files[name] = found.path
        return name


def _once(walks: Iterable[Iterator[_File | Skip]]) -> Iterator[Iterator[_File | Skip]]:
    """Yield the walks of several paths; what an earlier one led to is skipped in a later.

    Within one walk no file comes twice, and a link gives its file a second name on purpose. A
    configuration speaks again: it may stand beside several files that are named one by one.
    """
    before: dict[str, int] = {}
    for at, walk in enumerate(walks):
        yield (_told_once(found, before, at) for found in walk)


def _told_once(found: _File | Skip, before: dict[str, int], at: int) -> _File | Skip:
    if isinstance(found, Skip) or os.path.basename(found.path) in FILE_NAMES:  # noqa: PTH119
        return found
    if before.setdefault(os.path.realpath(found.path), at) == at:
        return found
    reason = "is below another of the paths, too, and is taken once"
    return Skip(file=found.path, reason=reason, broken=False)


def _content(found: _File) -> bytes:
    return files.content(found.path, link_root=found.link_root)


def _skip(file: str, error: Exception) -> Skip:
    """What is told of a file that reading it raised `error`."""
    if isinstance(error, CassetteError):
        return Skip(file=file, reason=error.reason, line=error.line)
    if isinstance(error, NotACassette):
        return Skip(file=file, reason=error.reason, broken=False)
    return Skip(file=file, reason=f"cannot be read: {files.said(error)}")


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Reading makes many objects and no cycles: to search for cycles costs a tenth of a load."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _walk(path: Path, leave_out: str | None) -> Iterator[_File | Skip]:
    """Yield each file with a cassette's ending, and a Skip for each that cannot be one.

    `leave_out` is the real path of a folder that is not entered. Links to folders are not
    followed, so no loop of links can trap it and no file comes twice (a Kubernetes ConfigMap
    shows each file a second time through one).
    """
    if not _is_folder(path):
        beside = [path.with_name(name) for name in FILE_NAMES if path.name not in FILE_NAMES]
        for file in filter(os.path.isfile, beside):
            yield _File(path=str(file), relative=file.name)
        yield _File(path=str(path), relative=path.name)
        return
    root = os.path.realpath(path)
    folders = [(str(path), "")]
    while folders:
        folder, below = folders.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield Skip(file=folder, reason=f"cannot be listed: {files.said(error)}")
            continue
        for entry in entries:
            if leave_out is not None and os.path.realpath(entry.path) == leave_out:
                reason = "is the folder that is written into"
                yield Skip(file=entry.path, reason=reason, broken=False)
                continue
            relative = f"{below}{entry.name}"
            found = _sort_out(entry, relative, root)
            if found is not None:
                yield found
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                folders.append((entry.path, f"{relative}/"))


def _sort_out(entry: os.DirEntry[str], relative: str, root: str) -> _File | Skip | None:
    """A file to read, a Skip, or None for what does not look like a cassette at all."""
    is_folder, is_link = entry.is_dir(follow_symlinks=False), entry.is_symlink()
    if is_folder and entry.name.startswith("."):
        return Skip(file=entry.path, reason="is a hidden folder", broken=False)
    if is_link and _is_folder(Path(entry.path)):
        reason = "is a link to a folder, which is not followed: name that folder instead"
        return Skip(file=entry.path, reason=reason, broken=False)
    if not _ending(entry.name):
        return None
    if is_folder:
        reason = "is a folder, not a file; what it holds is served"
        return Skip(file=entry.path, reason=reason, broken=False)
    return _File(path=entry.path, relative=relative, link_root=root if is_link else None)


def _is_folder(path: Path) -> bool:
    """As `Path.is_dir`, which before Python 3.14 raises for a link to what we may not see."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _ending(name: str) -> str:
    """The ending that makes `name` look like a cassette, `.gz` included; empty for none."""
    bare = name[:-3] if name.lower().endswith(".gz") else name
    if not bare.lower().endswith(formats.ENDINGS):
        return ""
    return name[bare.rindex(".") :]


def _free_name(relative: str, taken: dict[str, str]) -> str:
    short = relative.removesuffix(_ending(relative))
    for name in (short, relative):
        if name not in taken:
            return name
    raise CassetteError(f"has the name of {taken[relative]}; serve the folder above both")
