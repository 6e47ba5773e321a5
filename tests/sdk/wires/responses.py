"""OpenAI's responses."""

from typing import Any

from sdk.wires.said import FIRST, PIECES, SECOND, TEXT, WEATHER


def asked(prompt: str) -> dict[str, Any]:
    return {
        "model": "gpt-4o",
        "input": prompt,
        "tools": [
            {"type": "function", "name": "weather", "parameters": WEATHER, "strict": False},
        ],
    }


def _response(*output: dict[str, Any], status: str = "completed") -> dict[str, Any]:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": "gpt-4o",
        "output": list(output),
        "parallel_tool_calls": True,
        "tools": [],
        "usage": {
            "input_tokens": 11,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 7,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 18,
        },
    }


_PART: dict[str, Any] = {"type": "output_text", "text": TEXT, "annotations": []}
_EMPTY_PART = {**_PART, "text": ""}
_MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "status": "completed",
    "role": "assistant",
    "content": [_PART],
}
_FUNCTION_CALL = {
    "id": "fc_1",
    "type": "function_call",
    "status": "completed",
    "call_id": "call_1",
    "name": "weather",
    "arguments": FIRST + SECOND,
}


def _response_events(
    begun: dict[str, Any], done: dict[str, Any], *between: dict[str, Any]
) -> list[dict[str, Any]]:
    started = {**_response(status="in_progress"), "usage": None}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": started},
        {"type": "response.output_item.added", "output_index": 0, "item": {**done, **begun}},
        *({"output_index": 0, "item_id": done["id"], **event} for event in between),
        {"type": "response.output_item.done", "output_index": 0, "item": done},
        {"type": "response.completed", "response": _response(done)},
    ]
    return [{**event, "sequence_number": at} for at, event in enumerate(events)]


ANSWERS = {
    "text": (
        _response(_MESSAGE),
        _response_events(
            {"status": "in_progress", "content": []},
            _MESSAGE,
            {"type": "response.content_part.added", "content_index": 0, "part": _EMPTY_PART},
            *(
                {"type": "response.output_text.delta", "content_index": 0, "delta": piece}
                for piece in PIECES
            ),
            {"type": "response.output_text.done", "content_index": 0, "text": TEXT},
            {"type": "response.content_part.done", "content_index": 0, "part": _PART},
        ),
    ),
    "tool": (
        _response(_FUNCTION_CALL),
        _response_events(
            {"status": "in_progress", "arguments": ""},
            _FUNCTION_CALL,
            *(
                {"type": "response.function_call_arguments.delta", "delta": piece}
                for piece in (FIRST, SECOND)
            ),
            {"type": "response.function_call_arguments.done", "arguments": FIRST + SECOND},
        ),
    ),
}
