"""What lies below a path: each file that looks like a cassette, or why it is none."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from playhead import files, formats
from playhead.configuration import FILE_NAMES
from playhead.errors import CassetteError, NotACassette

Stamp: TypeAlias = tuple[str | None, int, int, int, int, int]
"""Where a link leads, and of the file its times of change in nanoseconds, size, number, device."""


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

    def as_json(self) -> dict[str, str | int]:
        """Return the file, the line and the reason as a JSON value."""
        return {"file": self.file, "line": self.line, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that looks like a cassette; `link_root` is where it must lie if it is a link."""

    path: str
    relative: str
    link_root: str | None = None


def walk(path: Path, leave_out: str | None) -> Iterator[File | Skip]:
    """Yield each file with a cassette's ending, and a Skip for each that cannot be one.

    `leave_out` is the real path of a folder that is not entered. Links to folders are not
    followed, so no loop of links can trap it and no file comes twice (a Kubernetes ConfigMap
    shows each file a second time through one).
    """
    if not is_folder(path):
        beside = [path.with_name(name) for name in FILE_NAMES if path.name not in FILE_NAMES]
        for file in filter(os.path.isfile, beside):
            yield File(path=str(file), relative=file.name)
        yield File(path=str(path), relative=path.name)
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


def _sort_out(entry: os.DirEntry[str], relative: str, root: str) -> File | Skip | None:
    """A file to read, a Skip, or None for what does not look like a cassette at all."""
    folder, is_link = entry.is_dir(follow_symlinks=False), entry.is_symlink()
    if folder and entry.name.startswith("."):
        return Skip(file=entry.path, reason="is a hidden folder", broken=False)
    if is_link and is_folder(Path(entry.path)):
        reason = "is a link to a folder, which is not followed: name that folder instead"
        return Skip(file=entry.path, reason=reason, broken=False)
    if not ending(entry.name):
        return None
    if folder:
        reason = "is a folder, not a file; what it holds is served"
        return Skip(file=entry.path, reason=reason, broken=False)
    return File(path=entry.path, relative=relative, link_root=root if is_link else None)


def stamp(file: File) -> Stamp:
    """Return what is another when the file is; raise OSError where it cannot be looked at.

    The time of the change of its inode is in it, too: a copy may bring an old time of writing
    along, and a right that was taken away changes nothing else.
    """
    found = os.stat(file.path)  # noqa: PTH116 - ten thousand Paths would take as long again
    target = None if file.link_root is None else os.path.realpath(file.path)
    times = found.st_mtime_ns, found.st_ctime_ns
    return target, *times, found.st_size, found.st_ino, found.st_dev


def glance(paths: Sequence[Path]) -> list[tuple[str, Stamp | None] | Skip]:
    """Return what lies below `paths` without opening a file: equal while nothing changes."""
    return [
        found if isinstance(found, Skip) else (found.path, _stamp_or_none(found))
        for path in paths
        for found in walk(path, None)
    ]


def _stamp_or_none(file: File) -> Stamp | None:
    try:
        return stamp(file)
    except OSError:
        return None


def skip(file: str, error: Exception) -> Skip:
    """Return what is told of a file that reading it raised `error`."""
    if isinstance(error, CassetteError):
        return Skip(file=file, reason=error.reason, line=error.line)
    if isinstance(error, NotACassette):
        return Skip(file=file, reason=error.reason, broken=False)
    return Skip(file=file, reason=f"cannot be read: {files.said(error)}")


def is_folder(path: Path) -> bool:
    """Return whether `path` is a folder.

    As `Path.is_dir`, which before Python 3.14 raises for a link to what we may not see.
    """
    try:
        return path.is_dir()
    except OSError:
        return False


def ending(name: str) -> str:
    """Return the ending that makes `name` look like a cassette, `.gz` included; empty for none."""
    bare = name[:-3] if name.lower().endswith(".gz") else name
    if not bare.lower().endswith(formats.ENDINGS):
        return ""
    return name[bare.rindex(".") :]


def once(walks: Iterable[Iterator[File | Skip]]) -> Iterator[Iterator[File | Skip]]:
    """Yield the walks of several paths; what an earlier one led to is skipped in a later.

    Within one walk no file comes twice, and a link gives its file a second name on purpose. A
    configuration speaks again: it may stand beside several files that are named one by one.
    """
    before: dict[str, int] = {}
    for at, walk in enumerate(walks):
        yield (_told_once(found, before, at) for found in walk)


def _told_once(found: File | Skip, before: dict[str, int], at: int) -> File | Skip:
    if isinstance(found, Skip) or os.path.basename(found.path) in FILE_NAMES:  # noqa: PTH119
        return found
    if before.setdefault(os.path.realpath(found.path), at) == at:
        return found
    reason = "is below another of the paths, too, and is taken once"
    return Skip(file=found.path, reason=reason, broken=False)
