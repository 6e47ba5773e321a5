"""JSON Pointers (RFC 6901) with two wildcards: which places of a JSON value are meant.

`*` stands for any one member or element, `**` for any number of levels, none included.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

_ANY = "*"
_ANYWHERE = "**"
_BAD_ESCAPE = re.compile(r"~(?![01])")

_Steps: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A set of places, such as `/messages/*/name`; `steps` are unescaped and never empty."""

    text: str
    steps: _Steps

    def __str__(self) -> str:
        return self.text


def pointer(text: str) -> Pointer:
    """Return the pointer that `text` spells; raise ValueError with the reason where it is none."""
    if not text.startswith("/"):
        raise ValueError(f"{text!r} does not begin with a slash, as in /messages/*/name")
    if _BAD_ESCAPE.search(text):
        raise ValueError(f"{text!r} has a ~ that is not ~0 (a tilde) or ~1 (a slash)")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/")]
    while steps and steps[-1] == _ANYWHERE:  # what is anywhere below a place goes with the place
        steps.pop()
    if not steps:
        raise ValueError(f"{text!r} means the whole body")
    return Pointer(text, tuple(steps))


def without(value: Any, pointers: Iterable[Pointer]) -> Any:
    """Return a JSON value without the places that `pointers` mean.

    It is the same object where none of them is in it.
    """
    return _without(value, tuple(each.steps for each in pointers))


def _without(value: Any, paths: Sequence[_Steps]) -> Any:
    if not paths or not isinstance(value, dict | list):
        return value
    paths = _with_none_for_anywhere(paths)
    if isinstance(value, dict):
        members = [(name, *_pruned(name, member, paths)) for name, member in value.items()]
        if all(kept and member is value[name] for name, kept, member in members):
            return value
        return {name: member for name, kept, member in members if kept}
    elements = [_pruned(str(at), element, paths) for at, element in enumerate(value)]
    if all(kept and element is value[at] for at, (kept, element) in enumerate(elements)):
        return value
    return [element for kept, element in elements if kept]


def _pruned(step: str, value: Any, paths: Sequence[_Steps]) -> tuple[bool, Any]:
    """Whether the member `step` of a value is kept, and what is kept of it."""
    below: list[_Steps] = []
    for path in paths:
        if path[0] == _ANYWHERE:
            below.append(path)
        elif path[0] in (_ANY, step):
            if len(path) == 1:
                return False, None
            below.append(path[1:])
    return True, _without(value, below)


def _with_none_for_anywhere(paths: Sequence[_Steps]) -> list[_Steps]:
    """The paths, and those that begin with `**` also as if it stood for no level at all."""
    every: dict[_Steps, None] = {}
    for path in paths:
        every[path] = None
        while path[0] == _ANYWHERE:
            path = path[1:]
            every[path] = None
    return list(every)
