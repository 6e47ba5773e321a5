"""The synthetic recordings of Bedrock's Converse."""

from typing import Any

from sdk import forms
from support.oracle import Recorded


def converses() -> list[Recorded]:
    """A plain answer and a stream, of text and of a tool call."""
    path = f"/model/{forms.CLAUDE.replace(':', '%3A')}/converse"
    asked = {
        "messages": [{"role": "user", "content": [{"text": forms.PROMPT}]}],
        "inferenceConfig": {"maxTokens": 100},
    }
    spec = {"name": "weather", "inputSchema": {"json": {"type": "object"}}}
    with_tool = {**asked, "toolConfig": {"tools": [{"toolSpec": spec}]}}
    call = {"toolUseId": "t1", "name": "weather"}
    texts = [{"text": piece} for piece in forms.TEXT]
    pieces = [{"toolUse": {"input": piece}} for piece in forms.PIECES]
    begun = [("contentBlockStart", {"contentBlockIndex": 0, "start": {"toolUse": call}})]
    said = [{"text": "".join(forms.TEXT)}]
    called = [{"toolUse": {**call, "input": forms.CITY}}]
    stream = f"{path}-stream"
    text, tool = _converse(said, "end_turn"), _converse(called, "tool_use")
    text_frames = _converse_frames([], texts, "end_turn")
    tool_frames = _converse_frames(begun, pieces, "tool_use")
    return [
        forms.made("converse-plain", path, asked, text, forms.JSON_TYPE),
        forms.made("converse-tool", path, with_tool, tool, forms.JSON_TYPE),
        forms.made("converse-stream", stream, asked, text_frames, forms.FRAMES_TYPE),
        forms.made("converse-tool-stream", stream, with_tool, tool_frames, forms.FRAMES_TYPE),
    ]


_CONVERSE_END = {
    "usage": {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18},
    "metrics": {"latencyMs": 5},
}


def _converse(content: list[Any], stop: str) -> bytes:
    message = {"role": "assistant", "content": content}
    return forms.as_json({"output": {"message": message}, "stopReason": stop, **_CONVERSE_END})


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
    return b"".join(forms.frame_of(kind, fields) for kind, fields in events)
