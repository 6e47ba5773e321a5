from typing import Any

import pytest

from playhead.lenient import first, mapping, mappings, number, parse, pretty, text


@pytest.mark.parametrize("body", [b"{", b"\xff", "", b"[" * 50_000])
def test_what_is_no_json_has_no_value(body: bytes | str) -> None:
    assert parse(body) is None


def test_json_has_its_value() -> None:
    assert parse(b'{"a": [1]}') == {"a": [1]}


@pytest.mark.parametrize("value", [None, 1, "a", [1]])
def test_what_is_no_object_is_an_empty_one(value: Any) -> None:
    assert (mapping(value), mapping({"a": value})) == ({}, {"a": value})


@pytest.mark.parametrize("value", [None, 1, "a", {"a": 1}, [1, None, "a"]])
def test_only_the_objects_of_a_list_are_its_objects(value: Any) -> None:
    assert (mappings(value), mappings([value, {"a": 1}])[-1:]) == ([], [{"a": 1}])


@pytest.mark.parametrize("value", [None, 1, ["a"]])
def test_what_is_no_text_is_the_empty_text(value: Any) -> None:
    assert (text(value), text("a")) == ("", "a")


@pytest.mark.parametrize("value", [None, True, "1", 1.5])
def test_what_is_no_whole_number_is_what_is_said_instead(value: Any) -> None:
    assert (number(value), number(value, 7), number(3)) == (0, 7, 3)


def test_the_first_member_that_holds_anything_counts() -> None:
    assert first({"a": None, "b": 0, "c": 1}, "a", "b", "c") == 0
    assert first({"a": None}, "a", "b") is None


def test_json_is_written_on_one_line_or_indented() -> None:
    assert (pretty({"ä": 1}, indent=None), pretty([1])) == ('{"ä": 1}', "[\n  1\n]")
