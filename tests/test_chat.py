from typing import Any

import pytest

from playhead.transcript.chat import (
    tell_chat_answer,
    tell_chat_request,
    tell_completion_answer,
    tell_completion_request,
    tell_usage,
)
from support.telling import ending, turns


def _answer(**message: Any) -> list[tuple[str, str]]:
    return turns(tell_chat_answer, {"choices": [{"message": message}]})


DETAILS = [
    {"type": "reasoning.text", "text": "hm"},
    {"type": "reasoning.summary", "summary": "so"},
    {"type": "reasoning.encrypted", "data": "AAAA"},
]


def test_details_of_reasoning_are_told_where_nothing_else_is() -> None:
    assert _answer(reasoning_details=DETAILS) == [("reasoning", "hm\nso\n[encrypted, 3 bytes]")]
    assert _answer(reasoning_details=DETAILS, reasoning="r") == [("reasoning", "r")]


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_reasoning_is_told_before_what_was_said(name: str) -> None:
    message = {"role": "assistant", "content": "a", name: "hm"}
    assert turns(tell_chat_request, {"messages": [message]}) == [
        ("reasoning", "hm"), ("assistant", "a"),
    ]  # fmt: skip
    assert _answer(**message) == [("reasoning", "hm"), ("assistant", "a")]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ({"tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}]}, "f({})  [c]"),
        ({"tool_calls": [{"custom": {"name": "f", "input": "x"}}]}, "f(x)"),
        ({"tool_calls": [{"function": {"name": "f"}}]}, "f()"),
        ({"function_call": {"name": "f", "arguments": "{}"}}, "f({})"),
    ],
)
def test_every_form_of_a_call_is_told(call: Any, told: str) -> None:
    assert _answer(**call) == [("tool call", told)]


def test_thoughts_among_the_content_are_told_as_such() -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    assert _answer(content=[thought, {"type": "text", "text": "a"}]) == [
        ("reasoning", "hm"), ("assistant", "a"),
    ]  # fmt: skip


def test_a_refusal_is_told() -> None:
    assert _answer(content=None, refusal="no") == [("refusal", "no")]


def test_speech_and_pictures_are_noted() -> None:
    assert _answer(
        audio={"data": "AAAA", "transcript": "hi"},
        images=[{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}],
    ) == [
        ("assistant", "[audio, 3 bytes]"), ("assistant", "hi"),
        ("assistant", "[image_url, image/png, 3 bytes]"),
    ]  # fmt: skip


def test_every_choice_is_told() -> None:
    choices = [{"message": {"content": each}, "finish_reason": each} for each in "ab"]
    assert turns(tell_chat_answer, {"choices": choices}) == [
        ("assistant, choice 0", "a"), ("assistant, choice 1", "b"),
    ]  # fmt: skip
    assert ending(tell_chat_answer, {"choices": choices}) == ["finish: a", "finish: b"]


def test_a_completion_is_its_prompt_and_its_texts() -> None:
    assert turns(tell_completion_request, {"prompt": ["a", "b"], "suffix": "c"}) == [
        ("prompt", "a\nb"), ("suffix", "c"),
    ]  # fmt: skip
    answer = {"choices": [{"text": "a", "finish_reason": "stop"}], "usage": {"prompt_tokens": 1}}
    assert turns(tell_completion_answer, answer) == [("completion", "a")]
    assert ending(tell_completion_answer, answer) == ["finish: stop", "tokens: 1 in, None out"]


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        (None, []),
        ({"prompt_tokens": 9, "completion_tokens": 8,
          "prompt_tokens_details": {"cached_tokens": 3},
          "completion_tokens_details": {"reasoning_tokens": 4}},
         ["tokens: 9 in, 8 out", "cached: 3", "reasoning: 4"]),
        ({"input_tokens": 9, "output_tokens": 8, "input_tokens_details": {"cached_tokens": 3},
          "output_tokens_details": {"reasoning_tokens": 4}},
         ["tokens: 9 in, 8 out", "cached: 3", "reasoning: 4"]),
        ({"prompt_tokens": 9, "completion_tokens": 8, "prompt_cache_hit_tokens": 2},
         ["tokens: 9 in, 8 out", "cached: 2"]),
    ],
)  # fmt: skip
def test_tokens_are_told_in_each_of_their_forms(usage: Any, told: list[str]) -> None:
    assert ending(tell_usage, usage) == told


def test_the_result_of_a_tool_says_whose_call_it_answers() -> None:
    asked = {"messages": [{"role": "tool", "content": "42", "tool_call_id": "c1"}]}
    assert turns(tell_chat_request, asked) == [("tool", "42  [c1]")]
