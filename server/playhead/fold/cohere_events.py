"""The events of Cohere's chat, version 2 and version 1, as the answer they build."""

from playhead.lenient import Json, mapping, number, text


def fold_cohere(events: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the answer that `events` build; of a cut stream, what had come."""
    if any("event_type" in event for event in events):
        return _first_version(events)
    answer: dict[str, Json] = {}
    message: dict[str, Json] = {}
    lists: dict[str, dict[int, dict[str, Json]]] = {}
    for event in events:
        delta = mapping(event.get("delta"))
        match event.get("type"):
            case "message-start":
                answer["id"] = event.get("id")
                message |= _given(mapping(delta.get("message")))
            case "message-end":
                answer |= delta
            case _:
                answer |= {"error": event["error"]} if "error" in event else {}
                _grow(message, lists, event)
    for name, members in lists.items():
        message[name] = [members[at] for at in sorted(members)]
    return {**answer, "message": message} if message else answer


def _given(message: dict[str, Json]) -> dict[str, Json]:
    """The message without the empty lists that the stream is about to fill."""
    return {name: value for name, value in message.items() if value}


def _grow(
    message: dict[str, Json],
    lists: dict[str, dict[int, dict[str, Json]]],
    event: dict[str, Json],
) -> None:
    at = number(event.get("index"))
    for name, piece in mapping(mapping(event.get("delta")).get("message")).items():
        if isinstance(piece, dict):
            _add(lists.setdefault(name, {}).setdefault(at, {}), piece)
        elif isinstance(piece, str):
            message[name] = text(message.get(name)) + piece


def _add(whole: dict[str, Json], piece: dict[str, Json]) -> None:
    """Texts that are sent whole come once, with the start of what they belong to."""
    for name, value in piece.items():
        if isinstance(value, dict):
            inner = mapping(whole.get(name))
            whole[name] = {**inner, **value, **_joined(inner, value)}
        else:
            whole[name] = _joined(whole, piece).get(name, value)


def _joined(before: dict[str, Json], piece: dict[str, Json]) -> dict[str, str]:
    return {
        name: text(before.get(name)) + value
        for name in ("text", "thinking", "arguments")
        if isinstance(value := piece.get(name), str)
    }


def _first_version(events: list[dict[str, Json]]) -> dict[str, Json]:
    """The last event of version 1 holds the whole answer."""
    answer: dict[str, Json] = {}
    written = ""
    for event in events:
        match event.get("event_type"):
            case "stream-start":
                answer["generation_id"] = event.get("generation_id")
            case "text-generation":
                written += text(event.get("text"))
                answer["text"] = written
            case "tool-calls-generation" | "citation-generation" | "search-results":
                answer |= {name: event[name] for name in event if name != "event_type"}
            case "stream-end":
                answer |= mapping(event.get("response"))
                answer["finish_reason"] = event.get("finish_reason")
            case _:
                pass
    return answer
