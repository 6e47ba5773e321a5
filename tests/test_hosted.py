from typing import Any

import pytest

from playhead.transcript.hosted import tell_hosted_answer, tell_hosted_request
from support.telling import ending, turns


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"anthropic_version": "v", "system": "s", "messages": [{"role": "user", "content": "a"}]},
         [("system", "s"), ("user", "a")]),
        ({"schemaVersion": "v", "messages": [{"role": "user", "content": [{"text": "a"}]}]},
         [("user", "a")]),
        ({"messages": [{"role": "user", "content": "a"}]}, [("user", "a")]),
        ({"system": "s", "messages": [{"role": "user", "content": "a"}]},
         [("system", "s"), ("user", "a")]),
        ({"messages": [{"role": "user", "content": [{"type": "tool_result", "content": "o"}]}]},
         [("tool", "o")]),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]},
         [("user", "a")]),
        ({"messages": [{"role": "user", "content": [
            {"image": {"format": "png", "source": {"bytes": "AAAA"}}}, {"text": "a"}]}]},
         [("user", "[image, png, 3 bytes]\na")]),
        ({"message": "q", "preamble": "s", "chat_history": [{"role": "USER", "message": "a"}]},
         [("system", "s"), ("user", "a"), ("user", "q")]),
        ({"anthropic_version": "v", "prompt": "a"}, [("prompt", "a")]),
        ({"prompt": "a"}, [("prompt", "a")]),
        ({"inputText": "a"}, [("prompt", "a")]),
        ({"odd": 1}, [("request", '{\n  "odd": 1\n}')]),
    ],
)  # fmt: skip
def test_a_request_tells_whose_it_is(sent: Any, told: list[tuple[str, str]]) -> None:
    assert turns(tell_hosted_request, sent) == told


@pytest.mark.parametrize(
    "answer",
    [
        {"content": [{"type": "text", "text": "a"}]},
        {"output": {"message": {"content": [{"text": "a"}]}}},
        {"choices": [{"message": {"content": "a"}}]},
        {"message": {"content": [{"type": "text", "text": "a"}]}},
        {"text": "a", "tool_calls": []},
        {"choices": [{"text": "a"}]},
        {"generation": "a"},
        {"outputs": [{"text": "a"}]},
        {"results": [{"outputText": "a"}]},
        {"generations": [{"text": "a"}]},
        {"completion": "a"},
        {"result": {"response": "a"}, "success": True},
        {"result": {"choices": [{"message": {"content": "a"}}]}},
    ],
)
def test_an_answer_tells_whose_it_is(answer: Any) -> None:
    assert turns(tell_hosted_answer, answer) == [("assistant", "a")]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"text": "a", "tool_calls": [{"name": "f", "parameters": {}}]},
         [("assistant", "a"), ("tool call", "f({})")]),
        ({"result": {"response": "a", "tool_calls": [{"name": "f", "arguments": {}}]}},
         [("assistant", "a"), ("tool call", "f({})")]),
        ({"result": {"response": "", "tool_calls": [
            {"id": "c", "function": {"name": "f", "arguments": "{}"}}]}},
         [("tool call", "f({})  [c]")]),
        ({"result": {"response": {"a": 1}, "usage": {}}}, [("assistant", '{\n  "a": 1\n}')]),
        ({"images": ["AAAA", "AA=="]},
         [("assistant", "[image, 3 bytes]"), ("assistant", "[image, 1 bytes]")]),
    ],
)  # fmt: skip
def test_calls_and_pictures_stand_beside_the_text(answer: Any, told: list[tuple[str, str]]) -> None:
    assert turns(tell_hosted_answer, answer) == told


def test_an_error_alone_is_no_answer() -> None:
    assert turns(tell_hosted_answer, {"type": "error", "error": {"message": "m"}}) == []


def test_an_answer_of_no_known_form_is_told_as_it_is() -> None:
    assert turns(tell_hosted_answer, {"odd": 1}) == [("assistant", '{\n  "odd": 1\n}')]


@pytest.mark.parametrize(
    "answer",
    [
        {"generation": "a", "stop_reason": "stop", "prompt_token_count": 1,
         "generation_token_count": 2},
        {"inputTextTokenCount": 1,
         "results": [{"outputText": "a", "tokenCount": 2, "completionReason": "stop"}]},
        {"result": {"response": "a", "finish_reason": "stop",
                    "usage": {"prompt_tokens": 1, "completion_tokens": 2}}},
    ],
)  # fmt: skip
def test_an_ending_tells_reason_and_tokens(answer: Any) -> None:
    assert ending(tell_hosted_answer, answer) == ["finish: stop", "tokens: 1 in, 2 out"]
