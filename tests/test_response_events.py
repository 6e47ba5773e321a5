from typing import Any

import pytest

from playhead.fold.response_events import fold_response

STARTED = {"type": "response.created", "response": {"id": "r", "status": "in_progress"}}


def _event(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "output_index": 0, **fields}


def _added(**item: Any) -> dict[str, Any]:
    return _event("output_item.added", item=item)


def _item(*events: dict[str, Any]) -> Any:
    """The only item of a stream that was cut behind `events`."""
    return fold_response([STARTED, *events])["output"][0]


@pytest.mark.parametrize("end", ["completed", "incomplete", "failed"])
def test_the_last_event_holds_the_response(end: str) -> None:
    whole = {"id": "r", "status": end, "output": [{"type": "message"}], "error": None}
    events = [STARTED, _added(type="other"), {"type": f"response.{end}", "response": whole}]
    assert fold_response([*events, _added(type="more")]) == whole


def test_items_that_the_last_event_forgot_are_kept() -> None:
    end = {"type": "response.completed", "response": {"status": "completed", "output": []}}
    assert fold_response([_added(type="message"), end])["output"] == [{"type": "message"}]


def test_a_text_grows_by_deltas() -> None:
    item = _item(
        _added(type="message", content=[]),
        _event("content_part.added", content_index=0, part={"type": "output_text", "text": ""}),
        _event("output_text.delta", content_index=0, delta="a", logprobs=[{"token": "a"}]),
        _event("output_text.delta", content_index=0, delta="b", logprobs=[]),
        _event("output_text.annotation.added", content_index=0, annotation={"n": 1}),
        _event("output_text.annotation.added", content_index=0, annotation={"n": 2}),
        _event("refusal.delta", content_index=1, delta="no"),
    )
    text = {
        "type": "output_text", "text": "ab", "logprobs": [{"token": "a"}],
        "annotations": [{"n": 1}, {"n": 2}],
    }  # fmt: skip
    assert item == {"type": "message", "content": [text, {"refusal": "no"}]}


def test_a_text_that_is_done_is_whole() -> None:
    assert _item(
        _event("output_text.delta", content_index=0, delta="a"),
        _event("output_text.done", content_index=0, text="abc"),
    ) == {"content": [{"text": "abc"}]}


def test_a_part_that_is_done_is_whole() -> None:
    part = {"type": "output_text", "text": "abc"}
    assert _item(
        _event("output_text.delta", content_index=0, delta="a"),
        _event("content_part.done", content_index=0, part=part),
    ) == {"content": [part]}


@pytest.mark.parametrize(
    ("event", "member", "name"),
    [("reasoning_text", "content", "content_index"),
     ("reasoning_summary_text", "summary", "summary_index")],
)  # fmt: skip
def test_reasoning_grows_by_deltas(event: str, member: str, name: str) -> None:
    deltas = [_event(f"{event}.delta", **{name: 0}, delta=delta) for delta in "hm"]
    assert _item(*deltas) == {member: [{"text": "hm"}]}


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("function_call_arguments", "arguments"),
        ("mcp_call_arguments", "arguments"),
        ("custom_tool_call_input", "input"),
        ("code_interpreter_call_code", "code"),
    ],
)
def test_what_a_tool_is_given_grows_by_deltas(event: str, name: str) -> None:
    deltas = [_event(f"{event}.delta", delta=delta) for delta in "{}"]
    item = _item(_added(type="x", **{name: ""}), *deltas, _event(f"{event}.done"))
    assert item == {"type": "x", name: "{}"}


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "sequence_number": 3, "message": "m"},
        {"type": "error", "error": {"message": "m"}},
        {"error": {"message": "m"}},
    ],
)
def test_an_error_within_is_kept(event: Any) -> None:
    assert fold_response([STARTED, event]) == {
        "id": "r", "status": "in_progress", "error": {"message": "m"},
    }  # fmt: skip


def test_events_that_are_not_known_change_nothing() -> None:
    folded = fold_response([STARTED, {"type": "keepalive"}, {"type": 1}])
    assert folded == {"id": "r", "status": "in_progress"}
