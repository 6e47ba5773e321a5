from typing import Any

from playhead.fold.cohere_events import fold_cohere


def _event(kind: str, at: int | None = None, **message: Any) -> dict[str, Any]:
    return {"type": kind, "index": at, "delta": {"message": message}}


def test_a_stream_is_the_answer_it_builds() -> None:
    usage = {"tokens": {"input_tokens": 1}}
    assert fold_cohere([
        {**_event("message-start", role="assistant", content=[], tool_plan=""), "id": "i"},
        _event("content-start", 0, content={"type": "text", "text": ""}),
        _event("content-delta", 0, content={"text": "a"}),
        _event("content-delta", 0, content={"text": "b"}),
        {"type": "content-end", "index": 0},
        _event("citation-start", 0, citations={"start": 0, "text": "a", "sources": []}),
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}},
    ]) == {
        "id": "i", "finish_reason": "COMPLETE", "usage": usage,
        "message": {
            "role": "assistant",
            "content": [{"type": "text", "text": "ab"}],
            "citations": [{"start": 0, "text": "a", "sources": []}],
        },
    }  # fmt: skip


def test_plans_and_calls_grow_by_their_deltas() -> None:
    assert fold_cohere([
        _event("tool-plan-delta", tool_plan="I "), _event("tool-plan-delta", tool_plan="will"),
        _event("tool-call-start", 1, tool_calls={"id": "c", "function": {
            "name": "f", "arguments": ""}}),
        _event("tool-call-delta", 1, tool_calls={"function": {"arguments": "{"}}),
        _event("tool-call-delta", 1, tool_calls={"function": {"arguments": "}"}}),
        _event("tool-call-start", 0, tool_calls={"id": "d"}),
    ]) == {"message": {
        "tool_plan": "I will",
        "tool_calls": [{"id": "d"}, {"id": "c", "function": {"name": "f", "arguments": "{}"}}],
    }}  # fmt: skip


def test_an_error_within_is_kept() -> None:
    assert fold_cohere([{"error": {"message": "m"}}]) == {"error": {"message": "m"}}


def test_odd_pieces_are_passed_over() -> None:
    assert fold_cohere([_event("content-delta", 0, content=3)]) == {}


def test_the_last_event_of_the_first_version_holds_the_answer() -> None:
    whole = {"text": "abc", "generation_id": "g", "meta": {}}
    assert fold_cohere([
        {"event_type": "stream-start", "generation_id": "g"},
        {"event_type": "text-generation", "text": "a"},
        {"event_type": "stream-end", "finish_reason": "COMPLETE", "response": whole},
    ]) == {**whole, "finish_reason": "COMPLETE"}  # fmt: skip


def test_a_cut_stream_of_the_first_version_gives_what_had_come() -> None:
    assert fold_cohere([
        {"event_type": "text-generation", "text": "a"},
        {"event_type": "text-generation", "text": "b"},
        {"event_type": "tool-calls-generation", "tool_calls": [1]},
        {"event_type": "unknown", "x": 1},
    ]) == {"text": "ab", "tool_calls": [1]}  # fmt: skip
