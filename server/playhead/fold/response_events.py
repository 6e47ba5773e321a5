"""The events of a streamed OpenAI response as the response they build."""

from playhead.lenient import Json, mapping, mappings, number, text

_TERMINAL = ("response.completed", "response.incomplete", "response.failed")
# What grows by deltas: the event's name, the list that the piece is in, the piece's member.
_IN_PARTS = {
    "response.output_text": ("content", "text"),
    "response.refusal": ("content", "refusal"),
    "response.reasoning_text": ("content", "text"),
    "response.reasoning_summary_text": ("summary", "text"),
}
_IN_ITEMS = {
    "response.function_call_arguments": "arguments",
    "response.mcp_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.code_interpreter_call_code": "code",
}
_PARTS = {
    "response.content_part": ("content", "content_index"),
    "response.reasoning_summary_part": ("summary", "summary_index"),
}
_KNOWN = {"response.output_text.annotation", *_PARTS, *_IN_PARTS, *_IN_ITEMS}


def fold_response(events: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the response of the last event, which holds all of it.

    Of a stream that was cut, what its events had built so far. An error stands in `error`.
    """
    response: dict[str, Json] = {}
    items: dict[int, dict[str, Json]] = {}
    for event in events:
        if isinstance(event.get("response"), dict):
            response = {**response, **event["response"]}
        elif event.get("type") == "error" or "error" in event:
            response["error"] = event.get("error") or _error(event)
        else:
            _build(items, event)
        if event.get("type") in _TERMINAL:
            break
    if items and not response.get("output"):
        response["output"] = [items[at] for at in sorted(items)]
    return response


def _error(event: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in event.items() if name not in ("type", "sequence_number")}


def _build(items: dict[int, dict[str, Json]], event: dict[str, Json]) -> None:
    name, _, step = text(event.get("type")).rpartition(".")
    at = number(event.get("output_index"))
    if name == "response.output_item":
        items[at] = mapping(event.get("item"))
        return
    if name not in _KNOWN:
        return
    item = items.setdefault(at, {})
    if name in _PARTS:
        member, index = _PARTS[name]
        _member(item, member, event.get(index)).update(mapping(event.get("part")))
    elif name in _IN_PARTS:
        member, field = _IN_PARTS[name]
        _grow(_member(item, member, event.get(f"{member}_index")), field, event, step)
    elif name in _IN_ITEMS:
        _grow(item, _IN_ITEMS[name], event, step)
    else:
        part = _member(item, "content", event.get("content_index"))
        _list(part, "annotations").append(event.get("annotation"))


def _grow(whole: dict[str, Json], field: str, event: dict[str, Json], step: str) -> None:
    """A `done` repeats the whole of what the deltas brought."""
    if step == "done":
        whole[field] = text(event.get(field)) or text(whole.get(field))
        return
    whole[field] = text(whole.get(field)) + text(event.get("delta"))
    if mappings(event.get("logprobs")):
        _list(whole, "logprobs").extend(mappings(event["logprobs"]))


def _member(item: dict[str, Json], name: str, index: Json) -> dict[str, Json]:
    """The part of `item` with this index; parts come in their order, so a new one is the last."""
    parts = item[name] = mappings(item.get(name))
    at = number(index)
    if not 0 <= at < len(parts):
        parts.append({})
        at = -1
    return parts[at]


def _list(whole: dict[str, Json], name: str) -> list[Json]:
    if not isinstance(whole.get(name), list):
        whole[name] = []
    members: list[Json] = whole[name]
    return members
