"""Anthropic's messages, wherever they are served: its own API, Vertex, Bedrock."""

from playhead.lenient import Json, first, mapping, mappings, number, text
from playhead.transcript.parts import content, part
from playhead.transcript.turns import Transcript, called, resulted
from playhead.transcript.written import note, size, written


def tell_message_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell the system prompt and the messages."""
    told.say("system", content(asked.get("system")))
    for message in mappings(asked.get("messages")):
        _blocks(told, message.get("role", "?"), message.get("content"))


def tell_message_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell the blocks of a message, and how it ended; of a count of tokens, the count."""
    _blocks(told, "assistant", answered.get("content"))
    told.end(answered.get("stop_reason"))
    usage = mapping(answered.get("usage"))
    details = mapping(usage.get("output_tokens_details"))
    told.count(
        first(usage, "input_tokens"),
        first(usage, "output_tokens"),
        cached=usage.get("cache_read_input_tokens"),
        reasoned=first(details, "thinking_tokens", "reasoning_tokens"),
    )
    if number(usage.get("cache_creation_input_tokens")):
        told.ending.append(f"written to cache: {usage['cache_creation_input_tokens']}")
    if "input_tokens" in answered:
        told.ending.append(f"tokens: {answered['input_tokens']}")


def tell_batch_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell every request of a batch under its own id."""
    for request in mappings(asked.get("requests")):
        told.say("request", text(request.get("custom_id")))
        tell_message_request(told, mapping(request.get("params")))


def tell_batch_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell a batch by its state; its counts say how far it is."""
    told.say("response", written(answered))
    told.end(answered.get("processing_status"))


def _blocks(told: Transcript, role: Json, value: Json) -> None:
    """Where something is cited a text comes in pieces, which are no paragraphs."""
    if not isinstance(value, list):
        told.say(role, content(value))
        return
    cited = any(each.get("citations") for each in mappings(value))
    told.say_mixed(role, [_block(each, role) for each in value], between="" if cited else "\n")


def _block(value: Json, role: Json) -> tuple[Json, str]:
    """Whose a block is, and what it says."""
    block = mapping(value)
    kind = text(block.get("type"))
    if kind == "thinking":
        return "reasoning", text(block.get("thinking"))
    if kind == "redacted_thinking":
        return "reasoning", note("redacted", size(block.get("data")))
    if kind.endswith("tool_use"):
        return "tool call", called(block.get("name"), block.get("input"), block.get("id"))
    if kind.endswith("tool_result"):
        failed = block.get("is_error") is True
        said = resulted(_result(block.get("content")), block.get("tool_use_id"))
        return "tool error" if failed else "tool", said
    return role, part(value)


def _result(value: Json) -> str:
    """Results of server tools hold found pages or outputs, whose ciphers nobody reads."""
    if isinstance(value, list):
        return "\n".join(_found(each) for each in value)
    return _found(value) if isinstance(value, dict) else content(value)


def _found(value: Json) -> str:
    """A page by its address, a failure by its code, tools by their names, else what it says."""
    members = mapping(value)
    kind = text(members.get("type"))
    if "url" in members and "source" not in members:
        page = part(members["content"]) if isinstance(members.get("content"), dict) else ""
        return " ".join(filter(None, [text(members.get("title")), text(members["url"]), page]))
    if "error_code" in members:
        return note(kind, text(members["error_code"]))
    if "tool_references" in members:
        return note(
            kind, *(text(each.get("tool_name")) for each in mappings(members["tool_references"]))
        )
    if "return_code" in members and not (members.get("stdout") or members.get("stderr")):
        return note(kind, f"exit {members['return_code']}")
    return text(members.get("content")) or part(value)
