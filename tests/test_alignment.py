from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.alignment import aligned, common_start, name_of, same, spelled

small = st.lists(st.integers(0, 4), max_size=9)


def _tool(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, **fields}}


@given(recorded=small, sent=small)
def test_every_element_is_equal_or_in_one_pair(recorded: list[int], sent: list[int]) -> None:
    found = aligned(recorded, sent)
    lefts = [left for left, _ in found.pairs if left is not None]
    rights = [right for _, right in found.pairs if right is not None]
    assert len(set(lefts)) == len(lefts)
    assert len(set(rights)) == len(rights)
    kept = [each for at, each in enumerate(recorded) if at not in lefts]
    also_kept = [each for at, each in enumerate(sent) if at not in rights]
    assert found.reordered or kept == also_kept


@given(elements=small, at=st.integers(0, 9))
def test_one_element_put_in_is_one_pair(elements: list[int], at: int) -> None:
    at = min(at, len(elements))
    assert aligned(elements, [*elements[:at], 99, *elements[at:]]).pairs == ((None, at),)


@given(elements=st.permutations(list(range(6))))
def test_another_order_is_told_as_such(elements: list[int]) -> None:
    found = aligned(list(range(6)), elements)
    assert (found.pairs, found.reordered) == ((), elements != list(range(6)))


def test_two_changes_do_not_disturb_what_is_between_them() -> None:
    assert aligned([1, 2, 3, 4, 5, 6], [1, 20, 3, 4, 50, 51, 6]).pairs == (
        (1, 1),
        (4, 4),
        (None, 5),
    )


def test_an_element_that_moved_far_is_taken_out_and_put_in() -> None:
    assert aligned([1, 2, 3, 4, 9], [2, 3, 4, 1, 8]).pairs == ((0, None), (4, 3), (None, 4))


def test_tools_are_paired_by_their_names() -> None:
    recorded = [_tool("a"), _tool("b", description="x"), _tool("c")]
    sent = [_tool("b", description="y"), _tool("a"), _tool("d"), _tool("e")]
    found = aligned(recorded, sent)
    assert found.reordered
    assert found.pairs == ((1, 0), (2, 2), (None, 3))


def test_a_renamed_tool_stays_the_same_tool() -> None:
    found = aligned([_tool("a"), _tool("b")], [_tool("z"), _tool("b")])
    assert (found.pairs, found.reordered) == (((0, 0),), False)


def test_the_likest_elements_are_paired() -> None:
    recorded = [{"role": "user", "content": "what is the weather"}]
    sent = [
        {"role": "assistant", "content": "hello"},
        {"role": "user", "content": "what is the weather in Rome"},
        {"role": "tool", "content": [1]},
    ]
    assert aligned(recorded, sent).pairs == ((None, 0), (0, 1), (None, 2))
    assert aligned(sent, recorded).pairs == ((0, None), (1, 0), (2, None))


def test_a_long_middle_is_paired_as_it_comes() -> None:
    dice = Random(1)
    recorded = [dice.randrange(3) for _ in range(3_000)]
    sent = [dice.randrange(3, 6) for _ in range(3_001)]
    found = aligned(recorded, sent)
    assert found.pairs[-1] == (None, 3_000)
    assert len(found.pairs) == 3_001


def test_a_list_of_ten_thousand_with_changes_all_over_is_aligned() -> None:
    recorded = [f"line {at}" for at in range(10_000)]
    sent = [f"{line}!" if at % 100 == 0 else line for at, line in enumerate(recorded)]
    del sent[5_555]
    assert len(aligned(recorded, sent).pairs) == 101


@pytest.mark.parametrize(
    ("element", "name"),
    [
        (_tool("a"), "a"),
        ({"toolSpec": {"name": "b"}}, "b"),
        ({"name": "c", "input_schema": {}}, "c"),
        ({"role": "user", "name": "Ann"}, ""),
        ({"name": 7}, ""),
        ({}, ""),
        ("text", ""),
    ],
)
def test_a_tool_has_a_name_and_a_message_has_none(element: Any, name: str) -> None:
    assert name_of(element) == name


@pytest.mark.parametrize(
    ("left", "right"), [(1, True), ([0], [False]), ({"a": [1]}, {"a": [True]}), ("1", 1), ([], {})]
)
def test_what_python_takes_for_equal_may_not_be(left: Any, right: Any) -> None:
    assert not same(left, right)
    assert same(left, left)


@pytest.mark.parametrize("value", [10**40, "\ud800", {"a": ["\ud800", 10**40]}])
def test_values_beyond_orjson_are_spelled_too(value: Any) -> None:
    assert spelled([value]) == spelled([value])
    assert same([value], [value])
    assert spelled([value]) != spelled([1])


def test_values_beyond_any_stack_have_one_spelling() -> None:
    deep: list[Any] = []
    for _ in range(50_000):
        deep = [deep]
    assert spelled(deep) == b"nested too deeply"
    while deep:  # or its end would be too deep as well
        deep = deep[0]


@given(start=st.text(), left=st.text(), right=st.text())
def test_texts_are_alike_up_to_their_first_difference(start: str, left: str, right: str) -> None:
    alike = common_start(start + left, start + right)
    assert alike >= len(start)
    assert (start + left)[:alike] == (start + right)[:alike]
    assert (start + left)[alike : alike + 1] != (start + right)[alike : alike + 1] or alike in (
        len(start + left),
        len(start + right),
    )
