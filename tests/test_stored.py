from collections import Counter
from typing import Any

import pytest

from playhead.account import ENDED, Account
from playhead.stored import MISS, REQUEST, as_name, as_text, counts, entries, in_order
from support.stores import hit, miss


@pytest.mark.parametrize("name", ["", "chat#0", "caf\udce9", '☃\n"'])
def test_a_name_comes_back_from_a_text_in_ascii(name: str) -> None:
    assert as_text(name).isascii()
    assert as_name(as_text(name)) == name


def test_entries_come_back_in_the_order_of_their_times() -> None:
    texts: list[str | bytes] = [as_text(hit(2, 2.5)), as_text(hit(1, 1)).encode()]
    assert [entry["id"] for entry in entries(texts, REQUEST)] == ["1-1", "1-2"]


@pytest.mark.parametrize("text", ["[]", "{}", "no JSON", None, 5, "[" * 100_000])
def test_what_playhead_did_not_write_is_no_entry(text: Any) -> None:
    with pytest.raises(ValueError, match=r"did not write|Expecting value"):
        entries([text], REQUEST)


NEAR = {
    "interaction": "a#0",
    "likeness": 0.5,
    "conversation": None,
    "differences": [{"path": "model", "change": "changed", "part": "model"}],
    "more_differences": 0,
}


def test_a_miss_with_all_that_may_be_in_it_is_one() -> None:
    rule = {"heading": "", "lines": ["ignore: [model]"], "cautions": []}
    whole = miss(nearest=NEAR, rule=rule, outside_scope=["a"], times=2, first="1-1", scope="a")
    assert entries([as_text(whole)], MISS) == [whole]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None}, {"id": []}, {"time": "now"}, {"time": None}, {"outcome": "gone"},
        {"path": None}, {"method": 1}, {"code": []}, {"message": {}}, {"scope": 1},
        {"times": "2"}, {"first": []}, {"outside_scope": [1]}, {"nearest": {}}, {"rule": []},
        {"nearest": {**NEAR, "differences": [{}]}}, {"nearest": {**NEAR, "differences": {}}},
    ],
)  # fmt: skip
def test_a_miss_in_which_anything_is_not_as_it_is_read_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="did not write"):
        entries([as_text(miss(**wrong))], MISS)


def test_counts_come_back_from_texts_and_numbers() -> None:
    kept: list[tuple[str | bytes, int | bytes]] = [('["served","a"]', 2), (b'["missed","b"]', b"3")]
    assert counts(kept) == Counter({("served", "a"): 2, ("missed", "b"): 3})


@pytest.mark.parametrize("what", ["[1]", "no JSON", '["a","b","c"]', "5", "[[],{}]"])
def test_what_playhead_did_not_write_is_no_count(what: str) -> None:
    with pytest.raises(ValueError, match=r"did not write|Expecting value"):
        counts([(what, 1)])


def test_the_default_session_is_first_and_the_ended_ones_are_last() -> None:
    accounts = [
        Account(session=name, counts=Counter(), first=first)
        for name, first in [(ENDED, 1.0), ("b", 3.0), ("a", 4.0), ("", 5.0)]
    ]
    assert [each.session for each in in_order(accounts)] == ["", "b", "a", ENDED]
