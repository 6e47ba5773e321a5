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
from playhead.readings import Readings
from playhead.stated import Stated
from playhead.walk import File, Skip, ending, is_folder, once, skip, walk

_Read = TypeVar("_Read", covariant=True)


class Read(Protocol[_Read]):
    """A reader of files, such as `formats.read`."""

    def __call__(self, raw: bytes, *, name: str, file: str) -> _Read:
        """Return what is made of `raw`, the unpacked content of `file`."""


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


def load(
    paths: Sequence[Path], flags: Configuration = NOTHING, readings: Readings | None = None
) -> Shelf:
    """Return all cassettes below `paths`, which are folders or single files, and what is skipped.

    With the `readings` of an earlier pass only what has changed since is read.

    A cassette's name is its path below the folder, without ending. Where two would have one
    name, the later keeps its ending, and a third is skipped. To each applies what the
    `playhead.yaml` of its folder says, and of those above it, and on top of that `flags`.
    """
    with without_garbage_collection():
        loading = _Loading(flags, formats.read, readings or Readings())
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
    with without_garbage_collection():
        loading = _Loading(NOTHING, read, Readings())
        loading.read_below(paths, leave_out=left_out)
    return list(loading.made.values()), list(dict.fromkeys(loading.skipped))


def configurations(path: Path) -> Configured:
    """Return what the configuration files below the folder `path` say, or that one file alone.

    Raise CassetteError where a file cannot be read, or says what cannot be.
    """
    configured = Configured(NOTHING)
    found = walk(path, None) if is_folder(path) else [File(path=str(path), relative=FILE_NAMES[0])]
    for each in found:
        folder, _, file = (each.relative if isinstance(each, File) else "").rpartition("/")
        if isinstance(each, File) and file in FILE_NAMES:
            try:
                configured.add(folder, each.path, partial(_content, each))
            except (CassetteError, *files.CANNOT_BE_READ) as error:
                raise CassetteError(str(skip(each.path, error))) from None
    return configured


class _Loading(Generic[_Read]):
    """One pass over files: what was made of them, by name, and what was skipped."""

    def __init__(self, flags: Configuration, read: Read[_Read], readings: Readings) -> None:
        self._flags = flags
        self._reader = read
        self._readings = readings
        readings.begin()
        self._files: dict[str, str] = {}
        self.made: dict[str, _Read] = {}
        self.skipped: list[Skip] = []
        self.configurations: dict[str, Configuration] = {}
        self.stated: dict[Stated, None] = {}
        self.overlays: dict[Overlay, None] = {}

    def read_below(self, paths: Sequence[Path], *, leave_out: str | None = None) -> None:
        walks = [walk(path, leave_out) for path in paths]
        for found in once(walks) if len(walks) > 1 else walks:
            self._read(found)

    def _read(self, below: Iterable[File | Skip]) -> None:
        configured = Configured(self._flags)
        folders: dict[str, str] = {}
        for found in below:
            if isinstance(found, Skip):
                self.skipped.append(found)
                continue
            folder, _, file = found.relative.rpartition("/")
            try:
                if file in FILE_NAMES:
                    self._configure(configured, folder, found)
                else:
                    self._make(found, folders)
            except (CassetteError, NotACassette, *files.CANNOT_BE_READ) as error:
                self.skipped.append(skip(found.path, error))
        self.stated |= dict.fromkeys(configured.stated())
        self.overlays |= dict.fromkeys(configured.overlays())
        for name, folder in folders.items():
            if (configuration := configured.of(folder)) != NOTHING:
                self.configurations[name] = configuration

    def _configure(self, configured: Configured, folder: str, found: File) -> None:
        """Take in a folder's configuration; raise what says why it is not served."""
        configured.add(folder, found.path, lambda: self._readings.content(found))
        raise NotACassette("says what applies in this folder")

    def _make(self, found: File, folders: dict[str, str]) -> None:
        """Keep what is made of a file, and the folder that it stands in, by its name."""
        name = _free_name(found.relative, self._files)
        made = self._readings.made(found, name, partial(self._reader, name=name, file=found.path))
        if isinstance(made, Skip):
            self.skipped.append(made)
            return
        self.made[name] = made
        self._files[name] = found.path
        folders[name] = found.relative.rpartition("/")[0]


def _content(found: File) -> bytes:
    return files.content(found.path, link_root=found.link_root)


@contextlib.contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Read without searches for cycles: there are many objects and none, and it costs a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _free_name(relative: str, taken: dict[str, str]) -> str:
    short = relative.removesuffix(ending(relative))
    for name in (short, relative):
        if name not in taken:
            return name
    raise CassetteError(f"has the name of {taken[relative]}; serve the folder above both")
