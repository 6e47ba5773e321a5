"""Cassettes made for a test, written as go-vcr writes them, and the requests they answer."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
GEMINI = "/v1beta/models/gemini-2.5-flash:generateContent"

EVENT_STREAM = {"Content-Type": ["text/event-stream"]}
JSON = {"Content-Type": ["application/json"]}


def chat(prompt: str, **fields: object) -> bytes:
    """The body of a chat request."""
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}], **fields}
    return json.dumps(body, ensure_ascii=False).encode()


def events(*payloads: str) -> str:
    return "".join(f"data: {payload}\n\n" for payload in payloads)


def interaction(
    asked: bytes = b"",
    answer: str | bytes = "{}",
    *,
    url: str = f"https://api.openai.com{CHAT}",
    method: str = "POST",
    code: int = 200,
    headers: Mapping[str, Sequence[str]] = JSON,
    **response: Any,
) -> dict[str, Any]:
    """One exchange; `response` holds further fields of the recorded response."""
    return {
        "request": {"body": asked.decode(), "headers": {}, "url": url, "method": method},
        "response": {
            "body": answer,
            "headers": {name: list(values) for name, values in headers.items()},
            "code": code,
            **response,
        },
    }


def write(folder: Path, name: str, *interactions: Mapping[str, Any]) -> Path:
    """Write the cassette `name` below `folder`; return its file."""
    file = folder / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    listed = [{"id": at, **fields} for at, fields in enumerate(interactions)]
    tree = {"version": 2, "interactions": listed}
    text = yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    return file
