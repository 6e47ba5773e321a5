"""OpenAI's chat completions."""

from collections.abc import Sequence
from typing import Any

from sdk.wires.said import FIRST, PIECES, SECOND, TEXT, WEATHER


def asked(prompt: str) -> dict[str, Any]:
    function = {"name": "weather", "parameters": WEATHER}
    return {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": prompt}],
        "tools": [{"type": "function", "function": function}],
    }


_CHAT_USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def _chat(message: dict[str, Any], finish: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": None, **message},
                "finish_reason": finish,
            }
        ],
        "usage": _CHAT_USAGE,
    }


def _chunks(deltas: Sequence[dict[str, Any]], finish: str) -> list[dict[str, Any]]:
    shared = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-4o",
    }
    choices = [
        *({"index": 0, "delta": delta, "finish_reason": None} for delta in deltas),
        {"index": 0, "delta": {}, "finish_reason": finish},
    ]
    return [
        *({**shared, "choices": [choice]} for choice in choices),
        {**shared, "choices": [], "usage": _CHAT_USAGE},
    ]


def _function(arguments: str, **fields: str) -> dict[str, Any]:
    return {"type": "function", "function": {"arguments": arguments, **fields}}


ANSWERS = {
    "text": (
        _chat({"content": TEXT}, "stop"),
        _chunks(
            [{"role": "assistant", "content": ""}, *({"content": piece} for piece in PIECES)],
            "stop",
        ),
    ),
    "tool": (
        _chat(
            {"tool_calls": [{"id": "call_1", **_function(FIRST + SECOND, name="weather")}]},
            "tool_calls",
        ),
        _chunks(
            [
                {"role": "assistant", "content": None},
                {"tool_calls": [{"index": 0, "id": "call_1", **_function("", name="weather")}]},
                {"tool_calls": [{"index": 0, "function": {"arguments": FIRST}}]},
                {"tool_calls": [{"index": 0, "function": {"arguments": SECOND}}]},
            ],
            "tool_calls",
        ),
    ),
}
