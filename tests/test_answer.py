from dataclasses import replace
from typing import Any

import pytest

from playhead.answer import Answer, percent_encoded, prepare
from playhead.retry_after import RetryAfter
from support.aws import frame
from support.cassettes import interaction

STREAM = b"data: a\n\ndata: b\n\n"


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    headers: list[tuple[bytes, bytes]] = answer.start["headers"]
    return headers


def _prepared(**parts: Any) -> Answer:
    return prepare(interaction(**parts))


def _header(answer: Answer, name: bytes) -> bytes | None:
    return dict(_headers(answer)).get(name)


def test_the_body_is_the_recorded_one() -> None:
    answer = _prepared(answer=b"\x00\xff", status=529)
    assert answer.start["status"] == 529
    assert answer.body == {"type": "http.response.body", "body": b"\x00\xff"}


def test_recorded_headers_are_kept_in_order_with_repetitions() -> None:
    answer = _prepared(headers=(("X-A", "1"), ("Content-Type", "text/plain"), ("X-A", "2é")))
    assert _headers(answer)[:3] == [
        (b"x-a", b"1"),
        (b"content-type", b"text/plain"),
        (b"x-a", "2é".encode()),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Date",
        "Server", "Alt-Svc", "Set-Cookie", "Content-Encoding", "X-Playhead-Match",
        "X-Playhead-Overlay",
    ],
)  # fmt: skip
def test_what_described_the_connection_is_dropped(name: str) -> None:
    assert _header(_prepared(headers=((name, "x"),)), name.lower().encode()) is None


def test_the_length_is_that_of_the_body_and_not_the_recorded_one() -> None:
    answer = _prepared(headers=(("Content-Length", "9999"),), answer=b"abc")
    assert [value for name, value in _headers(answer) if name == b"content-length"] == [b"3"]


@pytest.mark.parametrize(
    "content_type",
    ["text/event-stream", "Text/Event-Stream; charset=utf-8", "application/x-ndjson"],
)
def test_a_stream_has_no_length(content_type: str) -> None:
    assert _header(_prepared(headers=(("Content-Type", content_type),)), b"content-length") is None


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_may_have_no_body_has_none(status: int) -> None:
    answer = _prepared(status=status, answer=b"{}")
    assert (answer.body["body"], _header(answer, b"content-length")) == (b"", None)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"data: x\n\n", b"text/event-stream"),
        (b": comment\n", b"text/event-stream"),
        (b' {"a":1}', b"application/json"),
        (b"\n[]", b"application/json"),
        (frame(b"{}"), b"application/vnd.amazon.eventstream"),
        (b"\0\0\0\x10\0\0\0\0crc-crc-", None),
        (b"", None),
        (b"plain", None),
        (b"\0", None),
        (b"\0\0\0\x0f\0\0\0\0crc-crc", None),
        (b"\0\0\1\x10\0\0\0\0crc-crc-", None),
        (b"\0\0\0\x10\0\0\0\x10crc-crc-", None),
    ],
)
def test_a_missing_content_type_is_seen_in_the_body(
    body: bytes, content_type: bytes | None
) -> None:
    assert _header(_prepared(headers=(), answer=body), b"content-type") == content_type


def test_a_recorded_content_type_is_believed() -> None:
    answer = _prepared(headers=(("content-type", "text/plain"),), answer=STREAM)
    assert (_header(answer, b"content-type"), answer.form) == (b"text/plain", None)


def test_the_events_of_a_stream_are_its_pieces() -> None:
    answer = _prepared(headers=(), answer=STREAM)
    assert answer.events() == [b"data: a\n\n", b"data: b\n\n"]


def test_a_redacted_content_type_is_replaced_by_what_the_body_shows() -> None:
    answer = _prepared(headers=(("Content-Type", "**REDACTED**"),), answer=b"{}")
    types = [value for name, value in _headers(answer) if name == b"content-type"]
    assert types == [b"application/json"]


def test_anything_else_is_one_piece() -> None:
    assert _prepared(answer=STREAM).events() == [STREAM]


@pytest.mark.parametrize(
    ("cassette", "encoded"),
    [
        ("openai/gpt-4o", b"openai/gpt-4o#7"),
        ("a b\r\n", b"a%20b%0D%0A#7"),
        ("é", b"%C3%A9#7"),
        ("\udcff", b"%FF#7"),
    ],
)
def test_an_answer_says_which_interaction_it_is(cassette: str, encoded: bytes) -> None:
    named = interaction(cassette, 7)
    assert percent_encoded(named) == encoded
    assert _header(prepare(named), b"x-playhead-interaction") == encoded


def test_an_answer_says_that_it_is_an_overlays_and_which() -> None:
    recorded = interaction("a/b", 3)
    early = prepare(replace(recorded, overlay=2))
    assert _header(early, b"x-playhead-overlay") == b"2"
    assert _header(early, b"x-playhead-interaction") == b"a/b#3"
    assert _header(prepare(recorded), b"x-playhead-overlay") is None


def test_a_wait_is_as_recorded_unless_it_is_to_be_zero() -> None:
    recorded = interaction(status=429, headers=(("Retry-After", "3"),))
    assert _header(prepare(recorded), b"retry-after") == b"3"
    at_once = prepare(recorded, retry_after=RetryAfter.ZERO)
    assert _header(at_once, b"retry-after") == b"0"


def test_a_recorded_provenance_is_not_repeated() -> None:
    answer = _prepared(headers=(("X-Playhead-Interaction", "other#1"),))
    assert _header(answer, b"x-playhead-interaction") == b"chat#0"


def test_recorded_cors_headers_are_kept_where_none_are_asked_for() -> None:
    answer = _prepared(headers=(("Access-Control-Allow-Origin", "*"),))
    assert _header(answer, b"access-control-allow-origin") == b"*"


def test_our_cors_headers_replace_recorded_ones() -> None:
    recorded = interaction(headers=(("Access-Control-Allow-Origin", "*"), ("X-A", "b")))
    answer = prepare(recorded, cors_origin="http://localhost:3000")
    allowed = [value for name, value in _headers(answer) if name == b"access-control-allow-origin"]
    assert (allowed, _header(answer, b"vary")) == ([b"http://localhost:3000"], b"Origin")
