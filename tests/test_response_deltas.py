from typing import Any

import pytest

from playhead.unfold.response_deltas import response_stream


def _of_item(item: Any) -> list[dict[str, Any]]:
    """The events of a response's only item, without what all of them have."""
    response = {"id": "r", "status": "completed", "output": [item]}
    created, begun, *events, completed = response_stream(response)
    assert [each["type"] for each in (created, begun, completed)] == [
        "response.created", "response.in_progress", "response.completed",
    ]  # fmt: skip
    assert all(event.pop("output_index") == 0 for event in events)
    assert [event.pop("sequence_number") for event in events] == list(range(2, len(events) + 2))
    return [{**event, "type": event["type"].removeprefix("response.")} for event in events]


def test_a_response_begins_without_what_it_does_not_know_yet() -> None:
    response: dict[str, Any] = {
        "id": "r",
        "status": "completed",
        "output": [],
        "usage": {"n": 1},
        "error": None,
    }
    created, begun, completed = response_stream(response)
    assert created["response"] == begun["response"] == {
        "id": "r", "status": "in_progress", "output": [], "usage": None, "error": None,
    }  # fmt: skip
    assert completed == {
        "type": "response.completed", "response": response, "sequence_number": 2,
    }  # fmt: skip


def test_a_response_that_is_incomplete_ends_as_such() -> None:
    *_, end = response_stream({"status": "incomplete", "output": []})
    assert end["type"] == "response.incomplete"


def test_a_message_grows_by_its_parts() -> None:
    note = {"type": "url_citation"}
    part = {"type": "output_text", "text": "a b", "annotations": [note], "logprobs": [1]}
    item = {"type": "message", "id": "i", "status": "completed", "content": [part]}
    at: dict[str, Any] = {"item_id": "i", "content_index": 0}
    empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    assert _of_item(item) == [
        {"type": "output_item.added", "item": {**item, "status": "in_progress", "content": []}},
        {"type": "content_part.added", **at, "part": empty},
        {"type": "output_text.delta", **at, "delta": "a", "logprobs": []},
        {"type": "output_text.delta", **at, "delta": " b", "logprobs": []},
        {"type": "output_text.annotation.added", **at, "annotation_index": 0, "annotation": note},
        {"type": "output_text.done", **at, "text": "a b", "logprobs": [1]},
        {"type": "content_part.done", **at, "part": part},
        {"type": "output_item.done", "item": item},
    ]


@pytest.mark.parametrize(
    ("member", "part", "names"),
    [
        ("content", {"type": "refusal", "refusal": "no"},
         ["content_part.added", "refusal.delta", "refusal.done", "content_part.done"]),
        ("content", {"type": "reasoning_text", "text": "hm"},
         ["content_part.added", "reasoning_text.delta", "reasoning_text.done",
          "content_part.done"]),
        ("summary", {"type": "summary_text", "text": "hm"},
         ["reasoning_summary_part.added", "reasoning_summary_text.delta",
          "reasoning_summary_text.done", "reasoning_summary_part.done"]),
        ("content", {"type": "of_tomorrow"}, ["content_part.added", "content_part.done"]),
    ],
)  # fmt: skip
def test_each_part_has_events_of_its_own(member: str, part: Any, names: list[str]) -> None:
    _, *events, _ = _of_item({"type": "any", member: [part]})
    assert [event["type"] for event in events] == names
    assert all(event[f"{member}_index"] == 0 for event in events)


@pytest.mark.parametrize(
    ("kind", "field", "name"),
    [
        ("function_call", "arguments", "function_call_arguments"),
        ("custom_tool_call", "input", "custom_tool_call_input"),
    ],
)
def test_what_a_tool_is_given_comes_by_the_word(kind: str, field: str, name: str) -> None:
    item = {"type": kind, "id": "i", field: "a b"}
    assert _of_item(item) == [
        {"type": "output_item.added", "item": {**item, field: ""}},
        {"type": f"{name}.delta", "item_id": "i", "delta": "a"},
        {"type": f"{name}.delta", "item_id": "i", "delta": " b"},
        {"type": f"{name}.done", "item_id": "i", field: "a b"},
        {"type": "output_item.done", "item": item},
    ]


def test_a_tool_of_the_server_tells_its_steps() -> None:
    names = [event["type"] for event in _of_item({"type": "code_interpreter_call", "code": "1"})]
    assert names == [
        "output_item.added", "code_interpreter_call.in_progress",
        "code_interpreter_call.interpreting", "code_interpreter_call_code.delta",
        "code_interpreter_call_code.done", "code_interpreter_call.completed", "output_item.done",
    ]  # fmt: skip


def test_an_item_of_tomorrow_is_added_and_done() -> None:
    item = {"type": "of_tomorrow", "content": None}
    assert _of_item(item) == [
        {"type": "output_item.added", "item": item}, {"type": "output_item.done", "item": item},
    ]  # fmt: skip
