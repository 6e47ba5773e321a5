"""The events of a streamed Anthropic message as the message they build."""

from playhead.fold.partial_json import value_of
from playhead.lenient import Json, mapping, number, text

_GROWING = ("text", "thinking")


def fold_message(events: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the message that `events` build; of a cut stream, what had come.

    Usage counts are totals: the later one stands, where it is given. An error stands in
    `error`; where nothing else came, what is returned is the error as a plain answer says it.
    """
    message: dict[str, Json] = {}
    blocks: dict[int, dict[str, Json]] = {}
    written: dict[int, str] = {}
    for event in events:
        at = number(event.get("index"))
        match event.get("type"):
            case "content_block_start":
                blocks[at] = mapping(event.get("content_block"))
                _served_by_another(message, blocks[at])
            case "content_block_delta":
                delta = mapping(event.get("delta"))
                written[at] = written.get(at, "") + text(delta.get("partial_json"))
                _grow(blocks.setdefault(at, {}), delta)
            case _:
                _note(message, event)
    for at, arguments in written.items():
        if arguments:
            blocks[at]["input"] = value_of(arguments)
    if blocks or message.get("type") == "message":
        message["content"] = [blocks[at] for at in sorted(blocks)]
    return message


def _note(message: dict[str, Json], event: dict[str, Json]) -> None:
    if event.get("type") == "message_start":
        message |= mapping(event.get("message"))
    elif event.get("type") == "message_delta":
        _end(message, event)
    elif "error" in event:
        message |= {"error": event["error"]} if message else {"type": "error", **event}


def _served_by_another(message: dict[str, Json], block: dict[str, Json]) -> None:
    """A fallback block names the model that serves from there on; a plain answer names it too."""
    model = mapping(block.get("to")).get("model")
    if block.get("type") == "fallback" and model:
        message["model"] = model


def _grow(block: dict[str, Json], delta: dict[str, Json]) -> None:
    for name, value in delta.items():
        if name in ("type", "partial_json"):
            continue
        if name in _GROWING:
            block[name] = text(block.get(name)) + text(value)
        elif name == "citation":
            before = block.get("citations")
            block["citations"] = [*(before if isinstance(before, list) else ()), value]
        else:
            block[name] = value


def _end(message: dict[str, Json], event: dict[str, Json]) -> None:
    for name, value in mapping(event.get("delta")).items():
        if value is not None or name not in message:
            message[name] = value
    usage = {
        name: value for name, value in mapping(event.get("usage")).items() if value is not None
    }
    message["usage"] = {**mapping(message.get("usage")), **usage}
    for name in ("context_management", "input_transformations"):
        if event.get(name) is not None:
            message[name] = event[name]
