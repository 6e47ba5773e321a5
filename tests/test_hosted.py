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
