"""What the marker `cassette` says of a test."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playhead.errors import PlayheadError

if TYPE_CHECKING:
    import pytest

NAME = "cassette"
_SWITCHES = ("all_used", "allow_misses")


class WrongMark(PlayheadError):
    """A marker that says what it cannot say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What a test is confined to, must use, and may do.

    `name` is a cassette or a folder of cassettes, empty for the whole library.
    """

    name: str = ""
    all_used: bool = False
    allow_misses: bool = False


def marked(item: "pytest.Item") -> Marked:
    """Return what the markers of a test, its class and its module say; raise WrongMark.

    Of the name and of each switch the closest marker that gives it counts; of several in one
    place the last: parameters are marked after functions, and classes after those they inherit.
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
        if name == "name":
            if not isinstance(value, str) or not value.strip("/"):
                raise _wrong(mark, "takes the name of a cassette, a string")
            told[name] = value.strip("/")
        elif name not in _SWITCHES:
            raise _wrong(mark, f"has no argument {name!r}; there are {' and '.join(_SWITCHES)}")
        elif not isinstance(value, bool):
            raise _wrong(mark, f"takes True or False for {name}")
    return told


def _wrong(mark: "pytest.Mark", why: str) -> WrongMark:
    given = [*map(repr, mark.args), *(f"{name}={value!r}" for name, value in mark.kwargs.items())]
    return WrongMark(f"@pytest.mark.{NAME}({', '.join(given)}): {NAME} {why}")
