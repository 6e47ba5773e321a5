"""Cassettes in the documented wire form of each provider: a text, a tool call, plain, streamed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sdk.wires import chat, generate, messages, responses
from sdk.wires.said import MODEL
from support.recordings import EVENT_STREAM, JSON, interaction, write

PROMPTS = {"text": "Say hello", "tool": "Say what the weather in Florence is"}
CALLS = {
    "chat": (chat.asked, chat.ANSWERS, "/v1/chat/completions"),
    "responses": (responses.asked, responses.ANSWERS, "/v1/responses"),
    "messages": (messages.asked, messages.ANSWERS, "/v1/messages"),
    "generate": (generate.asked, generate.ANSWERS, f"/v1beta/models/{MODEL}:generateContent"),
}


def write_all(folder: Path) -> Path:
    """Write a cassette `CALL/text` and one `CALL/tool` for each call, plain before streamed."""
    for call, (asked, answers, path) in CALLS.items():
        url = f"https://api.example.com{path}"
        stream_url = url.replace(":generateContent", ":streamGenerateContent?alt=sse")
        stream = {} if call == "generate" else {"stream": True}
        for said, prompt in PROMPTS.items():
            plain, events = answers[said]
            body = asked(prompt)
            streamed = _stream(call, events)
            write(
                folder,
                f"{call}/{said}",
                interaction(_json(body), json.dumps(plain), url=url, headers=JSON),
                interaction(
                    _json({**body, **stream}), streamed, url=stream_url, headers=EVENT_STREAM
                ),
            )
    return folder


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _stream(call: str, payloads: Sequence[dict[str, Any]]) -> str:
    """Events as the provider frames them: Google ends lines with CRLF, chats end with a word."""
    named = call in ("responses", "messages")
    end = "\r\n" if call == "generate" else "\n"
    events = [
        (f"event: {payload['type']}{end}" if named else "")
        + f"data: {json.dumps(payload, ensure_ascii=False)}{end}{end}"
        for payload in payloads
    ]
    return "".join(events) + ("data: [DONE]\n\n" if call == "chat" else "")
