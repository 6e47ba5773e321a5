"""Google's generateContent."""

from typing import Any

from sdk.wires.said import INPUT, MODEL, PIECES, TEXT, WEATHER


def asked(prompt: str) -> dict[str, Any]:
    return {
        "contents": [{"role": "user", "parts": [{"text": prompt}]}],
        "generationConfig": {"maxOutputTokens": 64},
        "tools": [{"functionDeclarations": [{"name": "weather", "parameters": WEATHER}]}],
    }


def _content(part: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": [part]}, "index": 0}
    usage = {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18}
    ended = {"candidates": [{**candidate, "finishReason": finish}], "usageMetadata": usage}
    return {
        **(ended if finish else {"candidates": [candidate]}),
        "modelVersion": MODEL,
        "responseId": "r1",
    }


_CALLED = {"functionCall": {"name": "weather", "args": INPUT}}

ANSWERS = {
    "text": (
        _content({"text": TEXT}, "STOP"),
        [
            *(_content({"text": piece}) for piece in PIECES[:-1]),
            _content({"text": PIECES[-1]}, "STOP"),
        ],
    ),
    "tool": (_content(_CALLED, "STOP"), [_content(_CALLED, "STOP")]),
}
