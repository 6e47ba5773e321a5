from dataclasses import replace

import pytest

from playhead.cursors import Cursors
from playhead.errors import Code, Refusal
from playhead.library import Recordings
from playhead.settings import Repeat
from support.cassettes import interaction


def _recordings(count: int, cassette: str = "chat") -> Recordings:
    return Recordings(interactions=tuple(interaction(cassette, at) for at in range(count)))


def _taken(cursors: Cursors, recordings: Recordings, times: int) -> list[int]:
    return [cursors.take(recordings).id for _ in range(times)]


@pytest.mark.parametrize(
    ("repeat", "taken"), [(Repeat.LAST, [0, 1, 2, 2, 2]), (Repeat.CYCLE, [0, 1, 2, 0, 1])]
)
def test_repeats_are_answered_in_recorded_order_and_then_as_asked(
    repeat: Repeat, taken: list[int]
) -> None:
    assert _taken(Cursors(repeat), _recordings(3), 5) == taken


@pytest.mark.parametrize("repeat", [Repeat.LAST, Repeat.CYCLE])
def test_a_single_recording_answers_again_and_again(repeat: Repeat) -> None:
    assert _taken(Cursors(repeat), _recordings(1), 3) == [0, 0, 0]


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (1, "the one recorded answer to this request has been used"),
        (2, "all 2 recorded answers to this request have been used"),
    ],
)
def test_recordings_are_used_up_where_nothing_may_repeat(count: int, message: str) -> None:
    cursors = Cursors(Repeat.NEVER)
    recordings = _recordings(count)
    assert _taken(cursors, recordings, count) == list(range(count))
    with pytest.raises(Refusal) as caught:
        cursors.take(recordings)
    assert (caught.value.code, caught.value.message) == (Code.EXHAUSTED, message)


def test_recordings_that_are_used_up_stay_so() -> None:
    cursors = Cursors(Repeat.NEVER)
    cursors.take(_recordings(1))
    for _ in range(2):
        with pytest.raises(Refusal):
            cursors.take(_recordings(1))


def test_each_request_has_its_own_cursor() -> None:
    cursors = Cursors(Repeat.LAST)
    _taken(cursors, _recordings(2, "one"), 2)
    assert _taken(cursors, _recordings(2, "other"), 2) == [0, 1]


def test_a_cursor_outlives_the_recordings_it_was_made_for() -> None:
    cursors = Cursors(Repeat.LAST)
    _taken(cursors, _recordings(2), 1)
    assert _taken(cursors, _recordings(2), 1) == [1]


def test_rewinding_begins_again() -> None:
    cursors = Cursors(Repeat.NEVER)
    _taken(cursors, _recordings(2), 2)
    cursors.rewind()
    assert _taken(cursors, _recordings(2), 2) == [0, 1]


def test_what_an_overlay_answered_is_not_counted_as_recorded() -> None:
    recorded = interaction()
    early = replace(recorded, overlay=1)
    cursors = Cursors(Repeat.NEVER)
    recordings = Recordings(interactions=(early, recorded))
    assert [cursors.take(recordings), cursors.take(recordings)] == [early, recorded]
    with pytest.raises(Refusal, match="the one recorded answer to this request has been used"):
        cursors.take(recordings)
