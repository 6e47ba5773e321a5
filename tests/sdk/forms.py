"""What all synthetic recordings are made of."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from support.aws import frame
from support.oracle import Recorded

ROOT = Path("synthetic")
PROMPT = "What is the weather in Zürich?"
TEXT = ("Sunny — ", "22 °C ☀️\n", "in Zürich")
CITY = {"city": "Zürich", "days": 2}
# Arguments come in pieces that are no JSON by themselves.
PIECES = ("", '{"city": "Zür', 'ich", "days"', ": 2}")

JSON_TYPE, EVENT_TYPE = "application/json", "text/event-stream; charset=utf-8"
FRAMES_TYPE = "application/vnd.amazon.eventstream"
CLAUDE = "anthropic.claude-haiku-4-5-20251001-v1:0"


def made(name: str, target: str, asked: dict[str, Any], answer: bytes, kind: str) -> Recorded:
    """A recording named `name`, of an answer of content type `kind`."""
    return Recorded(
        file=ROOT / f"{name}.yaml",
        id=0,
        method="POST",
        url=f"https://recorded.example{target}",
        request_headers=(),
        request_body=as_json(asked),
        status=200,
        headers=(("Content-Type", kind),),
        body=answer,
    )


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def sse(events: Iterable[Any], *, named: bool = False, end: bytes = b"\n") -> bytes:
    """Server-sent events; with `named`, each has a line that tells its type."""
    return b"".join(
        (b"event: " + event["type"].encode() + end if named else b"")
        + b"data: " + as_json(event) + end + end
        for event in events
    )  # fmt: skip


def frame_of(kind: str, payload: object) -> bytes:
    """One event of an AWS event stream."""
    names = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return frame(as_json(payload), names)
