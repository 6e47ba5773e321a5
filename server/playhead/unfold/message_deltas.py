"""An Anthropic message as the events that stream it.

The grammar of Anthropic's "Streaming Messages": the message without its content, each block with
its deltas, and at the end why it stopped and what it used.
"""

import json
from collections.abc import Iterator

from playhead.lenient import Json, mapping
from playhead.unfold.words import words

_ENDING = ("stop_reason", "stop_sequence", "stop_details")
_TOTALS = (
    "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens",
    "output_tokens_details", "server_tool_use",
)  # fmt: skip


def message_events(message: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """Yield the events of `message`."""
    ending = {name: message[name] for name in _ENDING if name in message}
    begun = {**message, "content": [], **dict.fromkeys(ending)}
    usage = mapping(message.get("usage"))
    if usage.get("output_tokens"):
        begun["usage"] = {**usage, "output_tokens": 0}
    yield {"type": "message_start", "message": begun}
    for at, block in enumerate(message["content"]):
        started, deltas = _begun(block)
        yield {"type": "content_block_start", "index": at, "content_block": started}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": at, "delta": delta}
        yield {"type": "content_block_stop", "index": at}
    totals = {name: usage[name] for name in _TOTALS if name in usage}
    yield {"type": "message_delta", "delta": ending, "usage": totals}
    yield {"type": "message_stop"}


def _begun(block: dict[str, Json]) -> tuple[dict[str, Json], list[dict[str, Json]]]:
    """A block as it begins, and its deltas; a block of another kind comes whole."""
    if isinstance(block.get("text"), str) and block.get("type") == "text":
        return _text(block)
    if isinstance(block.get("thinking"), str) and block.get("type") == "thinking":
        return _thinking(block)
    if isinstance(block.get("input"), dict):
        return _call(block)
    return block, []


def _text(block: dict[str, Json]) -> tuple[dict[str, Json], list[dict[str, Json]]]:
    begun = {**block, "text": ""}
    deltas: list[dict[str, Json]] = [
        {"type": "text_delta", "text": word} for word in words(block["text"])
    ]
    if isinstance(block.get("citations"), list):
        begun["citations"] = []
        deltas += ({"type": "citations_delta", "citation": each} for each in block["citations"])
    return begun, deltas


def _thinking(block: dict[str, Json]) -> tuple[dict[str, Json], list[dict[str, Json]]]:
    begun = {**block, "thinking": ""}
    deltas = [{"type": "thinking_delta", "thinking": word} for word in words(block["thinking"])]
    if block.get("signature"):
        begun["signature"] = ""
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    return begun, deltas


def _call(block: dict[str, Json]) -> tuple[dict[str, Json], list[dict[str, Json]]]:
    """Tools of the client and of the server: the input as JSON text, after an empty piece."""
    written = words(json.dumps(block["input"])) if block["input"] else []
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *written]]
    return {**block, "input": {}}, deltas
