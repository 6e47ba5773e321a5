"""What files were read to, so that one that has not changed is not read again.

A file is read when its stamp is another, and what is made of it is made again when its bytes are.
A stamp may stay the same through a change: clocks of file systems tick every few milliseconds,
some every two seconds, and the number of a file that was replaced is given to the next one. So a
file that had only just changed when it was read is read again, until it is old enough.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from time import time_ns
from typing import Any, TypeVar

from playhead import files
from playhead.errors import CassetteError, NotACassette
from playhead.walk import File, Skip, Stamp, skip, stamp

_Made = TypeVar("_Made")

SETTLED_NS = 2_000_000_000
"""The age from which a stamp is trusted: FAT keeps times in steps of two seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A file as it was read under a name. `made` is a Skip where it is nothing."""

    stamp: Stamp
    is_settled: bool
    name: str
    digest: bytes
    made: Any


class Readings:
    """What the files of one pass over them were read to; the next pass reads what has changed.

    `clock` gives the time that file systems give: nanoseconds since the epoch.
    """

    def __init__(self, clock: Callable[[], int] = time_ns) -> None:
        self._clock = clock
        self._before: dict[str, _Known] = {}
        self._known: dict[str, _Known] = {}
        self.files: dict[str, bytes] = {}
        """Of each file that is there a digest of its content; empty where it could not be read."""

    @property
    def is_unsure(self) -> bool:
        """Whether a file may change, or has, without a sign of it: the next pass reads it again."""
        return not all(known.is_settled for known in self._known.values())

    def begin(self) -> None:
        """Begin the next pass: what does not come in it is forgotten at the one after it."""
        while self._before:  # one by one: all at once they would hold up the event loop
            self._before.popitem()
        self._before, self._known, self.files = self._known, {}, {}

    def content(self, file: File) -> bytes:
        """Return the content of a file; raise as `made`."""
        content = self.made(file, "", bytes)
        assert isinstance(content, bytes)  # noqa: S101 - a Skip is what cannot be made
        return content

    def made(self, file: File, name: str, make: Callable[[bytes], _Made]) -> _Made | Skip:
        """Return what `make` makes of the content of a file; a Skip where it says why it is none.

        Raise CassetteError, or one of CANNOT_BE_READ, where the file cannot be read now.
        """
        before, now, found = self._before.get(file.path), self._clock(), stamp(file)
        self.files[file.path] = b""
        if before is None or before.stamp != found or not before.is_settled or before.name != name:
            raw = files.content(file.path, link_root=file.link_root)
            digest = sha256(raw).digest()
            is_same = before is not None and (before.name, before.digest) == (name, digest)
            before = _Known(
                stamp=found,
                is_settled=now - max(found[1], found[2]) > SETTLED_NS,
                name=name,
                digest=digest,
                made=before.made if before and is_same else _made(file, raw, make),
            )
        self._known[file.path] = before
        self.files[file.path] = before.digest
        made: _Made | Skip = before.made
        return made


_FAULTS = (CassetteError, NotACassette, ValueError, RecursionError, OverflowError)
"""What is wrong with a content. That the machine lacks memory is not: it is tried again."""


def _made(file: File, raw: bytes, make: Callable[[bytes], _Made]) -> _Made | Skip:
    try:
        return make(raw)
    except _FAULTS as error:
        return skip(file.path, error)
