import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import key
from playhead.difference import BODY, Change, Difference, differences, inside, pointer
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


@pytest.mark.parametrize(
    ("recorded", "sent", "told"),
    [
        (4000, 40, "another number"),
        (True, False, "another boolean"),
        (True, 1, "recorded a boolean, sent a number"),
        (None, 1.5, "recorded null, sent a number"),
        ("abc", [1, 2], "recorded 3 chars, sent a list of 2"),
        ("a", {"b": 1}, "recorded 1 char, sent an object of 1"),
        ([1, 2], [2, 1], "the same elements in another order"),
    ],
)
def test_values_are_described_and_not_told(recorded: Any, sent: Any, told: str) -> None:
    assert str(_only({"a": recorded}, {"a": sent})) == f"a ({told})"


@given(text=st.text(alphabet="secret", min_size=4), sent=st.none() | st.just("other"))
def test_a_prompt_is_never_quoted(text: str, sent: str | None) -> None:
    assert text not in str(_only({"q": text}, {"q": sent}))


def test_a_member_that_only_one_side_has_is_a_difference() -> None:
    found = list(differences({"a": 1}, {"b": 1}))
    assert [str(each) for each in found] == [
        "a (recorded a number, sent nothing)",
        "b (recorded nothing, sent a number)",
    ]


def test_elements_past_the_end_of_the_shorter_list_are_differences() -> None:
    assert [each.path for each in differences([1], [1, 2, 3])] == ["[1]", "[2]"]


def test_values_that_are_no_objects_differ_as_the_body() -> None:
    assert _only(1, "1").path == "the body"


def test_true_is_not_one() -> None:
    assert [each.path for each in differences([True, 2], [1, 2])] == ["[0]"]


def test_a_name_that_is_no_word_is_quoted() -> None:
    assert _only({"a": {"b.c d": 1}}, {"a": {}}).path == "a['b.c d']"


def test_the_weight_of_changed_text_leaves_out_what_both_sides_share() -> None:
    assert _only({"a": "x" * 50 + "1" + "y" * 50}, {"a": "x" * 50 + "2" + "y" * 50}).weight == 3


def test_appended_text_weighs_what_was_appended() -> None:
    assert _only({"a": "abc"}, {"a": "abc" + "d" * 9}).weight == 10


def test_a_missing_member_weighs_its_size() -> None:
    assert _only({"a": "x" * 30}, {}).weight == 31


def test_an_element_put_in_is_one_difference() -> None:
    found = _only({"q": [1, 2, 3, 4]}, {"q": [1, 2, 9, 3, 4]})
    assert (found.path, found.change, found.sent) == ("q[2]", Change.ADDED, 9)


def test_an_element_taken_out_is_one_difference() -> None:
    found = _only({"q": [1, 2, 3, 4]}, {"q": [1, 3, 4]})
    assert (found.path, found.change, found.recorded) == ("q[1]", Change.REMOVED, 2)


def test_an_element_in_another_place_may_differ_inside_as_well() -> None:
    recorded = [{"name": "a", "says": 1}, {"name": "b"}]
    found = list(differences(recorded, [{"name": "b"}, {"name": "a", "says": 2}]))
    assert [(each.path, each.change) for each in found] == [
        ("the body", Change.REORDERED),
        ("[1].says", Change.CHANGED),
    ]


def test_a_path_counts_in_the_request() -> None:
    found = list(differences([{"a": 1, "b": 2}, 7], [0, {"a": 1, "b": 3}, 7]))
    assert [each.path for each in found] == ["[0]", "[1].b"]


def test_a_place_is_written_as_a_pointer_too() -> None:
    assert _only({"a/b": {"~": [1]}}, {"a/b": {"~": [2]}}).pointer == "/a~1b/~0/0"
    assert pointer(()) == ""


def test_what_is_no_place_in_a_body_has_no_pointer() -> None:
    opaque = Difference(place=BODY, recorded=b"ab", sent=b"")
    assert (opaque.path, opaque.pointer) == (BODY, None)
    assert str(opaque) == "the body (recorded 2 bytes, sent nothing)"


def test_another_order_weighs_least() -> None:
    assert _only([1, 2], [2, 1]).weight == 1


def test_a_member_weighs_what_it_holds_and_not_how_it_is_written() -> None:
    assert _only({}, {"a": [{"text": "abc"}, 12]}).weight == 6


def test_json_inside_a_text_is_looked_into() -> None:
    found = _only({"arguments": '{"city": "Rome", "n": 1}'}, {"arguments": '{"city": "Oslo"}'})
    assert inside(found) == ["city", "n"]


@pytest.mark.parametrize(
    ("recorded", "sent"),
    [("{", "{}"), ("a", "b"), ("1", "2"), (1, 2), ("[" * 5000, "[]"), ("{}" + " " * 10**5, "[]")],
)
def test_a_text_that_holds_no_json_has_nothing_inside(recorded: Any, sent: Any) -> None:
    assert inside(_only({"a": recorded}, {"a": sent})) == []


def test_very_deep_values_are_compared() -> None:
    recorded: Any = 1
    sent: Any = 2
    for _ in range(240):
        recorded, sent = [recorded], {"a": sent}
        recorded, sent = {"a": recorded}, {"a": [sent["a"]]}
    assert [each.recorded for each in differences(recorded, sent)] == [1]


def test_thousands_of_differences_are_found() -> None:
    recorded = {f"field {at}": at for at in range(5_000)}
    sent = {name: value + 1 for name, value in recorded.items()}
    assert len(list(differences(recorded, sent))) == 5_000
