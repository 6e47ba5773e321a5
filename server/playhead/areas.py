"""What a place in a request is for: a default of the client, the tools, the conversation, an id."""

from enum import Enum
from typing import Any

from playhead import fallbacks
from playhead.difference import URL_PATH, Change, Difference, Steps

CONVERSATIONS = ("messages", "input", "contents", "chat_history", "prompt", "message", "inputText")
"""The members that hold what was said, over all dialects."""

_SYSTEM = frozenset({
    "system", "instructions", "systemInstruction", "system_instruction", "preamble",
})  # fmt: skip
IDS = frozenset({
    "id", "tool_call_id", "call_id", "tool_use_id", "toolUseId", "toolCallId", "item_id",
    "previous_response_id", "response_id", "file_id", "signature", "thoughtSignature",
    "thought_signature", "encrypted_content", "reasoning_signature", "approval_request_id",
})  # fmt: skip
_SYSTEM_ROLES = ("system", "developer")


class Part(Enum):
    """What a place in a request is for."""

    MODEL = "model"
    STREAM = "stream"
    DEFAULT = "default"
    """Something clients set by themselves, such as `max_tokens`."""
    TOOLS = "tools"
    SYSTEM = "system prompt"
    CONVERSATION = "conversation"
    ID = "id"
    """What a provider made up, and the client sends back."""
    OTHER = "other"


CLIENT_PARTS = frozenset({Part.DEFAULT, Part.TOOLS})
"""What drifts with the version of a client, while nobody asks for anything else."""


def part(difference: Difference, body: Any) -> Part:
    """Return what the place of a difference is for; `body` is the side that holds the place."""
    steps = difference.steps
    if not steps or isinstance(steps[0], int):
        return Part.MODEL if difference.place == URL_PATH else Part.OTHER
    if difference.change is Change.CHANGED and steps[-1] in IDS:
        return Part.ID
    if steps[0] in ("model", "stream"):
        return Part(steps[0])
    if _is_let_go(difference, fallbacks.without_defaults):
        return Part.DEFAULT
    if _is_let_go(difference, fallbacks.without_tools):
        return Part.TOOLS
    return _said(steps, body)


def _is_let_go(difference: Difference, without: Any) -> bool:
    """Whether a body of this place alone would be the same on both sides."""
    recorded = _alone(difference.steps, difference.recorded)
    sent = _alone(difference.steps, difference.sent)
    nothing: dict[str, Any] = {}
    kept_recorded = without(nothing if difference.change is Change.ADDED else recorded)
    kept_sent = without(nothing if difference.change is Change.REMOVED else sent)
    return bool(kept_recorded == kept_sent)


def _alone(steps: Steps, value: Any) -> Any:
    for step in reversed(steps):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _said(steps: Steps, body: Any) -> Part:
    if steps[0] in _SYSTEM:
        return Part.SYSTEM
    if steps[0] not in CONVERSATIONS:
        return Part.OTHER
    role = role_of(element(body, steps))
    return Part.SYSTEM if role in _SYSTEM_ROLES else Part.CONVERSATION


def element(body: Any, steps: Steps) -> Any:
    """Return the element of the list in `body` that `steps` lead through; None without one."""
    held = body.get(steps[0]) if isinstance(body, dict) and steps else None
    at = steps[1] if len(steps) > 1 else None
    if isinstance(held, list) and isinstance(at, int) and at < len(held):
        return held[at]
    return None


def role_of(message: Any) -> str:
    """Return whose message it is; empty where it does not say."""
    role = message.get("role") if isinstance(message, dict) else None
    return role if isinstance(role, str) else ""
