import json
from dataclasses import replace
from typing import Any

import pytest

from playhead.asked import Asked
from playhead.bridged import NotBridged, bridged
from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.wish import Wish, wish_of
from support.answers import answered
from support.cassettes import interaction
from support.streams import sse, streamed

CHAT = {"object": "chat.completion", "choices": [
    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "a"}},
]}  # fmt: skip
CHUNK = {"index": 0, "delta": {"role": "assistant", "content": "a"}}
GEMINI = {"candidates": [{"content": {"parts": [{"text": "a b"}]}, "finishReason": "STOP"}]}


def _wish(recorded: Interaction, **wish: Any) -> Wish:
    """A wish that is the opposite of what was recorded."""
    route = recorded_route(recorded)
    found = wish_of(Asked(method="POST", route=route, body=b'{"a": 1}'))
    assert found is not None
    return replace(found, **wish)


def _header(told: Interaction, name: str) -> list[str]:
    return [value for each, value in told.response.headers if each.lower() == name]


def test_a_plain_answer_becomes_a_stream() -> None:
    recorded = answered("chat.completions", CHAT)
    told = bridged(recorded, _wish(recorded, streams=True))
    assert told.response.body.endswith(b"data: [DONE]\n\n")
    assert _header(told, "content-type") == ["text/event-stream"]
    assert (told.name, told.response.status) == (recorded.name, 200)


def test_a_stream_becomes_a_plain_answer() -> None:
    recorded = streamed("chat", sse({"choices": [{**CHUNK, "finish_reason": "stop"}]}))
    told = bridged(recorded, _wish(recorded, streams=False))
    assert json.loads(told.response.body) == CHAT
    assert _header(told, "content-type") == ["application/json"]


def test_other_headers_are_kept() -> None:
    recorded = interaction(
        answer=json.dumps(CHAT).encode(), headers=(("x-a", "1"), ("Content-Type", "text/x"))
    )
    told = bridged(recorded, _wish(recorded, streams=True))
    assert told.response.headers == (("x-a", "1"), ("content-type", "text/event-stream"))


def test_a_plain_answer_is_due_when_its_stream_had_ended() -> None:
    recorded = streamed("chat", sse({"choices": [{**CHUNK, "finish_reason": "stop"}]}))
    timed = replace(recorded.response, duration=1.0, event_offsets=(0.0, 0.5, 2.0))
    recorded = replace(recorded, response=timed)
    told = bridged(recorded, _wish(recorded, streams=False)).response
    assert (told.duration, told.event_offsets) == (3.0, ())


def test_a_stream_begins_when_the_headers_came() -> None:
    recorded = answered("chat.completions", CHAT)
    told = bridged(recorded, _wish(recorded, streams=True)).response
    assert (told.duration, told.event_offsets) == (recorded.response.duration, ())


@pytest.mark.parametrize(
    ("sse", "media_type"), [(True, "text/event-stream"), (False, "application/json")]
)
def test_gemini_streams_as_it_is_asked_to(*, sse: bool, media_type: str) -> None:
    recorded = answered("generateContent", GEMINI)
    told = bridged(recorded, _wish(recorded, streams=True, sse=sse))
    assert _header(told, "content-type") == [media_type]
    assert recorded_route(told).operation == "streamGenerateContent"


@pytest.mark.parametrize("streams", [True, False])
def test_an_error_is_what_it_is(*, streams: bool) -> None:
    recorded = answered("chat.completions", {"error": {"message": "slow down"}}, status=429)
    told = bridged(recorded, _wish(recorded, streams=streams))
    assert told.response == recorded.response


ERROR = {"error": {"message": "m"}}
STARTED = {"type": "message_start", "message": {"type": "message", "content": []}}
ITEM = {"type": "response.output_item.added", "output_index": 0, "item": {"type": "message"}}


@pytest.mark.parametrize(
    ("dialect", "body", "reason"),
    [
        ("chat", b"<html>", "no stream"),
        ("chat", sse({"choices": [CHUNK]}), "cut short"),
        ("chat", sse({"choices": [CHUNK]}, ERROR), "an error"),
        ("chat", sse({"choices": []}), "cut short"),
        ("chat", sse(ERROR), "an error"),
        ("responses", sse({"response": {"status": "in_progress"}}, ITEM), "cut short"),
        ("responses", sse({"type": "response.failed", "response": ERROR}), "an error"),
        ("messages", sse(STARTED), "cut short"),
        ("messages", sse(STARTED, {"type": "error", **ERROR}), "an error"),
        ("vertex", sse(STARTED), "cut short"),
        ("gemini", sse({"candidates": [{"content": {}}]}), "cut short"),
        ("gemini", sse({"usageMetadata": {}}), "cut short"),
        ("gemini", sse(GEMINI, ERROR), "an error"),
    ],
)
def test_what_is_not_the_whole_of_a_stream_is_not_folded(
    dialect: str, body: bytes, reason: str
) -> None:
    recorded = streamed(dialect, body)
    with pytest.raises(NotBridged, match=reason):
        bridged(recorded, _wish(recorded, streams=False))


@pytest.mark.parametrize(
    ("dialect", "body"),
    [
        ("responses", sse({"type": "response.incomplete", "response": {"status": "incomplete"}})),
        ("messages", sse(STARTED, {"type": "message_delta", "delta": {"stop_reason": "refusal"}})),
        ("gemini", sse(GEMINI)),
        ("gemini", sse({"promptFeedback": {"blockReason": "SAFETY"}})),
    ],
)
def test_what_came_to_its_end_is_folded(dialect: str, body: bytes) -> None:
    recorded = streamed(dialect, body)
    told = bridged(recorded, _wish(recorded, streams=False))
    assert json.loads(told.response.body)


@pytest.mark.parametrize("answer", [b"<html>", b'{"error": {"message": "m"}}', b"{}"])
def test_what_is_no_plain_answer_is_not_unfolded(answer: bytes) -> None:
    recorded = answered("chat.completions", answer)
    with pytest.raises(NotBridged, match="no plain answer"):
        bridged(recorded, _wish(recorded, streams=True))
