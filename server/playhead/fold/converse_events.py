"""The events of Bedrock's `converse-stream` as the answer of `converse`; Nova speaks so, too."""

from playhead.fold.partial_json import value_of
from playhead.lenient import Json, mapping, mappings, number, text


def fold_converse(events: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the answer that `events` build; an exception stands in `error`."""
    answer: dict[str, Json] = {}
    message: dict[str, Json] = {}
    blocks: dict[int, dict[str, Json]] = {}
    for event in events:
        for name, value in event.items():
            payload = mapping(value)
            at = number(payload.get("contentBlockIndex"))
            match name:
                case "messageStart":
                    message["role"] = payload.get("role", "assistant")
                case "contentBlockStart":
                    blocks[at] = _started(mapping(payload.get("start")))
                case "contentBlockDelta":
                    _grow(blocks.setdefault(at, {}), mapping(payload.get("delta")))
                case "messageStop" | "metadata":
                    answer |= _without_padding(payload)
                case "error":
                    answer["error"] = value
                case _:
                    pass
    if message or blocks:
        message["content"] = [_finished(blocks[at]) for at in sorted(blocks)]
        answer = {"output": {"message": message}, **answer}
    return answer


def _without_padding(payload: dict[str, Json]) -> dict[str, Json]:
    """`p` only hides the length of a frame."""
    return {name: value for name, value in payload.items() if name != "p"}


def _started(start: dict[str, Json]) -> dict[str, Json]:
    return {name: dict(mapping(value)) for name, value in start.items()}


def _grow(block: dict[str, Json], delta: dict[str, Json]) -> None:
    for name, value in delta.items():
        match name:
            case "text":
                block["text"] = text(block.get("text")) + text(value)
            case "toolUse":
                call = block.setdefault("toolUse", {})
                call["input"] = text(call.get("input")) + text(mapping(value).get("input"))
            case "reasoningContent":
                _grow_reasoning(block.setdefault("reasoningContent", {}), mapping(value))
            case "citation":
                block["citations"] = [*mappings(block.get("citations")), mapping(value)]
            case _:
                block[name] = value


def _grow_reasoning(reasoning: dict[str, Json], delta: dict[str, Json]) -> None:
    for name, value in delta.items():
        if name == "redactedContent":
            reasoning[name] = text(reasoning.get(name)) + text(value)
        else:
            whole = reasoning["reasoningText"] = mapping(reasoning.get("reasoningText"))
            whole[name] = text(whole.get(name)) + text(value)


def _finished(block: dict[str, Json]) -> dict[str, Json]:
    """Plain answers hold a call's input as a value, and a text with its citations in one block."""
    if "toolUse" in block:
        call = block["toolUse"]
        written = text(call.get("input"))
        call["input"] = value_of(written) if written else {}
    if "citations" in block:
        cited = {"citations": block["citations"], "content": [{"text": text(block.get("text"))}]}
        return {"citationsContent": cited}
    return block
