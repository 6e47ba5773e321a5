import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import texts
from support.values import values


@given(st.lists(st.text()))
def test_every_string_is_found_and_no_name(found: list[str]) -> None:
    assert list(texts.in_value({"a": [{"name": each} for each in found], "b": None})) == found


@given(values)
def test_a_json_body_holds_the_texts_of_its_value(value: object) -> None:
    assert list(texts.in_body(json.dumps({"": value}).encode())) == list(texts.in_value(value))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", []),
        (b"plain\ntext", ["plain", "text"]),
        (b'event: x\ndata: {"a": "b"}\n\ndata: [DONE]\n', ["event: x", "b", "", " [DONE]"]),
        (b'{"a": "b"}\n{"a": "c"}\n', ["b", "c"]),
        (b"\xff", ["\ufffd"]),
    ],
)
def test_a_body_of_lines_holds_the_texts_of_each(body: bytes, found: list[str]) -> None:
    assert list(texts.in_body(body)) == found
