"""Files that appear whole or not at all, and lines added to others; the only place that writes."""

import errno
import os
import secrets
from pathlib import Path

_BINARY = getattr(os, "O_BINARY", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY

# What file systems without hard links answer: FAT, some of those of networks and containers.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


def write(root: Path, relative: Path, content: bytes, *, force: bool = False) -> Path:
    """Write the file `relative` below `root`, and the folders above it; return its path.

    Raise FileExistsError where it is there and not `force`, and OSError where it cannot be
    written. Links below `root` are never followed: a folder that is one is an error, a file that
    is one is replaced.
    """
    target = _folder_of(root, relative) / relative.name
    beside = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        descriptor = os.open(beside, _NEW, 0o666)  # the umask takes away what it should
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(descriptor)
        if force:
            beside.replace(target)
        else:
            _move_to_a_new_name(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    return target


def _move_to_a_new_name(beside: Path, target: Path) -> None:
    """Give a file the name `target`; raise FileExistsError where it is taken."""
    try:
        os.link(beside, target)  # unlike a rename it fails where the name is taken
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(target, _NEW, 0o666))  # taken, empty for a moment
        beside.replace(target)


def _folder_of(root: Path, relative: Path) -> Path:
    folder = root
    root.mkdir(parents=True, exist_ok=True)
    for part in relative.parts[:-1]:
        folder /= part
        if folder.is_symlink():
            raise OSError(errno.ELOOP, f"{folder} is a link, which is not followed")
        try:
            folder.mkdir(exist_ok=True)
        except FileExistsError:  # which would be said of the file that is to be written
            raise NotADirectoryError(errno.ENOTDIR, f"{folder} is not a folder") from None
    return folder


def append(file: Path, content: bytes) -> None:
    """Add to the end of a file, which others add to as well; raise OSError where that fails.

    In one write: what is added stays together.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _BINARY, 0o666)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)
