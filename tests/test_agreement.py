from typing import Any

import pytest

from playhead.agreement import Turning, turning, who
from playhead.difference import differences

USER = {"role": "user", "content": "hi"}
ANSWER = {"role": "assistant", "content": "hello"}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "12 degrees"}


def _turning(recorded: Any, sent: Any) -> Turning | None:
    return turning(list(differences(recorded, sent)), recorded, sent)


def _told(recorded: list[Any], sent: list[Any], name: str = "messages") -> str:
    return str(_turning({name: recorded}, {name: sent}))


def test_a_conversation_is_the_same_up_to_a_turn() -> None:
    changed = {**RESULT, "content": "13 degrees"}
    told = _told([USER, ANSWER, RESULT], [USER, ANSWER, changed])
    assert told == "the same up to messages[2]; there the tool result differs"


def test_a_conversation_may_differ_from_its_beginning() -> None:
    assert _told([USER], [{**USER, "content": "ho"}]) == "messages[0], the user's message, differs"


def test_a_turn_may_be_new() -> None:
    told = _told([USER, ANSWER], [USER, ANSWER, RESULT])
    assert told == "the same up to messages[2]; there the tool result is new"


def test_a_turn_may_be_missing() -> None:
    told = _told([USER, RESULT, ANSWER], [USER, ANSWER])
    assert told == "the same up to messages[1]; there the tool result is missing"


def test_turns_may_stand_in_another_order() -> None:
    assert _told([USER, ANSWER], [ANSWER, USER]) == "the messages are in another order"


def test_of_several_turns_the_first_counts() -> None:
    told = _told([USER, ANSWER, RESULT], [USER, {**ANSWER, "content": ""}, {**RESULT, "a": 1}])
    assert told.startswith("the same up to messages[1];")


@pytest.mark.parametrize(
    ("recorded", "sent"),
    [
        ({"messages": [USER], "n": 1}, {"messages": [USER], "n": 2}),
        ({"messages": [USER]}, {}),
        ({"prompt": "a"}, {"prompt": "b"}),
        ({"messages": {"a": 1}}, {"messages": {"a": 2}}),
    ],
)
def test_without_two_lists_of_turns_nothing_turns(recorded: Any, sent: Any) -> None:
    found = _turning(recorded, sent)
    assert found is None or found.who == "input"


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ({"role": "system", "content": "x"}, "system prompt"),
        ({"role": "developer", "content": "x"}, "system prompt"),
        ({"role": "USER", "message": "x"}, "user's message"),
        ({"role": "CHATBOT", "message": "x"}, "assistant's message"),
        ({"role": "assistant", "tool_calls": [{"id": "a"}]}, "tool call"),
        ({"role": "assistant", "content": "so", "tool_calls": [{"id": "a"}]},
         "assistant's message"),
        ({"role": "assistant", "content": [{"type": "tool_use", "id": "a"}]}, "tool call"),
        ({"role": "user", "content": [{"type": "tool_result"}]}, "tool result"),
        ({"role": "user", "content": [{"toolResult": {}}]}, "tool result"),
        ({"role": "assistant", "content": ["x", {"toolUse": {}}]}, "tool call"),
        ({"role": "model", "parts": [{"functionCall": {}}]}, "tool call"),
        ({"role": "user", "parts": [{"functionResponse": {}}]}, "tool result"),
        ({"role": "model", "parts": [{"text": "x"}]}, "model's message"),
        ({"role": "tool", "content": "x"}, "tool result"),
        ({"type": "function_call", "call_id": "a"}, "tool call"),
        ({"type": "function_call_output", "call_id": "a"}, "tool result"),
        ({"type": "reasoning"}, "reasoning"),
        ({"type": 7, "role": "judge"}, "message"),
        ("a text to embed", "input"),
    ],
)  # fmt: skip
def test_a_turn_is_somebodys_in_every_dialect(turn: Any, expected: str) -> None:
    assert who(turn) == expected
