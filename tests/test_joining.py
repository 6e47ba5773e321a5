from typing import Any

import pytest

from playhead.fold.joining import add


def _added(*pieces: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for piece in pieces:
        add(whole, {"a": piece} if not isinstance(piece, dict) else piece)
    return whole


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        (("x", "y"), "xy"),
        ((1, 2), 3),
        ((None, "x"), "x"),
        (("x", None), "x"),
        ((True, True), True),
        (("x", 1), "x"),
        (([1], [2]), [1, 2]),
        (([], [{"index": 0}]), [{"index": 0}]),
        (("", [{"type": "thinking"}]), [{"type": "thinking"}]),
        (("x", [{"type": "a"}]), [{"type": "text", "text": "x"}, {"type": "a"}]),
        (([], ""), []),
        (([], "x", "y"), [{"type": "text", "text": "xy"}]),
        (
            (
                [{"type": "thinking", "thinking": [{"type": "text", "text": "h"}]}],
                [{"type": "thinking", "thinking": [{"type": "text", "text": "m"}]}],
                "x",
            ),
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                {"type": "text", "text": "x"},
            ],
        ),
        (
            ([{"index": 0, "id": "c"}], [{"index": 0, "id": "d"}], [{"index": 0, "b": "x"}]),
            [{"index": 0, "id": "c"}, {"index": 0, "id": "d", "b": "x"}],
        ),
        (([{"index": 0, "id": "c"}], [{"index": 0, "id": "c"}]), [{"index": 0, "id": "c"}]),
        (([{"b": 1}], [{"b": 2}]), [{"b": 1}, {"b": 2}]),
        (([{"index": 1, "b": "x"}, 5], [{"index": 1, "b": "y"}]), [{"index": 1, "b": "xy"}, 5]),
        (([{"index": 2}], [{"index": 1}]), [{"index": 2}, {"index": 1}]),
        (([{"index": "x"}], [{"index": "x"}]), [{"index": "x"}, {"index": "x"}]),
    ],
)
def test_pieces_are_put_together(pieces: Any, whole: Any) -> None:
    assert _added(*pieces) == {"a": whole}


def test_objects_are_merged() -> None:
    assert _added({"a": {"b": "x"}}, {"a": {"b": "y", "c": 1}}) == {"a": {"b": "xy", "c": 1}}


def test_kinds_and_places_are_replaced() -> None:
    assert _added({"type": "a", "index": 1}, {"type": "b", "index": 1}) == {"type": "b", "index": 1}


@pytest.mark.parametrize("name", ["id", "role", "name", "format", "signature"])
def test_what_is_sent_whole_again_and_again_is_there_once(name: str) -> None:
    assert _added({name: "x"}, {name: "x"}, {name: ""}) == {name: "x"}


def test_a_name_sent_in_pieces_is_put_together() -> None:
    assert _added({"name": "get_"}, {"name": "time"}) == {"name": "get_time"}


def test_pieces_nested_beyond_all_measure_are_replaced() -> None:
    deep: dict[str, Any] = {"a": "x"}
    for _ in range(100):
        deep = {"a": deep}
    whole: dict[str, Any] = {}
    add(whole, deep)
    add(whole, {"a": deep["a"]})
    assert whole == deep
