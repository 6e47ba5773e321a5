import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.fold import fold
from support.cassettes import interaction
from support.odd import odd_events
from support.streams import URLS, answered, converse, invoke, lines, sse, streamed

STREAMS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "chat": (
        sse({"choices": [{"index": 0, "delta": {"content": "a"}}]}),
        {"object": "chat.completion",
         "choices": [{"index": 0, "finish_reason": None, "message": {"content": "a"}}]},
    ),
    "completions": (
        sse({"choices": [{"text": "a"}]}), {"choices": [{"text": "a", "finish_reason": None}]},
    ),
    "responses": (
        sse({"type": "response.completed", "response": {"id": "r"}}), {"id": "r"},
    ),
    "images": (
        sse({"type": "image_generation.completed", "b64_json": "AA=="}),
        {"created": None, "data": [{"b64_json": "AA=="}]},
    ),
    "audio": (sse({"type": "transcript.text.done", "text": "a"}), {"text": "a"}),
    "messages": (sse({"type": "message_start", "message": {"id": "m"}}), {"id": "m"}),
    "gemini": (sse({"responseId": "r"}), {"responseId": "r"}),
    "vertex": (sse({"type": "message_start", "message": {"id": "m"}}), {"id": "m"}),
    "invoke": (invoke({"generation": "a"}), {"generation": "a"}),
    "converse": (converse(("messageStop", {"stopReason": "s"})), {"stopReason": "s"}),
    "cohere": (sse({"type": "message-start", "id": "i"}), {"id": "i"}),
    "ollama.chat": (lines({"message": {"content": "a"}}, {"done": True}),
                    {"message": {"content": "a"}, "done": True}),
    "ollama.generate": (lines({"response": "a"}, {"done": True}), {"response": "a", "done": True}),
    "ai.run": (sse({"response": "a"}),
               {"result": {"response": "a"}, "success": True, "errors": [], "messages": []}),
}  # fmt: skip


@pytest.mark.parametrize("dialect", STREAMS)
def test_a_stream_folds_by_the_grammar_of_its_operation(dialect: str) -> None:
    body, answer = STREAMS[dialect]
    assert fold(streamed(dialect, body)) == answer


def test_a_json_array_of_gemini_folds_too() -> None:
    chunks = [{"candidates": [{"content": {"parts": [{"text": text}]}}]} for text in "ab"]
    folded = fold(answered("gemini", chunks))
    assert folded == {"candidates": [{"content": {"parts": [{"text": "ab"}]}}]}


def test_every_grammar_is_shown() -> None:
    assert STREAMS.keys() == URLS.keys()


@pytest.mark.parametrize(
    "answer", [b"", b'{"object":"chat.completion"}', b": c\n\ndata: [DONE]\n\n"]
)
def test_what_holds_no_event_does_not_fold(answer: bytes) -> None:
    assert fold(interaction(answer=answer)) is None


def test_an_event_that_says_nothing_folds_into_nothing() -> None:
    assert fold(streamed("messages", sse({"type": "ping"}))) is None


def test_a_stream_of_an_unknown_operation_does_not_fold() -> None:
    assert fold(interaction(url="https://a.example/v1/else", answer=sse({"a": 1}))) is None


@given(dialect=st.sampled_from(sorted(URLS)), told=odd_events)
def test_no_stream_fails_to_fold(dialect: str, told: list[dict[str, Any]]) -> None:
    framed = converse(*((name, value) for event in told for name, value in event.items()))
    bodies = {"converse": framed, "invoke": invoke(*told), "gemini": json.dumps(told).encode()}
    body = bodies.get(dialect, lines(*told) if dialect.startswith("ollama") else sse(*told))
    folded = fold(streamed(dialect, body))
    assert folded is None or json.dumps(folded)


@given(dialect=st.sampled_from(sorted(URLS)), body=st.binary(max_size=30))
def test_no_bytes_fail_to_fold(dialect: str, body: bytes) -> None:
    assert fold(streamed(dialect, body)) != {}
