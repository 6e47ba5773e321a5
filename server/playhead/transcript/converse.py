"""Bedrock's converse, which Nova's own requests resemble."""

from playhead.lenient import Json, mapping, mappings, text
from playhead.transcript.turns import Transcript, called, resulted
from playhead.transcript.written import note, size, written

_MEDIA = ("image", "document", "video", "audio")


def tell_converse_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell the system prompts and the messages."""
    _blocks(told, "system", asked.get("system"))
    for message in mappings(asked.get("messages")):
        _blocks(told, message.get("role", "?"), message.get("content"))


def tell_converse_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell the message, why it ended, and the usage."""
    message = mapping(mapping(answered.get("output")).get("message"))
    _blocks(told, "assistant", message.get("content"))
    told.end(answered.get("stopReason"))
    usage = mapping(answered.get("usage"))
    told.count(
        usage.get("inputTokens"),
        usage.get("outputTokens"),
        cached=usage.get("cacheReadInputTokens") or usage.get("cacheReadInputTokenCount"),
    )


def _blocks(told: Transcript, role: Json, value: Json) -> None:
    """Where something is cited a text comes in pieces, which are no paragraphs."""
    blocks = mappings(value)
    cited = any("citationsContent" in block for block in blocks)
    told.say_mixed(role, [_block(each, role) for each in blocks], between="" if cited else "\n")


def _block(block: dict[str, Json], role: Json) -> tuple[Json, str]:
    """Whose a block is, and what it says."""
    if "toolUse" in block:
        call = mapping(block["toolUse"])
        return "tool call", called(call.get("name"), call.get("input"), call.get("toolUseId"))
    if "toolResult" in block:
        result = mapping(block["toolResult"])
        failed = result.get("status") == "error"
        said = "\n".join(_text(each) for each in mappings(result.get("content")))
        return "tool error" if failed else "tool", resulted(said, result.get("toolUseId"))
    if "reasoningContent" in block:
        held = mapping(block["reasoningContent"])
        thought = text(mapping(held.get("reasoningText")).get("text"))
        return "reasoning", thought or note("redacted", size(held.get("redactedContent")))
    return role, _text(block)


def _text(block: dict[str, Json]) -> str:
    if isinstance(block.get("text"), str):
        return text(block["text"])
    for kind in _MEDIA:
        if kind in block:
            return _media(kind, mapping(block[kind]))
    if "citationsContent" in block:
        cited = mappings(mapping(block["citationsContent"]).get("content"))
        return "".join(text(each.get("text")) for each in cited)
    if "json" in block:
        return written(block["json"], indent=None)
    return note(*(block or ("part",)))


def _media(kind: str, held: dict[str, Json]) -> str:
    source = mapping(held.get("source"))
    stored = text(mapping(source.get("s3Location")).get("uri"))
    written = f"{len(text(source['text']))} characters" if "text" in source else ""
    where = stored or written or size(source.get("bytes"))
    return note(kind, text(held.get("name")), text(held.get("format")), where)
