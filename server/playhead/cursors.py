"""Which of several recordings of one request is next."""

from collections.abc import Sequence

from playhead.cassette import Interaction
from playhead.errors import Code, Refusal
from playhead.library import Recordings
from playhead.settings import Repeat


def constant(recordings: Recordings, repeat: Repeat) -> Interaction | None:
    """Return the interaction that answers every time; None where a cursor must decide."""
    if len(recordings.interactions) > 1 or repeat is Repeat.NEVER:
        return None
    return recordings.interactions[0]


def chosen(recordings: Recordings, turn: int, repeat: Repeat) -> Interaction:
    """Return the interaction whose turn it is; turns count from 0 and only ever grow.

    Raise Refusal where the recordings are used up.
    """
    interactions = recordings.interactions
    last = len(interactions) - 1
    if turn <= last:
        return interactions[turn]
    if repeat is Repeat.NEVER:
        raise Refusal(Code.EXHAUSTED, _all_used(interactions))
    return interactions[turn % len(interactions) if repeat is Repeat.CYCLE else last]


def _all_used(interactions: Sequence[Interaction]) -> str:
    recorded = sum(not interaction.overlay for interaction in interactions)
    if recorded == 1:
        return "the one recorded answer to this request has been used"
    return f"all {recorded} recorded answers to this request have been used"
