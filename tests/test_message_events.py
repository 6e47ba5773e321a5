from typing import Any

from playhead.fold.message_events import fold_message


def _started(**fields: Any) -> dict[str, Any]:
    return {"type": "message_start", "message": {"type": "message", "content": [], **fields}}


def _delta(at: int, **delta: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": at, "delta": delta}


def _block(at: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": at, "content_block": block}


def test_blocks_grow_by_their_deltas() -> None:
    folded = fold_message([
        _started(),
        _block(0, type="thinking", thinking="", signature=""),
        _delta(0, type="thinking_delta", thinking="h"),
        _delta(0, type="thinking_delta", thinking="m"),
        _delta(0, type="signature_delta", signature="s"),
        _block(2, type="text", text=""),
        _delta(2, type="text_delta", text="a"),
        _delta(2, type="citations_delta", citation={"n": 1}),
        _delta(2, type="citations_delta", citation={"n": 2}),
        {"type": "content_block_stop", "index": 2},
    ])  # fmt: skip
    assert folded["content"] == [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "text", "text": "a", "citations": [{"n": 1}, {"n": 2}]},
    ]


def test_the_input_of_a_call_is_a_value_and_of_none_what_it_began_with() -> None:
    folded = fold_message([
        _block(0, type="tool_use", input={}), _delta(0, partial_json='{"a"'),
        _delta(0, partial_json=": 1}"),
        _block(1, type="tool_use", input={}), _delta(1, partial_json=""),
    ])  # fmt: skip
    assert [block["input"] for block in folded["content"]] == [{"a": 1}, {}]


def test_later_counts_stand_where_they_are_given() -> None:
    folded = fold_message([
        _started(usage={"input_tokens": 3, "output_tokens": 1}, stop_reason=None),
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
         "usage": {"input_tokens": None, "output_tokens": 9}, "context_management": {"a": 1}},
    ])  # fmt: skip
    assert folded == {
        "type": "message", "content": [], "usage": {"input_tokens": 3, "output_tokens": 9},
        "stop_reason": "end_turn", "stop_sequence": None, "context_management": {"a": 1},
    }  # fmt: skip


def test_a_null_at_the_end_takes_nothing_away() -> None:
    end = {"type": "message_delta", "delta": {"container": None}}
    assert fold_message([_started(container={"id": "c"}), end])["container"] == {"id": "c"}


def test_the_model_that_a_message_fell_back_to_is_its_model() -> None:
    fallback = _block(0, type="fallback", to={"model": "b"})
    assert fold_message([_started(model="a"), fallback])["model"] == "b"
    assert fold_message([_started(model="a"), _block(0, type="fallback")])["model"] == "a"


def test_an_error_within_stands_beside_what_had_come() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error"}}
    assert fold_message([_started(), error]) == {
        "type": "message", "content": [], "error": {"type": "overloaded_error"},
    }  # fmt: skip


def test_nothing_but_an_error_is_the_error_of_a_plain_answer() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error"}}
    assert fold_message([{"type": "ping"}, dict(error)]) == error
