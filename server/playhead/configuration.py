"""What a `playhead.yaml` says of the cassettes beside it and below."""

from dataclasses import dataclass, field

from playhead.overlay import Overlay
from playhead.retry_after import RetryAfter
from playhead.rules import NO_RULES, Rules
from playhead.stated import Stated

FILE_NAMES = ("playhead.yaml", "playhead.yml")
"""What the file is called; it stands beside the cassettes it speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The configuration of one folder, with what it has from the folders above.

    `stated` says where each of the `rules` stands, as far as that is known. `bridge` is whether a
    stream may answer a plain request, and the other way round.
    """

    rules: Rules = NO_RULES
    overlays: tuple[Overlay, ...] = ()
    retry_after: RetryAfter = RetryAfter.AS_RECORDED
    bridge: bool = False
    stated: tuple[Stated, ...] = field(default=(), compare=False)


NOTHING = Configuration()
"""The configuration of a folder that has none: exact matching, answers as recorded."""
