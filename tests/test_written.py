import json
from typing import Any

import pytest

from playhead.lenient import parse
from playhead.transcript.written import note, place, size, without_data, written

DATA = "AAAA" * 1000
WRAPPED = "\n".join(["AAAA" * 19] * 9) + "\nAA==\n"
SHORTENED: list[tuple[Any, Any]] = [
    (DATA, "[3000 bytes]"),
    (DATA + "AA==", "[3001 bytes]"),
    ("_-_-" * 1000, "[3000 bytes]"),
    (WRAPPED, f"[{(9 * 77 + 5) * 3 // 4} bytes]"),
    ("data:image/png;base64," + DATA, "[image/png, 3000 bytes]"),
    ({"a": [{"b": DATA}, 1]}, {"a": [{"b": "[3000 bytes]"}, 1]}),
    ([0.1] * 500, "[500 numbers]"),
]


@pytest.mark.parametrize(("value", "shortened"), SHORTENED)
def test_long_data_is_noted_by_its_size(value: Any, shortened: Any) -> None:
    kept = json.dumps(value)
    assert json.loads(written(value)) == shortened
    assert json.dumps(value) == kept


@pytest.mark.parametrize(
    "value",
    ["AAAA", "word " * 100, "word\n" * 100, "data:image/png;base64,AAAA", "data:" + "é" * 300,
     [1] * 10, ["a"] * 100, {}, [], None, True, 1.5],
)  # fmt: skip
def test_all_else_is_written_as_it_is(value: Any) -> None:
    assert json.loads(written(value)) == value


def test_a_value_can_be_written_on_one_line() -> None:
    assert written({"a": [1]}, indent=None) == '{"a": [1]}'


def test_what_nests_deeper_than_functions_may_call_is_written_all_the_same() -> None:
    assert written(parse(b"[" * 700 + b"]" * 700))


def test_long_data_in_lines_is_noted_by_its_size() -> None:
    lines = f'data: {{"a":"{DATA}","b":"data:image/png;base64,{DATA}","c":"AAAA"}}\n\n'
    assert without_data(lines) == (
        'data: {"a":"[3000 bytes]","b":"[image/png, 3000 bytes]","c":"AAAA"}\n\n'
    )


@pytest.mark.parametrize("value", [None, "", 3])
def test_what_is_no_base64_has_no_size(value: Any) -> None:
    assert (size(value), note("image", size(value))) == ("", "[image]")


def test_an_address_is_told_as_it_is_unless_the_data_is_in_it() -> None:
    assert place("https://a.example/x") == "https://a.example/x"
    assert place("data:image/png;base64,AAAA") == "image/png, 3 bytes"
