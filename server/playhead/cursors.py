"""Which of several recordings of one request is next: the only state of the core."""

from collections.abc import Sequence

from playhead.cassette import Interaction
from playhead.errors import Code, Refusal
from playhead.library import Recordings
from playhead.settings import Repeat


class Cursors:
    """How often each request was answered.

    `take` finds the interaction and moves the cursor without an await in between. On one event
    loop that is the whole of the concurrency design: no lock is needed, and none is held.
    """

    def __init__(self, repeat: Repeat) -> None:
        self._repeat = repeat
        self._turns: dict[str, int] = {}

    def constant(self, recordings: Recordings) -> Interaction | None:
        """Return the interaction that answers every time; None where a cursor must decide."""
        if len(recordings.interactions) > 1 or self._repeat is Repeat.NEVER:
            return None
        return recordings.interactions[0]

    def take(self, recordings: Recordings) -> Interaction:
        """Return the next interaction; raise Refusal where the recordings are used up."""
        interactions = recordings.interactions
        last = len(interactions) - 1
        turn = self._turns.get(recordings.id, 0)
        if turn > last:
            if self._repeat is Repeat.NEVER:
                raise Refusal(Code.EXHAUSTED, _all_used(interactions))
            turn = 0 if self._repeat is Repeat.CYCLE else last
        self._turns[recordings.id] = turn + 1
        return interactions[turn]

    def rewind(self) -> None:
        """Begin again: the next answer to each request is the first recorded one."""
        self._turns.clear()


def _all_used(interactions: Sequence[Interaction]) -> str:
    recorded = sum(not interaction.overlay for interaction in interactions)
    if recorded == 1:
        return "the one recorded answer to this request has been used"
    return f"all {recorded} recorded answers to this request have been used"
