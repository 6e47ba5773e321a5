"""Folders to cassettes: every file that looks like one ends up served, or skipped with a reason.

The law of this file: present = served + skipped. Nothing is dropped silently, and one bad file
never hides the rest.
"""

import contextlib
import errno
import gc
import os
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from playhead import formats
from playhead.cassette import Cassette
from playhead.errors import CassetteError, NotACassette

MAX_BYTES = 256 * 1024 * 1024
"""500 MB of YAML take 9 s to read and 677 MB of memory; the largest real cassette has 4 MB."""

# Without O_NONBLOCK a pipe named x.yaml would hold the start up for ever. Windows has neither.
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_Read = TypeVar("_Read", covariant=True)


class Read(Protocol[_Read]):
    """A reader of files, such as `formats.read`."""

    def __call__(self, raw: bytes, *, name: str, file: str) -> _Read:
        """Return what is made of `raw`, the unpacked content of `file`."""


_CANNOT_BE_READ = (OSError, ValueError, RecursionError, OverflowError, MemoryError, zlib.error)


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
    """What was found: the cassettes in the order of their names, and what was skipped."""

    cassettes: tuple[Cassette, ...] = ()
    skipped: tuple[Skip, ...] = ()

    @property
    def present(self) -> int:
        """How many files there are: those served and those skipped."""
        return len(self.cassettes) + len(self.skipped)

    @property
    def interactions(self) -> int:
        """How many interactions the cassettes hold."""
        return sum(len(cassette.interactions) for cassette in self.cassettes)

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


def load(paths: Sequence[Path]) -> Shelf:
    """Return all cassettes below `paths`, which are folders or single files, and what is skipped.

    A cassette's name is its path below the folder, without ending. Where two would have one
    name, the later keeps its ending, and a third is skipped.
    """
    cassettes, skipped = read_each(paths, formats.read)
    by_name = sorted(cassettes, key=lambda cassette: cassette.name)
    return Shelf(cassettes=tuple(by_name), skipped=tuple(skipped))


def read_each(paths: Sequence[Path], read: Read[_Read]) -> tuple[list[_Read], list[Skip]]:
    """Return what `read` makes of each cassette below `paths`, and what is skipped."""
    with _without_garbage_collection():
        return _read_each(paths, read)


def _read_each(paths: Sequence[Path], read: Read[_Read]) -> tuple[list[_Read], list[Skip]]:
    made: list[_Read] = []
    skipped: list[Skip] = []
    names: dict[str, str] = {}
    for path in paths:
        for found in _walk(path):
            if isinstance(found, Skip):
                skipped.append(found)
                continue
            try:
                name = _free_name(found.relative, names)
                made.append(read(_content(found), name=name, file=found.path))
                names[name] = found.path
            except CassetteError as error:
                skipped.append(Skip(file=found.path, reason=error.reason, line=error.line))
            except NotACassette as error:
                skipped.append(Skip(file=found.path, reason=error.reason, broken=False))
            except _CANNOT_BE_READ as error:
                skipped.append(Skip(file=found.path, reason=f"cannot be read: {_said(error)}"))
    return made, skipped


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


def _walk(path: Path) -> Iterator[_File | Skip]:
    """Yield each file with a cassette's ending, and a Skip for each that cannot be one.

    Links to folders are not followed, so no loop of links can trap it and no file comes twice
    (a Kubernetes ConfigMap shows each file a second time through one).
    """
    if not _is_folder(path):
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
            yield Skip(file=folder, reason=f"cannot be listed: {_said(error)}")
            continue
        for entry in entries:
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


def _content(found: _File) -> bytes:
    """The bytes of a regular file, unpacked. Never blocks on a pipe or a device.

    A link must not lead out of the served folder: in a shared checkout it could show any file.
    """
    if found.link_root is not None:
        target = os.path.realpath(found.path)
        if os.path.commonpath([target, found.link_root]) != found.link_root:
            raise CassetteError("is a link to a file outside the served folder")
    descriptor = os.open(found.path, _OPEN)
    with os.fdopen(descriptor, "rb") as opened:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise CassetteError("is not a regular file")
        if about.st_size > MAX_BYTES:
            raise CassetteError(f"has {about.st_size} bytes, more than {MAX_BYTES}")
        content = opened.read()
    return _unpacked(content) if found.path.lower().endswith(".gz") else content


def _unpacked(packed: bytes) -> bytes:
    """The content of a gzip file; never more than MAX_BYTES of it in memory."""
    gzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    raw = gzip.decompress(packed, MAX_BYTES)
    if gzip.unconsumed_tail:
        raise CassetteError(f"unpacks to more than {MAX_BYTES} bytes")
    if not gzip.eof:
        raise CassetteError("is cut short: the gzip data ends too early")
    if gzip.unused_data.strip(b"\0"):
        raise CassetteError("holds more after the end of the gzip data; pack it again as one")
    return raw


def _said(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno) if error.errno != errno.ELOOP else "a loop of links"
    return str(error) or type(error).__name__
