"""Streams written by hand, and interactions that recorded them."""

import base64
import json
from typing import Any

from playhead.cassette import Interaction
from support.aws import frame
from support.cassettes import interaction

URLS = {
    "chat": "https://api.openai.com/v1/chat/completions",
    "completions": "https://api.openai.com/v1/completions",
    "responses": "https://api.openai.com/v1/responses",
    "images": "https://api.openai.com/v1/images/generations",
    "audio": "https://api.openai.com/v1/audio/transcriptions",
    "messages": "https://api.anthropic.com/v1/messages",
    "gemini": "https://g.example/v1beta/models/gemini-2.5-flash:streamGenerateContent",
    "vertex": "https://g.example/v1/publishers/anthropic/models/claude:streamRawPredict",
    "invoke": "https://b.example/model/m/invoke-with-response-stream",
    "converse": "https://b.example/model/m/converse-stream",
    "cohere": "https://api.cohere.com/v2/chat",
    "ollama.chat": "http://localhost:11434/api/chat",
    "ollama.generate": "http://localhost:11434/api/generate",
    "ai.run": "https://c.example/accounts/a/ai/run/@cf/meta/llama",
}
EVENT_STREAM = (("Content-Type", "text/event-stream"),)
AWS_STREAM = (("Content-Type", "application/vnd.amazon.eventstream"),)


def sse(*payloads: Any, named: bool = False) -> bytes:
    """An event stream of these JSON values, with a comment, and `[DONE]` at its end."""
    events = [
        (f"event: {payload['type']}\n" if named else "") + f"data: {json.dumps(payload)}\n\n"
        for payload in payloads
    ]
    return "".join([": comment\n\n", *events, *([] if named else ["data: [DONE]\n\n"])]).encode()


def lines(*payloads: Any) -> bytes:
    return b"".join(json.dumps(payload).encode() + b"\n" for payload in payloads)


def converse(*events: tuple[str, Any]) -> bytes:
    """Frames of `converse-stream`: names and payloads."""
    return b"".join(
        frame(json.dumps(payload).encode(), {":event-type": name, ":message-type": "event"})
        for name, payload in events
    )


def invoke(*events: Any) -> bytes:
    """Frames of `invoke-with-response-stream`, each with an event of a model's own."""
    encoded = [base64.b64encode(json.dumps(event).encode()).decode() for event in events]
    return converse(*(("chunk", {"bytes": each, "p": "abc"}) for each in encoded))


def streamed(dialect: str, body: bytes, *, sent: Any = None) -> Interaction:
    """An interaction of `dialect` whose answer is `body`, told to be what `body` is."""
    aws = dialect in ("invoke", "converse")
    plain = dialect.startswith("ollama")
    headers = AWS_STREAM if aws else () if plain else EVENT_STREAM
    return interaction(
        url=URLS[dialect], sent=json.dumps(sent or {}).encode(), answer=body, headers=headers
    )


def answered(dialect: str, answer: Any, *, sent: Any = None, status: int = 200) -> Interaction:
    """An interaction of `dialect` whose answer is plain JSON."""
    return interaction(
        url=URLS.get(dialect, dialect),
        sent=json.dumps(sent or {}).encode(),
        answer=json.dumps(answer).encode(),
        status=status,
    )
