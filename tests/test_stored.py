from collections import Counter

import pytest

from playhead.account import ENDED, Account
from playhead.stored import as_name, as_text, counts, entries, in_order


@pytest.mark.parametrize("name", ["", "chat#0", "caf\udce9", '☃\n"'])
def test_a_name_comes_back_from_a_text_in_ascii(name: str) -> None:
    assert as_text(name).isascii()
    assert as_name(as_text(name)) == name


def test_entries_come_back_in_the_order_of_their_times() -> None:
    texts: list[str | bytes] = ['{"id":"1-2","time":2.5}', b'{"id":"2-1","time":1}']
    assert [entry["id"] for entry in entries(texts)] == ["2-1", "1-2"]


@pytest.mark.parametrize("text", ["[]", "{}", '{"time":"now"}', '{"time":null}', "no JSON"])
def test_what_playhead_did_not_write_is_no_entry(text: str) -> None:
    with pytest.raises(ValueError, match=r"did not write|Expecting value"):
        entries([text])


def test_counts_come_back_from_texts_and_numbers() -> None:
    kept: list[tuple[str | bytes, int | bytes]] = [('["served","a"]', 2), (b'["missed","b"]', b"3")]
    assert counts(kept) == Counter({("served", "a"): 2, ("missed", "b"): 3})


@pytest.mark.parametrize("what", ["[1]", "no JSON", '["a","b","c"]'])
def test_what_playhead_did_not_write_is_no_count(what: str) -> None:
    with pytest.raises(ValueError, match=r"unpack|Expecting value"):
        counts([(what, 1)])


def test_the_default_session_is_first_and_the_ended_ones_are_last() -> None:
    accounts = [
        Account(session=name, counts=Counter(), first=first)
        for name, first in [(ENDED, 1.0), ("b", 3.0), ("a", 4.0), ("", 5.0)]
    ]
    assert [each.session for each in in_order(accounts)] == ["", "b", "a", ENDED]
