"""What the marker `cassette` says of a test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playhead.errors import PlayheadError

if TYPE_CHECKING:
    import pytest

NAME = "cassette"


class WrongMark(PlayheadError):
    """A marker that says what it cannot say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What a test is confined to, must use, and may do.

    `name` is a cassette or a folder of cassettes, empty for the whole library; `require_served` is
    how many of its requests are to be answered at least.
    """

    name: str = ""
    all_used: bool = False
    allow_misses: bool = False
    require_served: int = 0


def marked(item: "pytest.Item") -> Marked:
    """Return what the markers of a test, its class and its module say; raise WrongMark.

    Of the name and of each other argument the closest marker that gives it counts; of several in
    one place the last: parameters are marked after functions, classes after those they inherit.
    """
    told: dict[str, Any] = {}
    for each in item.listchain():
        for mark in each.own_markers:
            if mark.name == NAME:
                told.update(_told(mark))
    return Marked(**told)


def _told(mark: "pytest.Mark") -> dict[str, Any]:
    told = dict(mark.kwargs)
    if len(mark.args) > 1 or (mark.args and "name" in told):
        raise _wrong(mark, "takes one name, of a cassette or of a folder of cassettes")
    if mark.args:
        told["name"] = mark.args[0]
    if not told:
        raise _wrong(mark, "needs the name of a cassette")
    for name, value in told.items():
        if name not in _ARGUMENTS:
            raise _wrong(mark, f"has no argument {name!r}; there are {', '.join(_ARGUMENTS)}")
        may_be, what = _ARGUMENTS[name]
        if not may_be(value):
            raise _wrong(mark, f"takes {what}")
    if "name" in told:
        told["name"] = told["name"].strip("/")
    return told


def _wrong(mark: "pytest.Mark", why: str) -> WrongMark:
    given = [*map(repr, mark.args), *(f"{name}={value!r}" for name, value in mark.kwargs.items())]
    return WrongMark(f"@pytest.mark.{NAME}({', '.join(given)}): {NAME} {why}")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip("/"))


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_ARGUMENTS: dict[str, tuple[Callable[[object], bool], str]] = {
    "name": (_is_name, "the name of a cassette, a string"),
    "all_used": (_is_switch, "True or False for all_used"),
    "allow_misses": (_is_switch, "True or False for allow_misses"),
    "require_served": (_is_count, "a number of requests, 0 or more, for require_served"),
}
"""What each argument may be: as a check, and in words."""
