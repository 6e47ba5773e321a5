from typing import Any

import pytest

from playhead.fold.gemini_chunks import fold_gemini
from playhead.fold.partial_args import call_of, goes_on


def _args(*partial: dict[str, Any]) -> Any:
    call: dict[str, Any] = {"name": "f"}
    for each in partial:
        call = call_of(call, {"partialArgs": [each]})
    return call.get("args")


def _value(path: str, value: str) -> dict[str, Any]:
    return {"jsonPath": path, "stringValue": value}


@pytest.mark.parametrize(
    ("partial", "args"),
    [
        ({"jsonPath": "$.a", "stringValue": "x"}, {"a": "x"}),
        ({"jsonPath": "$.a", "numberValue": 1.5}, {"a": 1.5}),
        ({"jsonPath": "$.a", "boolValue": False}, {"a": False}),
        ({"jsonPath": "$.a", "nullValue": "NULL_VALUE"}, {"a": None}),
        ({"jsonPath": "$.a", "nullValue": None}, {"a": None}),
        ({"json_path": "$.a", "string_value": "x"}, {"a": "x"}),
        ({"jsonPath": "$.a.b[0].c", "stringValue": "x"}, {"a": {"b": [{"c": "x"}]}}),
        ({"jsonPath": "$['a b'][\"c\"]", "stringValue": "x"}, {"a b": {"c": "x"}}),
        ({"jsonPath": "$.a[99]", "stringValue": "x"}, {"a": ["x"]}),
        ({"jsonPath": "$", "stringValue": "x"}, {}),
        ({"jsonPath": "$.a", "willContinue": True}, {}),
        ({"stringValue": "x"}, {}),
    ],
)
def test_a_value_stands_at_its_place(partial: dict[str, Any], args: Any) -> None:
    assert _args(partial) == args


def test_a_text_goes_on_the_text_before_it_at_the_same_place() -> None:
    assert _args(_value("$.a[0]", "New "), _value("$.a[0]", "Delhi"), _value("$.a[1]", "x")) == {
        "a": ["New Delhi", "x"]
    }


def test_what_does_not_fit_is_left_out() -> None:
    assert _args(_value("$.a[0]", "x"), _value("$.a.b", "y")) == {"a": ["x"]}
    assert _args(_value("$.a", "x"), _value("$.a.b", "y")) == {"a": {"b": "y"}}


@pytest.mark.parametrize(
    ("before", "piece", "more"),
    [
        ({"name": "f"}, {}, False),
        ({"name": ""}, {"name": ""}, False),
        ({"name": "f"}, {"partialArgs": []}, True),
        ({"name": "f", "willContinue": True}, {}, True),
        ({"name": "f"}, {"name": "f"}, False),
        ({"name": "f", "willContinue": True}, {"name": "f"}, True),
        ({"name": "f", "willContinue": True}, {"name": "g"}, False),
        ({"name": "f", "id": "1", "willContinue": True}, {"name": "f", "id": "2"}, False),
    ],
)
def test_a_call_goes_on_while_it_says_so(before: Any, piece: Any, *, more: bool) -> None:
    assert goes_on(before, piece) is more


def test_a_streamed_call_is_one_call() -> None:
    pieces: list[dict[str, Any]] = [
        {"name": "f", "id": "1", "willContinue": True},
        {"partialArgs": [{**_value("$.a", "x"), "willContinue": True}], "willContinue": True},
        {"partialArgs": [_value("$.a", "y")], "name": None, "willContinue": True},
        {},
        {"name": "f", "partialArgs": [{"jsonPath": "$.a", "numberValue": 1}]},
        {"name": "g", "args": {"b": 2}},
    ]
    folded = fold_gemini(
        [{"candidates": [{"content": {"parts": [{"functionCall": each}]}}]} for each in pieces]
    )
    assert [part["functionCall"] for part in folded["candidates"][0]["content"]["parts"]] == [
        {"name": "f", "id": "1", "args": {"a": "xy"}},
        {"name": "f", "args": {"a": 1}},
        {"name": "g", "args": {"b": 2}},
    ]
