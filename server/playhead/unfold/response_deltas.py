"""An OpenAI response as the events that stream it.

The grammar of OpenAI's "Streaming events": every item of the output is added empty, grows by its
parts, and is done; the last event holds the whole response.
"""

from collections.abc import Iterator

from playhead.lenient import Json, mappings, text
from playhead.unfold.words import words

_Event = dict[str, Json]

# What a response does not know before its end.
_UNKNOWN_YET: dict[str, Json] = {
    "status": "in_progress", "output": [], "usage": None, "error": None,
    "incomplete_details": None, "completed_at": None,
}  # fmt: skip
# What of an item grows by deltas.
_GROWING = {
    "function_call": ("arguments", "function_call_arguments"),
    "mcp_call": ("arguments", "mcp_call_arguments"),
    "custom_tool_call": ("input", "custom_tool_call_input"),
    "code_interpreter_call": ("code", "code_interpreter_call_code"),
}
# The steps that the tools on the server's side tell of.
_STEPS = {
    "web_search_call": ("in_progress", "searching", "completed"),
    "file_search_call": ("in_progress", "searching", "completed"),
    "code_interpreter_call": ("in_progress", "interpreting", "completed"),
    "image_generation_call": ("in_progress", "generating", "completed"),
    "mcp_call": ("in_progress", "completed"),
    "mcp_list_tools": ("in_progress", "completed"),
}
# The parts of an item: the event's name of each list, and of the texts in them.
_LISTS = {"content": "content_part", "summary": "reasoning_summary_part"}
_TEXTS = {
    "output_text": ("text", "output_text"),
    "refusal": ("refusal", "refusal"),
    "reasoning_text": ("text", "reasoning_text"),
    "summary_text": ("text", "reasoning_summary_text"),
}


def response_stream(response: _Event) -> Iterator[_Event]:
    """Yield the events of `response`, numbered from 0."""
    for number, event in enumerate(_events(response)):
        yield {"type": f"response.{event.pop('type')}", **event, "sequence_number": number}


def _events(response: _Event) -> Iterator[_Event]:
    begun = response | {name: _UNKNOWN_YET[name] for name in response if name in _UNKNOWN_YET}
    yield {"type": "created", "response": begun}
    yield {"type": "in_progress", "response": begun}
    for at, item in enumerate(mappings(response.get("output"))):
        for event in _of_item(item):
            yield {"type": event.pop("type"), "output_index": at, **event}
    ended = "incomplete" if response.get("status") == "incomplete" else "completed"
    yield {"type": ended, "response": response}


def _of_item(item: _Event) -> Iterator[_Event]:
    kind = text(item.get("type"))
    steps = _STEPS.get(kind, ())
    growing, event_name = _GROWING.get(kind, ("", ""))
    item_id = {"item_id": item["id"]} if "id" in item else {}
    yield {"type": "output_item.added", "item": _emptied(item, growing)}
    yield from ({"type": f"{kind}.{step}", **item_id} for step in steps[:-1])
    for name in _LISTS:
        for at, part in enumerate(mappings(item.get(name))):
            for event in _of_part(part, name):
                yield {"type": event.pop("type"), **item_id, f"{name}_index": at, **event}
    if isinstance(item.get(growing), str):
        for event in _grown(event_name, growing, item[growing]):
            yield {"type": event.pop("type"), **item_id, **event}
    yield from ({"type": f"{kind}.{step}", **item_id} for step in steps[-1:])
    yield {"type": "output_item.done", "item": item}


def _emptied(item: _Event, growing: str) -> _Event:
    """An item as it is added: nothing of what its own events are about to bring."""
    begun = dict(item)
    if "status" in begun:
        begun["status"] = "in_progress"
    if isinstance(begun.get(growing), str):
        begun[growing] = ""
    return begun | {name: [] for name in _LISTS if mappings(begun.get(name))}


def _of_part(part: _Event, member: str) -> Iterator[_Event]:
    field, event_name = _TEXTS.get(text(part.get("type")), ("", ""))
    begun = dict(part)
    for name in ("annotations", "logprobs"):
        if isinstance(part.get(name), list):
            begun[name] = []
    if isinstance(part.get(field), str):
        begun[field] = ""
    yield {"type": f"{_LISTS[member]}.added", "part": begun}
    if isinstance(part.get(field), str):
        yield from _of_text(part, field, event_name)
    yield {"type": f"{_LISTS[member]}.done", "part": part}


def _of_text(part: _Event, field: str, event_name: str) -> Iterator[_Event]:
    *deltas, done = _grown(event_name, field, part[field])
    if event_name == "output_text":
        deltas = [{**delta, "logprobs": []} for delta in deltas]
        done["logprobs"] = part.get("logprobs") or []
    yield from deltas
    for at, annotation in enumerate(mappings(part.get("annotations"))):
        added = {"annotation_index": at, "annotation": annotation}
        yield {"type": "output_text.annotation.added", **added}
    yield done


def _grown(event_name: str, field: str, whole: str) -> Iterator[_Event]:
    yield from ({"type": f"{event_name}.delta", "delta": word} for word in words(whole))
    yield {"type": f"{event_name}.done", field: whole}
