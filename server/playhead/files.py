"""The bytes of a file, unpacked: the one place that opens files.

Never blocks on a pipe or a device, never fills the memory, never follows a link out of the folder
that is served.
"""

import errno
import os
import stat
import zlib

from playhead.errors import CassetteError

MAX_BYTES = 256 * 1024 * 1024
"""500 MB of YAML take 9 s to read and 677 MB of memory; the largest real cassette has 4 MB."""

# Without O_NONBLOCK a pipe named x.yaml would hold the start up for ever. Windows has neither.
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

CANNOT_BE_READ = (OSError, ValueError, RecursionError, OverflowError, MemoryError, zlib.error)
"""What reading a file, and what is in it, may raise beside the errors of our own."""


def content(path: str, *, link_root: str | None = None) -> bytes:
    """Return the bytes of a regular file, unpacked where its name ends in `.gz`.

    `link_root` is where it must lie if it is a link: in a shared checkout one could show any file.
    Raise CassetteError where it may not be read, and one of CANNOT_BE_READ where it cannot.
    """
    if link_root is not None:
        target = os.path.realpath(path)
        if os.path.commonpath([target, link_root]) != link_root:
            raise CassetteError("is a link to a file outside the served folder")
    descriptor = os.open(path, _OPEN)
    with os.fdopen(descriptor, "rb") as opened:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise CassetteError("is not a regular file")
        if about.st_size > MAX_BYTES:
            raise CassetteError(f"has {about.st_size} bytes, more than {MAX_BYTES}")
        raw = opened.read()
    return _unpacked(raw) if path.lower().endswith(".gz") else raw


def _unpacked(packed: bytes) -> bytes:
    """The content of a gzip file; never more than MAX_BYTES of it in memory."""
    if packed and not packed.startswith(b"\x1f\x8b"):
        raise CassetteError("is not gzip data")
    gzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    raw = gzip.decompress(packed, MAX_BYTES)
    if gzip.unconsumed_tail:
        raise CassetteError(f"unpacks to more than {MAX_BYTES} bytes")
    if not gzip.eof:
        raise CassetteError("is cut short: the gzip data ends too early")
    if gzip.unused_data.strip(b"\0"):
        raise CassetteError("holds more after the end of the gzip data; pack it again as one")
    return raw


def said(error: BaseException) -> str:
    """Return what an error of CANNOT_BE_READ says, in the system's words without its number."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno) if error.errno != errno.ELOOP else "a loop of links"
    return str(error) or type(error).__name__
