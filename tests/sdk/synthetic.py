"""Small recordings in each provider's documented form, so that a plain clone proves something."""

import base64
from pathlib import Path
from typing import Any

from sdk.forms import (
    CITY,
    CLAUDE,
    EVENT_TYPE,
    FRAMES_TYPE,
    JSON_TYPE,
    PIECES,
    PROMPT,
    TEXT,
    as_json,
    frame_of,
    made,
    sse,
)
from sdk.synthetic_converse import converses
from support.oracle import Recorded
from support.recordings import interaction, write


def recordings() -> list[Recorded]:
    """All of them: for each form a plain answer and a stream, of text and of a tool call."""
    return [*_chats(), *_messages(), *_geminis(), *converses()]


def write_all(folder: Path) -> None:
    """Write each recording as a cassette below `folder`."""
    for each in recordings():
        answer = interaction(
            each.request_body,
            each.body,
            url=f"https://recorded.example{each.target}",
            headers={"Content-Type": [str(each.content_type)]},
        )
        write(folder, each.file.stem, answer)


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
        made("chat-plain", path, asked, _chat(text, "stop"), JSON_TYPE),
        made("chat-tool", path, with_tool, tool_answer, JSON_TYPE),
        made("chat-stream", path, asked | streamed, chunks, EVENT_TYPE),
        made("chat-tool-stream", path, with_tool | streamed, tool_chunks, EVENT_TYPE),
    ]


_CHAT_HEAD = {"id": "chatcmpl-1", "created": 1, "model": "gpt-4o-2024-08-06"}
_CHAT_USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def _chat(said: dict[str, Any], finish: str) -> bytes:
    message = {"role": "assistant", "content": None, **said}
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    head = {**_CHAT_HEAD, "object": "chat.completion"}
    return as_json({**head, "choices": [choice], "usage": _CHAT_USAGE})


def _chunks(deltas: list[Any], finish: str) -> bytes:
    head = {**_CHAT_HEAD, "object": "chat.completion.chunk"}
    said = [{"role": "assistant", "content": ""}, *deltas]
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in said]
    choices.append({"index": 0, "delta": {}, "finish_reason": finish})
    events: list[dict[str, Any]] = [{**head, "choices": [choice]} for choice in choices]
    events.append({**head, "choices": [], "usage": _CHAT_USAGE})
    return b": a comment, as OpenRouter sends\n\n" + sse(events) + b"data: [DONE]\n\n"


# Anthropic's messages; on Vertex as rawPredict, on Bedrock as invoke


def _messages() -> list[Recorded]:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    asked = {"max_tokens": 100, "messages": [{"role": "user", "content": PROMPT}]}
    with_tool = {**asked, "tools": [{"name": "weather", "input_schema": schema}]}
    text = {"type": "text", "text": "".join(TEXT)}
    call = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": CITY}
    pieces = [{"type": "input_json_delta", "partial_json": piece} for piece in PIECES]
    texts = [{"type": "text_delta", "text": piece} for piece in TEXT]
    text_events = _message_events({**text, "text": ""}, texts, "end_turn")
    call_events = _message_events({**call, "input": {}}, pieces, "tool_use")
    return [
        *_plain_messages("plain", asked, _message([text], "end_turn")),
        *_plain_messages("tool", with_tool, _message([call], "tool_use")),
        *_streamed_messages("stream", asked, text_events),
        *_streamed_messages("tool-stream", with_tool, call_events),
    ]


MODEL = {"model": "claude-haiku-4-5"}
VERTEX = "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-haiku-4-5"
ON_VERTEX = {"anthropic_version": "vertex-2023-10-16"}
INVOKE = f"/model/{CLAUDE.replace(':', '%3A')}/invoke"
ON_BEDROCK = {"anthropic_version": "bedrock-2023-05-31"}


def _plain_messages(name: str, asked: dict[str, Any], message: object) -> list[Recorded]:
    answer = as_json(message)
    return [
        made(f"messages-{name}", "/v1/messages", asked | MODEL, answer, JSON_TYPE),
        made(f"vertex-{name}", f"{VERTEX}:rawPredict", asked | ON_VERTEX, answer, JSON_TYPE),
        made(f"invoke-{name}", INVOKE, asked | ON_BEDROCK, answer, JSON_TYPE),
    ]


def _streamed_messages(name: str, asked: dict[str, Any], events: list[Any]) -> list[Recorded]:
    streamed = {**asked, "stream": True}
    body = sse(events, named=True)
    raw, frames = f"{VERTEX}:streamRawPredict", f"{INVOKE}-with-response-stream"
    inner = [{"bytes": base64.b64encode(as_json(event)).decode(), "p": "abc"} for event in events]
    framed = b"".join(frame_of("chunk", payload) for payload in inner)
    return [
        made(f"messages-{name}", "/v1/messages", streamed | MODEL, body, EVENT_TYPE),
        made(f"vertex-{name}", raw, streamed | ON_VERTEX, body, EVENT_TYPE),
        made(f"invoke-{name}", frames, asked | ON_BEDROCK, framed, FRAMES_TYPE),
    ]


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
            made(f"{name}-plain", plain, asked, as_json(_candidate(texts, "STOP")), JSON_TYPE),
            made(f"{name}-tool", plain, with_tool, as_json(_candidate([call], "STOP")), JSON_TYPE),
            made(f"{name}-stream", stream, asked, _gemini_events(texts), EVENT_TYPE),
            made(f"{name}-tool-stream", stream, with_tool, _gemini_events([call]), EVENT_TYPE),
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
    return sse(events, end=b"\r\n")
