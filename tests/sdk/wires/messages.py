"""Anthropic's messages."""

from collections.abc import Sequence
from typing import Any

from sdk.wires.said import FIRST, INPUT, PIECES, SECOND, TEXT, WEATHER


def asked(prompt: str) -> dict[str, Any]:
    return {
        "model": "claude-haiku-4-5",
        "max_tokens": 64,
        "messages": [{"role": "user", "content": prompt}],
        "tools": [{"name": "weather", "input_schema": WEATHER}],
    }


def _message(content: Sequence[dict[str, Any]], stop: str | None, tokens: int) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": list(content),
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 11, "output_tokens": tokens},
    }


def _message_events(
    block: dict[str, Any], deltas: Sequence[dict[str, Any]], stop: str
) -> list[dict[str, Any]]:
    return [
        {"type": "message_start", "message": _message([], None, 1)},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": stop, "stop_sequence": None},
            "usage": {"output_tokens": 7},
        },
        {"type": "message_stop"},
    ]


_TOOL_USE = {"type": "tool_use", "id": "toolu_1", "name": "weather"}

ANSWERS = {
    "text": (
        _message([{"type": "text", "text": TEXT}], "end_turn", 7),
        _message_events(
            {"type": "text", "text": ""},
            [{"type": "text_delta", "text": piece} for piece in PIECES],
            "end_turn",
        ),
    ),
    "tool": (
        _message([{**_TOOL_USE, "input": INPUT}], "tool_use", 7),
        _message_events(
            {**_TOOL_USE, "input": {}},
            [{"type": "input_json_delta", "partial_json": piece} for piece in ("", FIRST, SECOND)],
            "tool_use",
        ),
    ),
}
