"""Cassettes as files of a recording format: a cassette in, bytes out, and what could not be kept.

A format that is written is one module with `write(cassette) -> Written`, and a row in `FORMATS`.
"""

from dataclasses import dataclass, field
from importlib import import_module

from playhead.cassette import Cassette

FORMATS = {"go-vcr": ("go_vcr", ".yaml"), "har": ("har", ".har")}
"""The formats that are written: the module of each, and the ending of its files."""

LONGEST = 24 * 3600.0
"""Seconds; more is no time that anybody waited, and Go and HAR readers have limits."""

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The content of a file; `lost` says what of the cassette the format cannot hold."""

    content: bytes
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Losses:
    """What is lost while a cassette is written, and in which of its interactions."""

    ids: dict[str, list[int]] = field(default_factory=dict)

    def add(self, id: int, what: str) -> None:
        """Note that the interaction `id` loses `what`."""
        self.ids.setdefault(what, []).append(id)

    def sentences(self) -> tuple[str, ...]:
        """Return a sentence for each kind of loss, with the interactions it is about."""
        return tuple(f"{_spelled(ids)}: {what}" for what, ids in self.ids.items())


def write(cassette: Cassette, to: str) -> Written:
    """Return the file of `cassette` in a format of `FORMATS`."""
    written: Written = import_module(f"playhead.writers.{FORMATS[to][0]}").write(cassette)
    return written


def milliseconds(seconds: float) -> float:
    """Return a time in milliseconds, whole nanoseconds, as its readers take it."""
    number = round(seconds * 1000, 6)
    return int(number) if number.is_integer() else number


def _spelled(ids: list[int]) -> str:
    named = ", ".join(f"#{id}" for id in ids[:_NAMED])
    return named if len(ids) <= _NAMED else f"{named} and {len(ids) - _NAMED} more"
