"""How far two conversations are the same, and what the first turn is that is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playhead.areas import element, role_of
from playhead.difference import Change, Difference, path

LISTS = ("messages", "input", "contents", "chat_history")
"""Where the turns of a conversation stand, over all dialects."""

_RESULTS = frozenset({"tool_result", "toolResult", "functionResponse", "function_response"})
_CALLS = frozenset({"tool_use", "toolUse", "functionCall", "function_call", "tool_calls"})
_ROLES = {
    "system": "system prompt",
    "developer": "system prompt",
    "user": "user's message",
    "assistant": "assistant's message",
    "model": "model's message",
    "chatbot": "assistant's message",
    "tool": "tool result",
    "function": "tool result",
}
_TYPES = {
    "function_call": "tool call",
    "function_call_output": "tool result",
    "reasoning": "reasoning",
    "item_reference": "reference to an item",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """The first turn at which a request leaves a recorded conversation.

    `place` is its path, `who` what it is, such as `tool result`, and `how` what became of it:
    `differs`, `is new`, `is missing`, or `are in another order` for the turns as a whole. `alike`
    is how many turns before it are the same.
    """

    place: str
    alike: int
    who: str
    how: str

    def __str__(self) -> str:
        if not self.who:
            return f"the {self.place} {self.how}"
        if not self.alike:
            return f"{self.place}, the {self.who}, {self.how}"
        return f"the same up to {self.place}; there the {self.who} {self.how}"


_HOW = {
    Change.CHANGED: "differs",
    Change.ADDED: "is new",
    Change.REMOVED: "is missing",
    Change.REORDERED: "are in another order",
}


def turning(differences: Sequence[Difference], recorded: Any, sent: Any) -> Turning | None:
    """Return where a request leaves the recorded conversation.

    None where all that was said is the same, or where there is no list of turns.
    """
    found = [place for place in differences if place.steps and place.steps[0] in LISTS]
    whole = [place for place in found if len(place.steps) == 1]
    if whole:
        if whole[0].change is not Change.REORDERED:
            return None
        return Turning(place=whole[0].path, alike=0, who="", how=_HOW[Change.REORDERED])
    if not found:
        return None
    first = min(found, key=_index)
    is_turn = len(first.steps) == 2
    turn = element(recorded if first.change is Change.REMOVED and is_turn else sent, first.steps)
    return Turning(
        place=path(first.steps[:2]),
        alike=_index(first),
        who=who(turn),
        how=_HOW[first.change] if is_turn else _HOW[Change.CHANGED],
    )


def _index(place: Difference) -> int:
    at = place.steps[1]
    return at if isinstance(at, int) else 0


def who(turn: Any) -> str:
    """Return what one turn is: `tool result`, `user's message` and the like."""
    if not isinstance(turn, dict):
        return "input"
    kind = turn.get("type")
    if isinstance(kind, str) and kind in _TYPES:
        return _TYPES[kind]
    parts = _kinds(turn)
    if parts & _RESULTS:
        return "tool result"
    if (parts & _CALLS and not turn.get("content")) or parts & _CALLS - {"tool_calls"}:
        return "tool call"
    return _ROLES.get(role_of(turn).lower(), "message")


def _kinds(turn: dict[str, Any]) -> set[str]:
    """The kinds of content a turn holds: by a part's type, or by the one name it has."""
    kinds = {name for name in ("tool_calls", "function_call") if turn.get(name)}
    for name in ("content", "parts"):
        parts = turn.get(name)
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                kinds |= set(part) & (_RESULTS | _CALLS)
                kinds.add(str(part.get("type", "")))
    return kinds
