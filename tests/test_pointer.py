from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.pointer import pointer, without

STEPS = ["a", "b", "0", "1", "", "~", "/", "*", "**"]

values = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*STEPS, "c"]), inner, max_size=4)
    ),
    max_leaves=20,
)
patterns = st.lists(st.sampled_from(STEPS), min_size=1, max_size=4).filter(
    lambda steps: set(steps) != {"**"}
)


def _spelled(steps: list[str]) -> str:
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)


def _is_meant(pattern: list[str], place: list[str]) -> bool:
    if not pattern:
        return not place
    if pattern[0] == "**" and _is_meant(pattern[1:], place):
        return True
    if not place:
        return False
    if pattern[0] == "**":
        return _is_meant(pattern, place[1:])
    return pattern[0] in ("*", place[0]) and _is_meant(pattern[1:], place[1:])


def _oracle(value: Any, meant: list[list[str]], place: list[str]) -> Any:
    """`value` without what is meant, every place of it compared with every pattern."""

    def is_kept(step: str) -> bool:
        return not any(_is_meant(pattern, [*place, step]) for pattern in meant)

    if isinstance(value, dict):
        return {
            name: _oracle(member, meant, [*place, name])
            for name, member in value.items()
            if is_kept(name)
        }
    if isinstance(value, list):
        return [
            _oracle(element, meant, [*place, str(at)])
            for at, element in enumerate(value)
            if is_kept(str(at))
        ]
    return value


def test_the_oracle_knows_both_wildcards() -> None:
    value = {"a": {"b": 1, "c": [{"b": 2}]}, "b": 3}
    assert _oracle(value, [["**", "b"]], []) == {"a": {"c": [{}]}}
    assert _oracle(value, [["*", "b"]], []) == {"a": {"c": [{"b": 2}]}, "b": 3}
    assert _oracle(value, [["a", "c", "0"]], []) == {"a": {"b": 1, "c": []}, "b": 3}


@given(value=values, meant=st.lists(patterns, max_size=3))
def test_what_is_left_is_what_a_naive_search_leaves(value: Any, meant: list[list[str]]) -> None:
    pointers = [pointer(_spelled(steps)) for steps in meant]
    assert without(value, pointers) == _oracle(value, meant, [])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/user", {"messages": [{"name": "x", "n": {"name": 1}}, {"name": "y"}]}),
        ("/messages", {"user": "me"}),
        ("/messages/1", {"user": "me", "messages": [{"name": "x", "n": {"name": 1}}]}),
        ("/messages/*/name", {"user": "me", "messages": [{"n": {"name": 1}}, {}]}),
        ("/**/name", {"user": "me", "messages": [{"n": {}}, {}]}),
        ("/messages/**/n/**/name",
         {"user": "me", "messages": [{"name": "x", "n": {}}, {"name": "y"}]}),
        ("/messages/**", {"user": "me"}),
        ("/*", {}),
    ],
)  # fmt: skip
def test_a_pointer_means_the_places_it_spells(text: str, left: Any) -> None:
    value = {"user": "me", "messages": [{"name": "x", "n": {"name": 1}}, {"name": "y"}]}
    assert without(value, [pointer(text)]) == left


def test_a_tilde_and_a_slash_in_a_name_are_escaped() -> None:
    value = {"a/b": 1, "m~n": 2, "~1": 3}
    assert without(value, [pointer("/a~1b"), pointer("/m~0n")]) == {"~1": 3}
    assert without(value, [pointer("/~01")]) == {"a/b": 1, "m~n": 2}


def test_a_name_may_be_empty() -> None:
    assert without({"": 1, "a": 2}, [pointer("/")]) == {"a": 2}


@pytest.mark.parametrize("text", ["/none", "/list/7", "/list/-", "/list/00", "/text/0"])
def test_a_value_without_the_place_stays_the_same_object(text: str) -> None:
    value = {"list": [1], "text": "abc"}
    assert without(value, [pointer(text)]) is value


def test_a_value_stays_itself_without_pointers() -> None:
    value = {"a": [1]}
    assert without(value, []) is value


def test_the_value_that_was_given_is_not_changed() -> None:
    value = {"a": [{"b": 1}, 2]}
    assert without(value, [pointer("/a/0")]) == {"a": [2]}
    assert value == {"a": [{"b": 1}, 2]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "does not begin with a slash"),
        ("user", "does not begin with a slash"),
        ("$.user", "does not begin with a slash"),
        ("/a~b", "has a ~ that is not ~0"),
        ("/a~", "has a ~ that is not ~0"),
        ("/**", "means the whole body"),
        ("/**/**", "means the whole body"),
    ],
)
def test_what_is_no_pointer_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        pointer(text)


def test_a_pointer_is_shown_as_it_was_written() -> None:
    assert str(pointer("/a/**")) == "/a/**"
