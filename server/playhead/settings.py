"""What a run can be told: one frozen value, made from flags or variables by the command line."""

from dataclasses import dataclass
from enum import Enum

from playhead.retry_after import RetryAfter
from playhead.rules import NO_RULES, Rules


class Timing(Enum):
    """When an answer leaves."""

    OFF = "off"
    """Everything at once, as fast as the machine can."""
    RECORDED = "recorded"
    """The recorded time to the headers, then each event at its recorded offset, if stored."""


class Repeat(Enum):
    """What answers a request that came more often than it was recorded."""

    LAST = "last"
    """The last recorded answer, again and again."""
    CYCLE = "cycle"
    """The first recorded answer again, then the second, and so on."""
    NEVER = "never"
    """Nothing: a miss with the code `exhausted`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to replay; times are seconds. `speed` divides every wait and is above zero.

    `rules` and `bridge` apply to all cassettes, with what a `playhead.yaml` says of its folder;
    so does a `retry_after` of zero.
    """

    timing: Timing = Timing.OFF
    speed: float = 1.0
    event_gap: float | None = None
    repeat: Repeat = Repeat.LAST
    drain: float = 5.0
    cors_origin: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    rules: Rules = NO_RULES
    retry_after: RetryAfter = RetryAfter.AS_RECORDED
    bridge: bool = False
