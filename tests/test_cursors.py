from dataclasses import replace

import pytest

from playhead.cursors import chosen, constant
from playhead.errors import Code, Refusal
from playhead.library import Recordings
from playhead.settings import Repeat
from support.cassettes import interaction


def _recordings(count: int) -> Recordings:
    return Recordings(interactions=tuple(interaction("chat", at) for at in range(count)))


def _chosen(recordings: Recordings, turns: int, repeat: Repeat) -> list[int]:
    return [chosen(recordings, turn, repeat).id for turn in range(turns)]


@pytest.mark.parametrize(
    ("repeat", "taken"), [(Repeat.LAST, [0, 1, 2, 2, 2]), (Repeat.CYCLE, [0, 1, 2, 0, 1])]
)
def test_repeats_are_answered_in_recorded_order_and_then_as_asked(
    repeat: Repeat, taken: list[int]
) -> None:
    assert _chosen(_recordings(3), 5, repeat) == taken


@pytest.mark.parametrize("repeat", [Repeat.LAST, Repeat.CYCLE])
def test_a_single_recording_answers_again_and_again(repeat: Repeat) -> None:
    assert _chosen(_recordings(1), 3, repeat) == [0, 0, 0]


def test_a_single_recording_needs_no_cursor_unless_it_can_be_used_up() -> None:
    recordings = _recordings(1)
    assert constant(recordings, Repeat.LAST) is recordings.interactions[0]
    assert constant(recordings, Repeat.CYCLE) is recordings.interactions[0]
    assert constant(recordings, Repeat.NEVER) is None
    assert constant(_recordings(2), Repeat.LAST) is None


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (1, "the one recorded answer to this request has been used"),
        (2, "all 2 recorded answers to this request have been used"),
    ],
)
@pytest.mark.parametrize("further", [0, 1, 7])
def test_recordings_are_used_up_where_nothing_may_repeat(
    count: int, message: str, further: int
) -> None:
    assert _chosen(_recordings(count), count, Repeat.NEVER) == list(range(count))
    with pytest.raises(Refusal) as caught:
        chosen(_recordings(count), count + further, Repeat.NEVER)
    assert (caught.value.code, caught.value.message) == (Code.EXHAUSTED, message)


def test_what_an_overlay_answered_is_not_counted_as_recorded() -> None:
    recorded = interaction()
    recordings = Recordings(interactions=(replace(recorded, overlay=1), recorded))
    with pytest.raises(Refusal, match="the one recorded answer to this request has been used"):
        chosen(recordings, 2, Repeat.NEVER)
