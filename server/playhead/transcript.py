"""An interaction as a conversation a person can read: who said what, and how it ended.

Reading is forgiving: a recorded body may hold anything, and what is not understood is shown as
it is rather than not at all.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from playhead import sse
from playhead.cassette import Interaction, Response
from playhead.dialects import recorded_route

_Json: TypeAlias = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One contribution: `role` says whose, `text` what."""

    role: str
    text: str


@dataclass(slots=True, kw_only=True)
class Transcript:
    """A whole interaction; `ending` holds how it ended: finish reason, tokens, an error."""

    turns: list[Turn] = field(default_factory=list)
    ending: list[str] = field(default_factory=list)

    def say(self, role: str, text: str | None) -> None:
        """Add a turn, unless there is nothing in it."""
        if text:
            self.turns.append(Turn(role=role, text=text))


def transcript(interaction: Interaction) -> Transcript:
    """Return `interaction` as a conversation; for an unknown operation, its two bodies."""
    told = Transcript()
    request, response = interaction.request, interaction.response
    operation = recorded_route(interaction).operation
    asked = _json(request.body)
    tellers = _TELLERS.get(operation)
    if tellers is None or not isinstance(asked, dict):
        told.say("request", _as_text(request.body))
        told.say("response", _as_text(response.body))
        return told
    tell_request, tell_response = tellers
    tell_request(told, asked)
    answered = _json(response.body)
    if response.status >= 400 or (answered is None and not sse.looks_like_events(response.body)):
        told.say("error" if response.status >= 400 else "response", _as_text(response.body))
        return told
    tell_response(told, answered, events(response))
    return told


def events(response: Response) -> list[_Json]:
    """Return the JSON payloads of a stream's events; what is no JSON, `[DONE]` say, is left out."""
    payloads = (sse.data(event) for event in sse.split(response.body))
    values = (_json(payload) for payload in payloads if payload is not None)
    return [value for value in values if isinstance(value, dict)]


def _chat_request(told: Transcript, asked: _Json) -> None:
    for message in _dicts(asked.get("messages")):
        told.say(str(message.get("role", "?")), _content(message.get("content")))
        for call in _dicts(message.get("tool_calls")):
            told.say("tool call", _call(call.get("function"), call.get("id")))


def _chat_response(told: Transcript, answered: _Json, chunks: list[_Json]) -> None:
    if isinstance(answered, dict):
        for choice in _dicts(answered.get("choices")):
            message = _dict(choice.get("message"))
            told.say("reasoning", _reasoning(message))
            told.say("assistant", _content(message.get("content")))
            for call in _dicts(message.get("tool_calls")):
                told.say("tool call", _call(call.get("function"), call.get("id")))
            _end(told, choice.get("finish_reason"))
        _count(told, answered.get("usage"))
        return
    _chat_stream(told, chunks)


def _chat_stream(told: Transcript, chunks: list[_Json]) -> None:
    text, reasoning, finish, usage = "", "", None, None
    calls: dict[str, dict[str, str]] = {}
    for chunk in chunks:
        usage = chunk.get("usage") or usage
        for choice in _dicts(chunk.get("choices")):
            delta = _dict(choice.get("delta"))
            text += _content(delta.get("content"))
            reasoning += _reasoning(delta)
            finish = choice.get("finish_reason") or finish
            for call in _dicts(delta.get("tool_calls")):
                function = _dict(call.get("function"))
                whole = calls.setdefault(
                    str(call.get("index", 0)), {"id": "", "name": "", "arguments": ""}
                )
                whole["id"] += _content(call.get("id"))
                whole["name"] += _content(function.get("name"))
                whole["arguments"] += _content(function.get("arguments"))
    told.say("reasoning", reasoning)
    told.say("assistant", text)
    for call in calls.values():
        told.say("tool call", _call(call, call["id"]))
    _end(told, finish)
    _count(told, usage)


def _responses_request(told: Transcript, asked: _Json) -> None:
    told.say("instructions", _content(asked.get("instructions")))
    if isinstance(asked.get("input"), str):
        told.say("user", asked["input"])
    for item in _dicts(asked.get("input")):
        _responses_item(told, item)


def _responses_item(told: Transcript, item: dict[str, _Json]) -> None:
    match item.get("type", "message"):
        case "message":
            told.say(str(item.get("role", "?")), _content(item.get("content")))
        case "function_call":
            told.say("tool call", _call(item, item.get("call_id")))
        case "function_call_output":
            told.say("tool", _content(item.get("output")))
        case "reasoning":
            told.say("reasoning", _content(item.get("summary")))
        case kind:
            told.say(str(kind), _pretty(item))


def _responses_response(told: Transcript, answered: _Json, received: list[_Json]) -> None:
    whole = answered
    for event in received:
        if str(event.get("type", "")).startswith("response.") and "response" in event:
            whole = event["response"]
    whole = _dict(whole)
    for item in _dicts(whole.get("output")):
        _responses_item(told, item)
    _end(told, whole.get("status"))
    _count(told, whole.get("usage"))


_Teller: TypeAlias = tuple[
    Callable[[Transcript, _Json], None], Callable[[Transcript, _Json, list[_Json]], None]
]
_TELLERS: dict[str, _Teller] = {
    "chat.completions": (_chat_request, _chat_response),
    "responses": (_responses_request, _responses_response),
}


def _content(content: _Json) -> str:
    """The text of a message: a string, or a list of parts, of which only text is text."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(_part(part) for part in content)
    return _pretty(content)


def _part(part: _Json) -> str:
    if not isinstance(part, dict):
        return _pretty(part)
    for name in ("text", "refusal"):
        if isinstance(part.get(name), str):
            return str(part[name])
    return f"[{part.get('type', 'part')}, {len(_pretty(part))} characters]"


def _reasoning(message: dict[str, _Json]) -> str:
    """What providers call it: DeepSeek and others `reasoning_content`, OpenRouter `reasoning`."""
    return _content(message.get("reasoning_content") or message.get("reasoning"))


def _call(function: _Json, identifier: _Json) -> str:
    function = _dict(function)
    return f"{function.get('name')}({function.get('arguments', '')})  [{identifier}]"


def _end(told: Transcript, reason: _Json) -> None:
    if reason:
        told.ending.append(f"finish: {reason}")


def _count(told: Transcript, usage: _Json) -> None:
    usage = _dict(usage)
    sent = usage.get("prompt_tokens", usage.get("input_tokens"))
    received = usage.get("completion_tokens", usage.get("output_tokens"))
    if sent is not None or received is not None:
        told.ending.append(f"tokens: {sent} in, {received} out")


def _json(body: bytes) -> _Json:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _as_text(body: bytes) -> str:
    value = _json(body)
    if value is not None:
        return _pretty(value)
    try:
        return body.decode()
    except UnicodeDecodeError:
        return f"[{len(body)} bytes that are not text]"


def _pretty(value: _Json) -> str:
    try:
        return json.dumps(value, indent=2, ensure_ascii=False)
    except RecursionError:  # pragma: no cover - at which depth hangs on the version and the stack
        return "[nested too deeply to be shown]"


def _dict(value: _Json) -> dict[str, _Json]:
    return value if isinstance(value, dict) else {}


def _dicts(value: _Json) -> Iterator[dict[str, _Json]]:
    return (
        (member for member in value if isinstance(member, dict))
        if isinstance(value, list)
        else iter(())
    )
