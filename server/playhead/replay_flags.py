"""The flags that say how cassettes are replayed, for every command that starts a server.

Such a command gets one `Settings` as its argument `settings`, and `strict` beside it.
"""

import functools
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from playhead import flags
from playhead.rule_flags import rule_options

if TYPE_CHECKING:
    from playhead.settings import Settings

_FLAGS = (
    flags.option(
        "--timing", type=click.Choice(["off", "recorded"]), default="off",
        help="recorded: wait the recorded time to the headers, then keep stored event times.",
    ),
    flags.option(
        "--speed", type=flags.Factor(min=0, min_open=True), default=1.0,
        help="Divide every wait by this.",
    ),
    flags.option(
        "--event-gap", type=flags.Seconds("ms"), help="Time between events, such as 20ms."
    ),
    flags.option(
        "--repeat", type=click.Choice(["last", "cycle", "never"]), default="last",
        help="What answers a request that comes more often than it was recorded.",
    ),
    flags.option(
        "--retry-after", type=click.Choice(["as-recorded", "zero"]), default="as-recorded",
        help="zero: tell clients to try again at once, and not after the recorded time.",
    ),
    flags.option(
        "--drain", type=flags.Seconds("s"), default="5s",
        help="How long streams keep their pace after SIGTERM, before the rest is sent at once.",
    ),
    flags.option(
        "--strict", is_flag=True, help="Refuse to start when a cassette is broken."
    ),
    flags.option(
        "--cors-origin", metavar="ORIGIN", help="Let pages of this origin call the replay paths."
    ),
    flags.option(
        "--allowed-host", "allowed_hosts", multiple=True, metavar="NAME",
        help="A further Host name for the control API; may be given several times.",
    ),
    flags.option(
        "--bridge", is_flag=True, help="Let streams answer plain requests, and the reverse."
    ),
    rule_options(flags.option),
)  # fmt: skip


def replay_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command with the flags: all that `Settings` holds, and --strict."""

    @functools.wraps(command)
    def with_settings(**given: Any) -> Any:
        return command(settings=_settings(given), **given)

    wrapped: Callable[..., Any] = with_settings
    for flag in reversed(_FLAGS):
        wrapped = flag(wrapped)
    return wrapped


def _settings(given: dict[str, Any]) -> "Settings":
    """What the flags in `given` amount to; they are taken out of it."""
    from playhead.retry_after import RetryAfter
    from playhead.settings import Repeat, Settings, Timing

    told = {field.name: given.pop(field.name) for field in fields(Settings)}
    told["timing"], told["repeat"] = Timing(told["timing"]), Repeat(told["repeat"])
    told["retry_after"] = RetryAfter(told["retry_after"])
    return Settings(**told)
