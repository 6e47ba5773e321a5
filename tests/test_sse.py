import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import sse

LINES = st.binary(min_size=1, max_size=12).map(
    lambda line: line.replace(b"\r", b".").replace(b"\n", b".")
)
FIELDS = st.sampled_from([b"data: x", b"data:", b": a comment", b"event: ping", b"id: 7"]) | LINES
EVENTS = st.lists(st.lists(FIELDS, min_size=1, max_size=4), min_size=1, max_size=5)


@given(body=st.binary() | st.text(alphabet="da:\r\n ").map(str.encode))
def test_the_pieces_joined_are_the_body_whatever_it_holds(body: bytes) -> None:
    assert b"".join(sse.split(body)) == body


@given(
    events=EVENTS,
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    blank_lines=st.lists(st.integers(1, 3), min_size=5, max_size=5),
    blank_lines_before=st.integers(0, 2),
    whole=st.booleans(),
)
def test_each_event_of_a_stream_is_one_piece(
    *,
    events: list[list[bytes]],
    end: bytes,
    blank_lines: list[int],
    blank_lines_before: int,
    whole: bool,
) -> None:
    pieces = [
        b"".join(line + end for line in lines) + end * blank_lines[at]
        for at, lines in enumerate(events)
    ]
    if not whole:
        pieces[-1] = end.join(events[-1])
    pieces[0] = end * blank_lines_before + pieces[0]
    assert sse.split(b"".join(pieces)) == pieces


@given(body=st.text(alphabet="a\r\n").map(str.encode))
def test_no_piece_is_blank_unless_the_whole_body_is(body: bytes) -> None:
    assert all(piece.strip() for piece in sse.split(body)) or not body.strip()


def test_an_empty_body_has_no_events() -> None:
    assert sse.split(b"") == []


def test_a_crlf_is_one_line_end_and_not_two() -> None:
    body = b"event: a\r\ndata: b\r\n\r\n"
    assert sse.split(body) == [body]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_blank_lines_before_the_first_event_belong_to_it(end: bytes) -> None:
    first, second = end * 2 + b"data: a" + end * 2, b"data: b" + end * 2
    assert sse.split(first + second) == [first, second]


def test_an_unfinished_last_event_is_kept() -> None:
    assert sse.split(b"data: a\n\ndata: b") == [b"data: a\n\n", b"data: b"]


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        (b"data: a\n\n", b"a"),
        (b"data:a\n\n", b"a"),
        (b"data:  a\n\n", b" a"),
        (b"data: a\r\ndata: b\r\n\r\n", b"a\nb"),
        (b"data: a\rdata: b\r\r", b"a\nb"),
        (b"event: x\nid: 1\ndata: a\n: c\n\n", b"a"),
        (b"data:\n\n", b""),
    ],
)
def test_the_payload_of_an_event_is_its_data_lines(event: bytes, payload: bytes) -> None:
    assert sse.data(event) == payload


def test_an_event_without_data_lines_has_no_payload() -> None:
    assert sse.data(b": keep-alive\n\n") is None


@pytest.mark.parametrize(
    "body", [b"data: x\n\n", b"event: x\n", b"id: 1\n", b"retry: 5\n", b": hi\n", b"\r\n\ndata:x"]
)
def test_a_body_that_begins_with_a_field_or_a_comment_looks_like_events(body: bytes) -> None:
    assert sse.looks_like_events(body)


@pytest.mark.parametrize("body", [b"", b'{"data": 1}', b"database", b"\0\0\0\x10", b" data: x"])
def test_any_other_body_does_not_look_like_events(body: bytes) -> None:
    assert not sse.looks_like_events(body)
