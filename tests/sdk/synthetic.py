"""Small recordings in each provider's documented form, so that a plain clone proves something."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from support.aws import frame
from support.oracle import Recorded
from support.recordings import interaction, write

ROOT = Path("synthetic")
PROMPT = "What is the weather in Zürich?"
TEXT = ("Sunny — ", "22 °C ☀️\n", "in Zürich")
CITY = {"city": "Zürich", "days": 2}
# Arguments come in pieces that are no JSON by themselves.
PIECES = ("", '{"city": "Zür', 'ich", "days"', ": 2}")

JSON_TYPE, EVENT_TYPE = "application/json", "text/event-stream; charset=utf-8"
FRAMES_TYPE = "application/vnd.amazon.eventstream"
CLAUDE = "anthropic.claude-haiku-4-5-20251001-v1:0"


def recordings() -> list[Recorded]:
    """All of them: for each form a plain answer and a stream, of text and of a tool call."""
    return [*_chats(), *_messages(), *_geminis(), *_converses()]


def write_all(folder: Path) -> None:
    """Write each recording as a cassette below `folder`."""
    for each in recordings():
        answer = interaction(
            each.request_body,
            each.body,
            url=f"https://recorded.example{each.target}",
            headers={"Content-Type": [str(each.content_type)]},
        )
        write(folder, str(each.file.relative_to(ROOT).with_suffix("")), answer)


def _made(name: str, target: str, asked: dict[str, Any], answer: bytes, kind: str) -> Recorded:
    return Recorded(
        file=ROOT / f"{name}.yaml",
        id=0,
        method="POST",
        target=target,
        request_body=json.dumps(asked, ensure_ascii=False).encode(),
        status=200,
        content_type=kind,
        body=answer,
    )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _sse(events: Iterable[Any], *, named: bool = False, end: bytes = b"\n") -> bytes:
    return b"".join(
        (b"event: " + event["type"].encode() + end if named else b"")
        + b"data: " + _json(event) + end + end
        for event in events
    )  # fmt: skip


# OpenAI's chat completions


def _chats() -> list[Recorded]:
    path = "/v1/chat/completions"
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}}
    tool = {"type": "function", "function": {"name": "weather", "parameters": parameters}}
    asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": PROMPT}]}
    with_tool = {**asked, "tools": [tool]}
    call = {"id": "call_1", "type": "function"}
    text = {"content": "".join(TEXT)}
    called = [{**call, "function": {"name": "weather", "arguments": "".join(PIECES)}}]
    deltas = [{"content": piece} for piece in TEXT]
    first = {"index": 0, **call, "function": {"name": "weather", "arguments": ""}}
    rest = [{"index": 0, "function": {"arguments": piece}} for piece in PIECES[1:]]
    tool_deltas = [{"tool_calls": [piece]} for piece in [first, *rest]]
    streamed = {"stream": True, "stream_options": {"include_usage": True}}
    tool_answer = _chat({"tool_calls": called}, "tool_calls")
    chunks, tool_chunks = _chunks(deltas, "stop"), _chunks(tool_deltas, "tool_calls")
    return [
        _made("chat-plain", path, asked, _chat(text, "stop"), JSON_TYPE),
        _made("chat-tool", path, with_tool, tool_answer, JSON_TYPE),
        _made("chat-stream", path, asked | streamed, chunks, EVENT_TYPE),
        _made("chat-tool-stream", path, with_tool | streamed, tool_chunks, EVENT_TYPE),
    ]


_CHAT_HEAD = {"id": "chatcmpl-1", "created": 1, "model": "gpt-4o-2024-08-06"}
_CHAT_USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def _chat(said: dict[str, Any], finish: str) -> bytes:
    message = {"role": "assistant", "content": None, **said}
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    head = {**_CHAT_HEAD, "object": "chat.completion"}
    return _json({**head, "choices": [choice], "usage": _CHAT_USAGE})


def _chunks(deltas: list[Any], finish: str) -> bytes:
    head = {**_CHAT_HEAD, "object": "chat.completion.chunk"}
    said = [{"role": "assistant", "content": ""}, *deltas]
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in said]
    choices.append({"index": 0, "delta": {}, "finish_reason": finish})
    events: list[dict[str, Any]] = [{**head, "choices": [choice]} for choice in choices]
    events.append({**head, "choices": [], "usage": _CHAT_USAGE})
    return b": a comment, as OpenRouter sends\n\n" + _sse(events) + b"data: [DONE]\n\n"


# Anthropic's messages; on Vertex as rawPredict, on Bedrock as invoke


def _messages() -> list[Recorded]:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    asked = {"max_tokens": 100, "messages": [{"role": "user", "content": PROMPT}]}
    with_tool = {**asked, "tools": [{"name": "weather", "input_schema": schema}]}
    text = {"type": "text", "text": "".join(TEXT)}
    call = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": CITY}
    begun = {**call, "input": {}}
    pieces = [{"type": "input_json_delta", "partial_json": piece} for piece in PIECES]
    texts = [{"type": "text_delta", "text": piece} for piece in TEXT]
    answers = [
        ("plain", asked, _json(_message([text], "end_turn"))),
        ("tool", with_tool, _json(_message([call], "tool_use"))),
    ]
    streams = [
        ("stream", asked, _message_events({"type": "text", "text": ""}, texts, "end_turn")),
        ("tool-stream", with_tool, _message_events(begun, pieces, "tool_use")),
    ]
    model = {"model": "claude-haiku-4-5"}
    vertex = "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-haiku-4-5"
    on_vertex = {"anthropic_version": "vertex-2023-10-16"}
    on_bedrock = {"anthropic_version": "bedrock-2023-05-31"}
    invoke = f"/model/{CLAUDE.replace(':', '%3A')}/invoke"
    found = []
    for name, body, answer in answers:
        of_vertex = body | on_vertex
        of_bedrock = body | on_bedrock
        found += [
            _made(f"messages-{name}", "/v1/messages", body | model, answer, JSON_TYPE),
            _made(f"vertex-{name}", f"{vertex}:rawPredict", of_vertex, answer, JSON_TYPE),
            _made(f"invoke-{name}", invoke, of_bedrock, answer, JSON_TYPE),
        ]
    for name, body, events in streams:
        streamed = {**body, "stream": True}
        sse = _sse(events, named=True)
        of_vertex = streamed | on_vertex
        raw, frames = f"{vertex}:streamRawPredict", f"{invoke}-with-response-stream"
        found += [
            _made(f"messages-{name}", "/v1/messages", streamed | model, sse, EVENT_TYPE),
            _made(f"vertex-{name}", raw, of_vertex, sse, EVENT_TYPE),
            _made(f"invoke-{name}", frames, body | on_bedrock, _chunk_frames(events), FRAMES_TYPE),
        ]
    return found


def _message(content: list[Any], stop: str | None) -> dict[str, Any]:
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5"}
    usage = {"input_tokens": 11, "output_tokens": 7 if stop else 1}
    return {**head, "content": content, "stop_reason": stop, "stop_sequence": None, "usage": usage}


def _message_events(block: Any, deltas: list[Any], stop: str) -> list[dict[str, Any]]:
    delta = {"stop_reason": stop, "stop_sequence": None}
    return [
        {"type": "message_start", "message": _message([], None)},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": each} for each in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]


def _chunk_frames(events: list[Any]) -> bytes:
    inner = [{"bytes": base64.b64encode(_json(event)).decode(), "p": "abc"} for event in events]
    return b"".join(_frame("chunk", payload) for payload in inner)


def _frame(kind: str, payload: object) -> bytes:
    names = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return frame(_json(payload), names)


# Gemini, and the same on Vertex


def _geminis() -> list[Recorded]:
    schema = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}}
    asked = {
        "contents": [{"role": "user", "parts": [{"text": PROMPT}]}],
        "generationConfig": {"maxOutputTokens": 100},
    }
    declared = {"functionDeclarations": [{"name": "weather", "parameters": schema}]}
    with_tool = {**asked, "tools": [declared]}
    call = {"functionCall": {"name": "weather", "args": CITY}}
    texts = [{"text": piece} for piece in TEXT]
    found = []
    for name, base in (
        ("gemini", "/v1beta/models/gemini-2.5-flash"),
        ("gemini-vertex", "/v1beta1/projects/p/locations/l/publishers/google/models/gemini-2.0"),
    ):
        plain, stream = f"{base}:generateContent", f"{base}:streamGenerateContent?alt=sse"
        found += [
            _made(f"{name}-plain", plain, asked, _json(_candidate(texts, "STOP")), JSON_TYPE),
            _made(f"{name}-tool", plain, with_tool, _json(_candidate([call], "STOP")), JSON_TYPE),
            _made(f"{name}-stream", stream, asked, _gemini_events(texts), EVENT_TYPE),
            _made(f"{name}-tool-stream", stream, with_tool, _gemini_events([call]), EVENT_TYPE),
        ]
    return found


def _candidate(parts: list[Any], finish: str | None) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": parts}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    usage = {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18}
    head = {"modelVersion": "gemini-2.5-flash", "responseId": "r1"}
    return {"candidates": [candidate], "usageMetadata": usage, **head}


def _gemini_events(parts: list[Any]) -> bytes:
    """Google ends its lines with CRLF."""
    ends = [None] * (len(parts) - 1) + ["STOP"]
    events = [_candidate([part], end) for part, end in zip(parts, ends, strict=True)]
    return _sse(events, end=b"\r\n")


# Bedrock's Converse


def _converses() -> list[Recorded]:
    path = f"/model/{CLAUDE.replace(':', '%3A')}/converse"
    asked = {
        "messages": [{"role": "user", "content": [{"text": PROMPT}]}],
        "inferenceConfig": {"maxTokens": 100},
    }
    spec = {"name": "weather", "inputSchema": {"json": {"type": "object"}}}
    with_tool = {**asked, "toolConfig": {"tools": [{"toolSpec": spec}]}}
    call = {"toolUseId": "t1", "name": "weather"}
    texts = [{"text": piece} for piece in TEXT]
    pieces = [{"toolUse": {"input": piece}} for piece in PIECES]
    begun = [("contentBlockStart", {"contentBlockIndex": 0, "start": {"toolUse": call}})]
    said = [{"text": "".join(TEXT)}]
    called = [{"toolUse": {**call, "input": CITY}}]
    stream = f"{path}-stream"
    text, tool = _converse(said, "end_turn"), _converse(called, "tool_use")
    text_frames = _converse_frames([], texts, "end_turn")
    tool_frames = _converse_frames(begun, pieces, "tool_use")
    return [
        _made("converse-plain", path, asked, text, JSON_TYPE),
        _made("converse-tool", path, with_tool, tool, JSON_TYPE),
        _made("converse-stream", stream, asked, text_frames, FRAMES_TYPE),
        _made("converse-tool-stream", stream, with_tool, tool_frames, FRAMES_TYPE),
    ]


_CONVERSE_END = {
    "usage": {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18},
    "metrics": {"latencyMs": 5},
}


def _converse(content: list[Any], stop: str) -> bytes:
    message = {"role": "assistant", "content": content}
    return _json({"output": {"message": message}, "stopReason": stop, **_CONVERSE_END})


def _converse_frames(begun: list[tuple[str, Any]], deltas: list[Any], stop: str) -> bytes:
    said = [("contentBlockDelta", {"contentBlockIndex": 0, "delta": delta}) for delta in deltas]
    events = [
        ("messageStart", {"role": "assistant"}),
        *begun,
        *said,
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("messageStop", {"stopReason": stop}),
        ("metadata", _CONVERSE_END),
    ]
    return b"".join(_frame(kind, fields) for kind, fields in events)
