from typing import Any

from playhead.unfold.message_deltas import message_events


def _message(*blocks: Any, **fields: Any) -> dict[str, Any]:
    usage = {"input_tokens": 3, "output_tokens": 9}
    return {"type": "message", "content": list(blocks), "stop_reason": "end_turn",
            "stop_sequence": None, "usage": usage, **fields}  # fmt: skip


def _of_block(block: Any) -> tuple[Any, list[Any]]:
    """How a message's only block begins, and its deltas."""
    _, started, *deltas, stopped, _, _ = message_events(_message(block))
    assert (started["type"], started["index"]) == ("content_block_start", 0)
    assert stopped == {"type": "content_block_stop", "index": 0}
    assert all((d["type"], d["index"]) == ("content_block_delta", 0) for d in deltas)
    return started["content_block"], [delta["delta"] for delta in deltas]


def test_a_message_begins_empty_and_ends_with_why_and_how_much() -> None:
    start, end, stop = message_events(_message(id="m"))
    assert start == {"type": "message_start", "message": {
        "type": "message", "id": "m", "content": [], "stop_reason": None, "stop_sequence": None,
        "usage": {"input_tokens": 3, "output_tokens": 0},
    }}  # fmt: skip
    assert end == {
        "type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"input_tokens": 3, "output_tokens": 9},
    }  # fmt: skip
    assert stop == {"type": "message_stop"}


def test_what_has_no_usage_gets_none() -> None:
    start, end, _ = message_events({"content": []})
    assert start["message"] == {"content": []}
    assert end == {"type": "message_delta", "delta": {}, "usage": {}}


def test_a_text_comes_by_the_word_and_its_citations_after_it() -> None:
    begun, deltas = _of_block({"type": "text", "text": "a b", "citations": [{"n": 1}]})
    assert begun == {"type": "text", "text": "", "citations": []}
    assert deltas == [
        {"type": "text_delta", "text": "a"}, {"type": "text_delta", "text": " b"},
        {"type": "citations_delta", "citation": {"n": 1}},
    ]  # fmt: skip


def test_a_text_without_citations_gets_none() -> None:
    begun, deltas = _of_block({"type": "text", "text": "a", "citations": None})
    assert begun == {"type": "text", "text": "", "citations": None}
    assert deltas == [{"type": "text_delta", "text": "a"}]


def test_a_thought_is_signed_at_its_end() -> None:
    begun, deltas = _of_block({"type": "thinking", "thinking": "hm", "signature": "s"})
    assert begun == {"type": "thinking", "thinking": "", "signature": ""}
    assert deltas == [
        {"type": "thinking_delta", "thinking": "hm"},
        {"type": "signature_delta", "signature": "s"},
    ]


def test_a_thought_without_a_signature_gets_none() -> None:
    begun, deltas = _of_block({"type": "thinking", "thinking": "hm"})
    assert begun == {"type": "thinking", "thinking": ""}
    assert deltas == [{"type": "thinking_delta", "thinking": "hm"}]


def test_the_input_of_a_call_comes_as_text() -> None:
    begun, deltas = _of_block({"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}})
    assert begun == {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    assert [delta["partial_json"] for delta in deltas] == ["", '{"a":', " 1}"]


def test_a_call_without_input_is_one_empty_piece() -> None:
    _, deltas = _of_block({"type": "tool_use", "input": {}})
    assert deltas == [{"type": "input_json_delta", "partial_json": ""}]


def test_any_other_block_comes_whole() -> None:
    block = {"type": "redacted_thinking", "data": "x"}
    assert _of_block(block) == (block, [])
