import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import frames
from support.aws import frame

FIRST = frame(b'{"a":1}', {":event-type": "chunk", ":message-type": "event"})
SECOND = frame(b"", {":event-type": "end"})

# Every type of header the format has, each with a value (smithy.io, "Amazon Event Stream").
OF_EVERY_TYPE = (
    b"\1a\x00"
    b"\1b\x01"
    b"\1c\x02\xff"
    b"\1d\x03\0\1"
    b"\1e\x04\0\0\0\1"
    b"\1f\x05\0\0\0\0\0\0\0\1"
    b"\1g\x06\0\3abc"
    b"\1h\x08\0\0\0\0\0\0\0\1"
    b"\1i\x09" + bytes(16)
)

bodies = st.lists(st.binary(max_size=40)).map(lambda payloads: b"".join(map(frame, payloads)))


def test_a_stream_is_cut_into_its_messages() -> None:
    assert frames.split(FIRST + SECOND) == [FIRST, SECOND]


def test_what_is_no_message_is_one_piece_with_all_that_follows() -> None:
    assert frames.split(FIRST + b"junk" + SECOND) == [FIRST, b"junk" + SECOND]


def test_nothing_has_no_pieces_and_is_no_stream() -> None:
    assert (frames.split(b""), frames.is_whole(b""), frames.damaged_at(b"")) == ([], False, None)


def test_a_message_is_taken_apart() -> None:
    (found,) = frames.read(FIRST)
    assert found.headers == {":event-type": "chunk", ":message-type": "event"}
    assert found.payload == b'{"a":1}'


def test_of_the_headers_those_are_read_that_are_strings() -> None:
    (found,) = frames.read(frame(b"x", {"name": "value"}, more=OF_EVERY_TYPE))
    assert (found.headers, found.payload) == ({"name": "value"}, b"x")


@pytest.mark.parametrize("headers", [b"\xff", b"\3ab", b"\1a", b"\1a\x07\xff\xffabc", b"\1a\x07"])
def test_headers_that_are_cut_in_a_sound_message_are_read_as_far_as_they_go(
    headers: bytes,
) -> None:
    (found,) = frames.read(frame(b"payload", more=headers))
    assert found.payload == b"payload"


def test_reading_ends_at_the_first_damage() -> None:
    assert len(list(frames.read(FIRST + b"junk" + SECOND))) == 1


@pytest.mark.parametrize("at", range(len(FIRST)))
def test_each_byte_is_under_a_checksum(at: int) -> None:
    damaged = FIRST[:at] + bytes([FIRST[at] ^ 1]) + FIRST[at + 1 :]
    assert not frames.is_whole(SECOND + damaged)
    assert frames.damaged_at(SECOND + damaged + SECOND) == len(SECOND)
    assert b"".join(frames.split(SECOND + damaged)) == SECOND + damaged


@pytest.mark.parametrize("size", range(1, len(FIRST)))
def test_a_message_that_is_cut_is_damaged(size: int) -> None:
    assert frames.damaged_at(SECOND + FIRST[:size]) == len(SECOND)


@given(body=bodies)
def test_messages_joined_are_the_stream(body: bytes) -> None:
    pieces = frames.split(body)
    assert b"".join(pieces) == body
    assert frames.is_whole(body) == bool(body)
    assert len(list(frames.read(body))) == len(pieces)


@given(before=bodies, junk=st.binary(), after=bodies)
def test_random_bytes_are_kept_and_never_an_error(before: bytes, junk: bytes, after: bytes) -> None:
    body = before + junk + after
    assert b"".join(frames.split(body)) == body
    assert all(frames.split(body))
    list(frames.read(body))


@given(headers=st.binary(max_size=60))
def test_random_headers_are_never_an_error(headers: bytes) -> None:
    (found,) = frames.read(frame(b"x", more=headers))
    assert found.payload == b"x"
