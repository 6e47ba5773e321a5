import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.fold import fold
from playhead.folder import load
from playhead.unfold import unfold
from support.answers import PLAIN, answered
from support.odd import odd, odd_events
from support.streams import EVENT_STREAM

SAID = {"role": "assistant", "content": "a b"}
CHAT = {
    "object": "chat.completion",
    "choices": [{"index": 0, "finish_reason": "stop", "message": SAID}],
    "usage": {"total_tokens": 1},
}
GEMINI = {"candidates": [{"content": {"parts": [{"text": "a b"}]}, "finishReason": "STOP"}]}


def _again(interaction: Interaction, *, sse: bool = True) -> Any:
    """The plain answer of an interaction, unfolded and folded."""
    operation = recorded_route(interaction).operation
    body = unfold(operation, interaction.response.body, sse=sse)
    assert body is not None
    url = interaction.request.url.replace(":generate", ":streamGenerate")
    headers = EVENT_STREAM if sse else ()
    return fold(
        replace(
            interaction,
            request=replace(interaction.request, url=url),
            response=replace(interaction.response, body=body, headers=headers),
        )
    )


def _without_what_streams_do_not_tell(answer: Any) -> Any:
    """Some providers number the calls of a plain answer; all do in a stream, and fold drops it."""
    for choice in answer.get("choices", ()):
        for call in choice["message"].get("tool_calls") or ():
            call.pop("index", None)
    return answer


@given(st.sampled_from(sorted(PLAIN)).flatmap(lambda op: st.tuples(st.just(op), PLAIN[op])))
def test_unfolding_and_then_folding_is_the_identity(drawn: tuple[str, Any]) -> None:
    operation, answer = drawn
    assert _again(answered(operation, answer)) == answer


@given(PLAIN["generateContent"])
def test_so_it_is_for_a_json_array(answer: Any) -> None:
    assert _again(answered("generateContent", answer), sse=False) == answer


def test_two_calls_without_names_stay_two() -> None:
    call = {"functionCall": {"name": "", "args": {}}}
    candidate = {"content": {"role": "model", "parts": [call, call]}, "index": 0}
    answer = {"candidates": [{**candidate, "finishReason": "STOP"}]}
    assert _again(answered("generateContent", answer), sse=False) == answer


def test_only_the_numbers_of_calls_are_not_told_by_a_stream() -> None:
    choice = {"index": 0, "finish_reason": "stop", "logprobs": None}
    message = {"role": "assistant", "content": None, "tool_calls": [{"id": "i", "index": 0}]}
    other = {"index": 1, "finish_reason": "stop", "message": {"content": ""}}
    choices = [{**choice, "message": message}, other]
    answer = {"object": "chat.completion", "choices": choices}
    again = _again(answered("chat.completions", answer))
    assert again != answer
    assert again == _without_what_streams_do_not_tell(answer)


def test_so_it_is_for_every_recorded_plain_answer(corpus: Path) -> None:
    plain = [
        interaction
        for cassette in load([corpus]).cassettes
        for interaction in cassette.interactions
        if unfold(recorded_route(interaction).operation, interaction.response.body) is not None
    ]
    changed = [
        interaction.name
        for interaction in plain
        for answer in [_without_what_streams_do_not_tell(json.loads(interaction.response.body))]
        if _without_what_streams_do_not_tell(_again(interaction)) != answer
    ]
    assert changed == []


@given(
    operation=st.sampled_from(sorted(PLAIN)),
    name=st.sampled_from(["choices", "output", "content", "candidates"]),
    members=st.lists(odd, max_size=2),
    beside=odd_events,
)
def test_no_answer_fails_to_unfold(
    operation: str, name: str, members: Any, beside: list[dict[str, Any]]
) -> None:
    answer = {**(beside[0] if beside else {}), name: [*members, *beside]}
    stream = unfold(operation, json.dumps(answer).encode())
    assert stream != b""


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("chat.completions", b"<html>"),
        ("chat.completions", b"[]"),
        ("chat.completions", {"error": {"message": "m"}, "choices": []}),
        ("chat.completions", {"id": "c"}),
        ("responses", CHAT),
        ("messages", {"content": ["text"]}),
        ("generateContent", CHAT),
        ("embeddings", {"data": []}),
    ],
)
def test_what_is_no_plain_answer_of_the_operation_does_not_unfold(
    operation: str, answer: Any
) -> None:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    assert unfold(operation, body) is None


def test_a_chat_ends_with_done() -> None:
    stream = unfold("chat.completions", json.dumps(CHAT).encode())
    assert stream is not None
    assert stream.endswith(b'"usage":{"total_tokens":1}}\n\ndata: [DONE]\n\n')


def test_a_chat_tells_its_usage_only_when_asked() -> None:
    stream = unfold("chat.completions", json.dumps(CHAT).encode(), usage=False)
    assert stream is not None
    assert b"usage" not in stream


@pytest.mark.parametrize("operation", ["responses", "messages", "rawPredict"])
def test_events_that_have_a_type_are_named_by_it(operation: str) -> None:
    stream = unfold(operation, json.dumps({"output": [], "content": []}).encode())
    assert stream is not None
    for event in stream.decode().removesuffix("\n\n").split("\n\n"):
        name, data = event.split("\n")
        assert json.loads(data.removeprefix("data: "))["type"] == name.removeprefix("event: ")


def test_gemini_ends_its_events_as_google_does() -> None:
    stream = unfold("generateContent", json.dumps(GEMINI).encode())
    assert stream is not None
    assert stream.count(b"\r\n\r\n") == 2


def test_without_events_gemini_streams_a_json_array() -> None:
    stream = unfold("generateContent", json.dumps(GEMINI).encode(), sse=False)
    texts = [each["candidates"][0]["content"]["parts"] for each in json.loads(stream or b"")]
    assert texts == [[{"text": "a"}], [{"text": " b"}]]


def test_no_character_of_a_text_ends_a_line() -> None:
    answer = {**CHAT, "id": "\u2028\u0085\n"}
    stream = unfold("chat.completions", json.dumps(answer, ensure_ascii=False).encode())
    assert stream is not None
    assert stream.isascii()
