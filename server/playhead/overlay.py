"""An overlay: answers that come before recorded ones, and which recordings they come before."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from playhead.cassette import Cassette, Headers, Interaction

_NUMBERED = re.compile(r"(?P<cassette>.+)#(?P<id>[0-9*]+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """One answer of an overlay; a body of None is the error that the provider itself sends."""

    status: int
    headers: Headers = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """Answers that come before the recorded one of each interaction that `before` names.

    `before` is the name of an interaction, of a cassette or of a folder, seen from `folder`,
    which is named as cassettes are; a `*` stands for any characters. `path` is where in `file` it
    is said, such as `overlays[0].before`.
    """

    file: str
    path: str
    folder: str
    before: str
    answers: tuple[Early, ...]

    @property
    def idle_note(self) -> str:
        """What to tell a person where it names nothing that is served."""
        folder = os.path.dirname(self.file) or "."  # noqa: PTH120 - a text that is shown
        found = f"{self.before!r} names nothing; `playhead list {folder}` has the names"
        return f"{self.file}: {self.path}: {found}"

    def named(self, cassette: Cassette) -> Sequence[Interaction]:
        """Return the interactions of `cassette`, which lies in the folder, that are named."""
        name = cassette.name[len(self.folder) :].removeprefix("/")
        if any(_is_like(each, self.before) for each in _with_folders(name)):
            return cassette.interactions
        numbered = _NUMBERED.fullmatch(self.before)
        if numbered is None or not _is_like(name, numbered["cassette"]):
            return ()
        return [each for each in cassette.interactions if _is_like(str(each.id), numbered["id"])]


def _with_folders(name: str) -> Iterator[str]:
    """A cassette's name, and those of the folders it lies in."""
    while name:
        yield name
        name = name.rpartition("/")[0]


def _is_like(name: str, pattern: str) -> bool:
    """Whether `name` is what `pattern` says: nothing but its `*` is special."""
    if "*" not in pattern:
        return name == pattern
    return fnmatchcase(name, re.sub(r"([?\[])", r"[\1]", pattern))
