import json
from typing import Any

import pytest
from hypothesis import given

from playhead.members import MOST, members_kept, members_of
from support.values import values


def _members(body: Any) -> frozenset[int]:
    return members_of("POST", (), json.dumps(body).encode())


def _shared(left: Any, right: Any) -> float:
    first, second = _members(left), _members(right)
    return len(first & second) / len(first | second)


@given(value=values)
def test_members_are_those_of_the_value_and_not_of_its_spelling(value: Any) -> None:
    spelled = json.dumps(value, indent=2).encode()
    assert members_of("POST", (), spelled) == _members(value)


@given(value=values)
def test_there_are_never_many_members(value: Any) -> None:
    assert 1 <= len(_members([value] * 5_000)) <= 300
    assert 1 <= len(_members({f"{at}": value for at in range(1_000)})) <= 300


def test_another_method_or_model_in_the_path_is_another_member() -> None:
    assert members_of("POST", ("a",), b"") != members_of("POST", ("b",), b"")
    assert members_of("POST", ("a",), b"") != members_of("PUT", ("a",), b"")


def test_two_requests_with_one_field_changed_share_nearly_all() -> None:
    body = {"model": "m", "n": 1, "messages": [{"content": f"message {at}"} for at in range(9)]}
    assert _shared(body, {**body, "n": 2}) > 0.8


def test_two_long_lists_with_one_element_put_in_share_nearly_all() -> None:
    messages = [{"content": f"message {at}"} for at in range(10 * MOST)]
    assert _shared({"messages": messages}, {"messages": [{"content": "new"}, *messages]}) > 0.8


def test_two_questions_share_their_words() -> None:
    assert _shared({"prompt": "What is the capital of France?"},
                   {"prompt": "What is the capital of Spain?"}) > 0.5  # fmt: skip


def test_a_tool_that_says_something_else_shares_its_name() -> None:
    tool = {"name": "weather", "description": "a"}
    assert _shared({"tools": [tool]}, {"tools": [{**tool, "description": "b"}]}) > 0.3


@pytest.mark.parametrize("body", [b"", b"no json", b"[1, 2]", b'"text"', b"[" * 9_000, b"a\0b\nc"])
def test_any_body_has_members(body: bytes) -> None:
    assert members_of("POST", (), body) == members_of("POST", (), body)


def test_lines_end_alike() -> None:
    assert _members({"prompt": "a\r\nb"}) == _members({"prompt": "a\nb"})


def test_what_a_rule_leaves_as_it_is_keeps_its_members() -> None:
    body = {"n": 1, "m": 2, "messages": ["a", "b"], "tools": [1, 2], "x": {"y": 1}}
    kept = {"n": 1, "messages": ["a", "c"], "tools": [1], "x": {"y": 2}}
    left = members_kept(body, kept)
    assert left < members_kept(body, body)
    assert left == members_kept({"n": 1, "messages": ["a", 0]}, {"n": 1, "messages": ["a", 1]})
