import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import key
from playhead.difference import Difference, differences
from support.values import changed, meaning, values


def _only(recorded: Any, sent: Any) -> Difference:
    (found,) = differences(recorded, sent)
    return found


def _parsed(value: Any) -> Any:
    return key.parse(json.dumps(value).encode())


@given(value=values)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert list(differences(_parsed(value), _parsed(value))) == []


@given(data=st.data(), recorded=values)
def test_values_differ_where_and_only_where_their_keys_do(
    data: st.DataObject, recorded: Any
) -> None:
    sent = data.draw(changed(recorded))
    found = list(differences(_parsed(recorded), _parsed(sent)))
    assert bool(found) is (meaning(recorded) != meaning(sent))


@given(recorded=values, sent=values)
def test_every_difference_weighs_something(recorded: Any, sent: Any) -> None:
    assert all(place.weight > 0 for place in differences(recorded, sent))


def test_a_difference_says_where_it_is_and_what_each_side_holds() -> None:
    found = _only(
        {"messages": [{"content": "hi"}, {"content": "a question"}]},
        {"messages": [{"content": "hi"}, {"content": "another"}]},
    )
    assert str(found) == "messages[1].content (recorded 10 chars, sent 7 chars, the first 1 alike)"


def test_texts_of_one_length_are_told_apart() -> None:
    told = str(_only({"a": "yes"}, {"a": "yet"}))
    assert told == "a (recorded 3 chars, sent 3 chars, the first 2 alike)"


def test_the_names_of_models_are_told() -> None:
    told = str(_only({"model": "gpt-4o"}, {"model": "gpt-4.1"}))
    assert told == "model (recorded gpt-4o, sent gpt-4.1)"


def test_what_is_no_plain_name_is_not_told() -> None:
    assert "secret" not in str(_only({"model": "gpt-4o"}, {"model": "a secret of mine"}))


@given(text=st.text(alphabet="secret", min_size=4), sent=st.none() | st.just("other"))
def test_a_prompt_is_never_quoted(text: str, sent: str | None) -> None:
    assert text not in str(_only({"q": text}, {"q": sent}))


@pytest.mark.parametrize(
    ("value", "described"),
    [
        ("abc", "3 chars"),
        ([1, 2], "a list of 2"),
        ({"a": 1}, "an object of 1"),
        (None, "null"),
        (True, "true"),
        (0.5, "0.5"),
    ],
)
def test_each_kind_of_value_is_described(value: Any, described: str) -> None:
    assert _only({"a": value}, {}).recorded == described


def test_a_member_that_only_one_side_has_is_a_difference() -> None:
    found = list(differences({"a": 1}, {"b": 1}))
    assert [str(each) for each in found] == [
        "a (recorded 1, sent nothing)",
        "b (recorded nothing, sent 1)",
    ]


def test_elements_past_the_end_of_the_shorter_list_are_differences() -> None:
    assert [each.path for each in differences([1], [1, 2, 3])] == ["[1]", "[2]"]


def test_values_that_are_no_objects_differ_as_the_body() -> None:
    assert _only(1, "1").path == "the body"


def test_true_is_not_one() -> None:
    assert str(_only({"a": True}, {"a": 1})) == "a (recorded true, sent 1)"


def test_a_name_that_is_no_word_is_quoted() -> None:
    assert _only({"a": {"b.c d": 1}}, {"a": {}}).path == "a['b.c d']"


def test_the_weight_of_changed_text_leaves_out_what_both_sides_share() -> None:
    assert _only({"a": "x" * 50 + "1" + "y" * 50}, {"a": "x" * 50 + "2" + "y" * 50}).weight == 2


def test_appended_text_weighs_what_was_appended() -> None:
    assert _only({"a": "abc"}, {"a": "abc" + "d" * 9}).weight == 10


def test_a_missing_member_weighs_its_size() -> None:
    assert _only({"a": "x" * 30}, {}).weight == 31
