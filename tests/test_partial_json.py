from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.fold.partial_json import value_of


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ("[]", []),
        ('{"a": 1, "b": "cu', {"a": 1}),
        ('{"a": {"b": [1, {"c": "d"}, 2', {"a": {"b": [1, {"c": "d"}, 2]}}),
        ('{"a": "\\"},{", "b": t', {"a": '"},{'}),
        ("{", {}),
        ("{]", {}),
        ('"text"', "text"),
        ("plain", "plain"),
        ("", ""),
        ("[[1]]]", [[1]]),
        ("[1, 2, x, y, z, a, b, c]", "[1, 2, x, y, z, a, b, c]"),
        ("\u00a0{", "\u00a0{"),
    ],
)
def test_arguments_are_read_as_far_as_they_came_as_json(written: str, value: Any) -> None:
    assert value_of(written) == value


@given(st.text('{}[]",:\\1a ', max_size=12))
def test_every_text_has_a_value(written: str) -> None:
    assert value_of(written) is not None
