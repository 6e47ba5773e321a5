"""Where two JSON values differ: the smallest places, as paths, with what each side holds there."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from playhead.alignment import aligned, common_start, same

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
_LONGEST_NAME = 60
_LONGEST_INSIDE = 100_000
_MISSING = object()

URL_PATH = "the URL's path"
URL_QUERY = "the URL's query"
"""The place of a difference outside the body: a model in the path, say."""
BODY = "the body"
"""The place of a difference between bodies of which one is not JSON."""

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a place in a JSON value: names of members and indices of elements."""

_Both: TypeAlias = tuple[Steps, Any, Any]


class Change(Enum):
    """What happened to a place between the recording and the request."""

    CHANGED = "changed"
    ADDED = "added"
    """The request holds something where nothing was recorded."""
    REMOVED = "removed"
    """The request holds nothing where something was recorded."""
    REORDERED = "reordered"
    """A list has the same elements in another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place at which a request differs from a recording, and the values there.

    `steps` lead there in the request, or in the recording where the request has nothing; they are
    empty for a body as a whole. `place` names what is no place in a JSON body.
    """

    steps: Steps = ()
    change: Change = Change.CHANGED
    recorded: Any = None
    sent: Any = None
    place: str = ""

    @property
    def path(self) -> str:
        """The place as people write it: `messages[1].content`."""
        return self.place or path(self.steps)

    @property
    def pointer(self) -> str | None:
        """The place as a JSON Pointer (RFC 6901); None where it is none in a body."""
        return None if self.place else pointer(self.steps)

    @property
    def alike(self) -> int | None:
        """With how many characters two texts begin alike; None for anything else."""
        if isinstance(self.recorded, str) and isinstance(self.sent, str):
            return common_start(self.recorded, self.sent)
        return None

    @property
    def weight(self) -> int:
        """How many characters are not the same, and one for the place itself."""
        if isinstance(self.recorded, str) and isinstance(self.sent, str):
            start = common_start(self.recorded, self.sent)
            left, right = self.recorded[start:][::-1], self.sent[start:][::-1]
            return 1 + len(left) + len(right) - 2 * common_start(left, right)
        if self.change is Change.REORDERED:
            return 1
        held = {
            Change.ADDED: (self.sent,),
            Change.REMOVED: (self.recorded,),
            Change.CHANGED: (self.recorded, self.sent),
        }[self.change]
        return 1 + sum(map(_size, held))

    def __str__(self) -> str:
        """The place with lengths and kinds, which quote nothing and may be told to anybody."""
        return f"{self.path} ({self._told()})"

    def _told(self) -> str:
        if self.change is Change.REORDERED:
            return "the same elements in another order"
        recorded = "nothing" if self.change is Change.ADDED else _kind(self.recorded)
        sent = "nothing" if self.change is Change.REMOVED else _kind(self.sent)
        if isinstance(self.recorded, bool | int | float) and recorded == sent:
            return f"another {recorded.removeprefix('a ')}"
        alike = "" if self.alike is None else f", the first {self.alike} alike"
        return f"recorded {recorded}, sent {sent}{alike}"


def differences(recorded: Any, sent: Any) -> Iterator[Difference]:
    """Yield the places at which two JSON values differ, in the order of the recorded one.

    An element put into a list or taken out of it is one difference, and so is another order of
    its elements. Nothing here recurses, so that no depth is too deep.
    """
    waiting: list[_Both] = [((), recorded, sent)]
    while waiting:
        steps, left, right = waiting.pop()
        if same(left, right):
            continue
        if isinstance(left, dict) and isinstance(right, dict):
            waiting += reversed(list(_members(steps, left, right)))
        elif isinstance(left, list) and isinstance(right, list):
            found = aligned(left, right)
            if found.reordered:
                yield Difference(steps=steps, change=Change.REORDERED, recorded=left, sent=right)
            waiting += reversed(
                [
                    (
                        (*steps, next(at for at in (to, of) if at is not None)),
                        _MISSING if of is None else left[of],
                        _MISSING if to is None else right[to],
                    )
                    for of, to in found.pairs
                ]
            )
        else:
            yield _difference(steps, left, right)


def _members(steps: Steps, left: dict[str, Any], right: dict[str, Any]) -> Iterator[_Both]:
    for name in [*left, *(name for name in right if name not in left)]:
        yield (*steps, name), left.get(name, _MISSING), right.get(name, _MISSING)


def _difference(steps: Steps, left: Any, right: Any) -> Difference:
    if left is _MISSING:
        return Difference(steps=steps, change=Change.ADDED, sent=right)
    if right is _MISSING:
        return Difference(steps=steps, change=Change.REMOVED, recorded=left)
    return Difference(steps=steps, recorded=left, sent=right)


def inside(difference: Difference) -> list[str]:
    """Return the paths that differ inside two texts that both hold JSON: arguments of a call."""
    values = [_held(text) for text in (difference.recorded, difference.sent)]
    if None in values:
        return []
    return [place.path for place in differences(*values) if place.steps]


def _held(text: object) -> Any:
    """The object or list that a text holds; None where it holds neither."""
    if not isinstance(text, str) or len(text) > _LONGEST_INSIDE or text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def path(steps: Steps) -> str:
    """Return `steps` as people write them, names that are no words in quotes."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            name = step if len(step) <= _LONGEST_NAME else f"{step[:_LONGEST_NAME]}..."
            text += f"[{name!r}]"
    return text or "the body"


def pointer(steps: Steps) -> str:
    """Return `steps` as a JSON Pointer."""
    names = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "".join(f"/{name}" for name in names)


def _size(value: Any) -> int:
    """How many characters a value holds, not counting the names of its members."""
    waiting, size = [value], 0
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        else:
            size += len(each) if isinstance(each, str | bytes) else len(str(each))
    return size


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return f"{len(value)} char{'s' * (len(value) != 1)}"
    if isinstance(value, bytes):
        return f"{len(value)} bytes" if value else "nothing"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if value is None:
        return "null"
    return "a boolean" if isinstance(value, bool) else "a number"
