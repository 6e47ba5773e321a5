"""What a teller of one dialect makes of one JSON value."""

from collections.abc import Callable
from typing import Any

from playhead.transcript.turns import Transcript


def turns(teller: Callable[[Transcript, Any], None], value: Any) -> list[tuple[str, str]]:
    told = Transcript()
    teller(told, value)
    return [(turn.role, turn.text) for turn in told.turns]


def ending(teller: Callable[[Transcript, Any], None], value: Any) -> list[str]:
    told = Transcript()
    teller(told, value)
    return told.ending
