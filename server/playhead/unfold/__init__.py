"""A plain answer unfolded into the stream that its provider would have sent.

Folding what is unfolded gives the plain answer back. Nothing is made up but what the grammar of
a stream asks for: where a text is cut, and how its pieces are numbered.
"""

import json
from collections.abc import Iterable

from playhead.lenient import Json, parse
from playhead.unfold.chat_deltas import chat_chunks
from playhead.unfold.gemini_pieces import gemini_chunks
from playhead.unfold.message_deltas import message_events
from playhead.unfold.response_deltas import response_stream


def unfold(operation: str, body: bytes, *, usage: bool = True, sse: bool = True) -> bytes | None:
    """Return the stream of the plain answer `body`; None where it is no answer of `operation`.

    `usage` is chat's `stream_options.include_usage`, `sse` Gemini's `alt=sse`.
    """
    answer = parse(body)
    if not isinstance(answer, dict) or answer.get("error"):
        return None
    match operation:
        case "chat.completions" if _has_members(answer, "choices"):
            return _sse(chat_chunks(answer, usage=usage)) + b"data: [DONE]\n\n"
        case "responses" if _has_members(answer, "output"):
            return _named(response_stream(answer))
        case "messages" | "rawPredict" if _has_members(answer, "content"):
            return _named(message_events(answer))
        case "generateContent" if "candidates" in answer or "promptFeedback" in answer:
            chunks = gemini_chunks(answer)
            return _sse(chunks, end="\r\n\r\n") if sse else _array(chunks)
        case _:
            return None


def _has_members(answer: dict[str, Json], name: str) -> bool:
    members = answer.get(name)
    return isinstance(members, list) and all(isinstance(member, dict) for member in members)


def _sse(payloads: Iterable[Json], end: str = "\n\n") -> bytes:
    return "".join(f"data: {_written(payload)}{end}" for payload in payloads).encode()


def _named(payloads: Iterable[dict[str, Json]]) -> bytes:
    events = (f"event: {each['type']}\ndata: {_written(each)}\n\n" for each in payloads)
    return "".join(events).encode()


def _array(payloads: Iterable[Json]) -> bytes:
    """A JSON array, an element at a time: what Google sends without `alt=sse`."""
    return ("[" + ",\r\n".join(map(_written, payloads)) + "]").encode()


def _written(payload: Json) -> str:
    """JSON in ASCII, on one line: some clients take U+2028 inside a string for a line's end."""
    return json.dumps(payload, separators=(",", ":"))
