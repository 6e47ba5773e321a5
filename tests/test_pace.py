import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.cassette import Response
from playhead.pace import Pace
from playhead.settings import Settings, Timing

RECORDED = Settings(timing=Timing.RECORDED)
TIMES = st.floats(0, 1e6)
STREAMS = st.lists(st.tuples(TIMES, st.binary()), min_size=1, max_size=20)
PACES = st.builds(
    Settings,
    timing=st.sampled_from(Timing),
    speed=st.floats(0.01, 1000),
    event_gap=st.none() | TIMES,
)


def _plan(settings: Settings, response: Response, *events: bytes) -> list[tuple[float, bytes]]:
    return list(Pace(settings).plan(response, list(events)))


@given(settings=PACES, stream=STREAMS, duration=TIMES, whole=st.booleans())
def test_deadlines_never_fall_and_the_pieces_joined_are_the_body(
    *, settings: Settings, stream: list[tuple[float, bytes]], duration: float, whole: bool
) -> None:
    offsets = sorted(offset for offset, _ in stream)[: None if whole else -1]
    response = Response(status=200, duration=duration, event_offsets=tuple(offsets))
    pace = Pace(settings)
    planned = list(pace.plan(response, [event for _, event in stream]))
    deadlines = [pace.headers_after(response), *(due for due, _ in planned)]
    assert all(early <= late for early, late in itertools.pairwise(deadlines))
    assert b"".join(piece for _, piece in planned) == b"".join(event for _, event in stream)


@given(stream=STREAMS, duration=TIMES, speed=st.floats(0.01, 1000))
def test_the_last_piece_is_due_at_the_last_offset_divided_by_the_speed(
    stream: list[tuple[float, bytes]], duration: float, speed: float
) -> None:
    offsets = sorted(offset for offset, _ in stream)
    response = Response(status=200, duration=duration, event_offsets=tuple(offsets))
    settings = Settings(timing=Timing.RECORDED, speed=speed)
    planned = _plan(settings, response, *(event for _, event in stream))
    assert planned[-1][0] == pytest.approx((duration + offsets[-1]) / speed)


@given(events=st.lists(st.binary(), min_size=1, max_size=20), gap=st.floats(0.001, 10))
def test_a_gap_is_between_events_and_not_before_the_first(events: list[bytes], gap: float) -> None:
    planned = _plan(Settings(event_gap=gap), Response(status=200, duration=9.0), *events)
    assert planned == [(at * gap, event) for at, event in enumerate(events)]


def test_without_a_timing_or_a_gap_there_is_no_pace() -> None:
    assert Pace(Settings()).off


@pytest.mark.parametrize("settings", [RECORDED, Settings(event_gap=0.1), Settings(event_gap=0.0)])
def test_a_timing_or_a_gap_is_a_pace(settings: Settings) -> None:
    assert not Pace(settings).off


def test_the_recorded_time_to_the_headers_is_divided_by_the_speed() -> None:
    pace = Pace(Settings(timing=Timing.RECORDED, speed=2.0))
    assert pace.headers_after(Response(status=200, duration=3.0)) == 1.5


def test_the_headers_do_not_wait_when_only_a_gap_is_asked_for() -> None:
    assert Pace(Settings(event_gap=1.0)).headers_after(Response(status=200, duration=3.0)) == 0.0


def test_events_that_are_due_together_make_one_piece() -> None:
    response = Response(status=200, event_offsets=(0.0, 1.0, 1.0, 2.0))
    assert _plan(RECORDED, response, b"a", b"b", b"c", b"d") == [
        (0.0, b"a"),
        (1.0, b"bc"),
        (2.0, b"d"),
    ]


def test_events_without_recorded_offsets_follow_the_headers_at_once() -> None:
    assert _plan(RECORDED, Response(status=200, duration=0.5), b"a", b"b") == [(0.5, b"ab")]


def test_offsets_that_do_not_fit_the_events_give_way_to_the_gap() -> None:
    settings = Settings(timing=Timing.RECORDED, event_gap=0.1)
    response = Response(status=200, duration=1.0, event_offsets=(5.0,))
    assert _plan(settings, response, b"a", b"b") == [(1.0, b"a"), (1.1, b"b")]


def test_recorded_offsets_come_before_a_gap() -> None:
    settings = Settings(timing=Timing.RECORDED, event_gap=0.1)
    response = Response(status=200, event_offsets=(5.0, 6.0))
    assert _plan(settings, response, b"a", b"b") == [(5.0, b"a"), (6.0, b"b")]


def test_no_events_make_no_pieces() -> None:
    assert _plan(RECORDED, Response(status=200, duration=1.0)) == []
