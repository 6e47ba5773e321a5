"""Cohere's chat: version 2, which resembles OpenAI's, and version 1, which does not."""

from playhead.lenient import Json, first, mapping, mappings
from playhead.transcript.chat import tell_chat_request
from playhead.transcript.parts import content
from playhead.transcript.turns import Transcript


def tell_cohere_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell the messages; of version 1 the preamble, the history and the message."""
    told.say("system", content(asked.get("preamble")))
    for message in mappings(asked.get("chat_history")):
        told.say(_role(message), content(message.get("message")))
        _first_tools(told, message)
    told.say("user", content(asked.get("message")))
    _first_tools(told, asked)
    tell_chat_request(told, asked)


def tell_cohere_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell the message, its plan and its calls, why it ended and what it cost."""
    message = mapping(answered.get("message"))
    told.say("reasoning", content(first({**answered, **message}, "tool_plan")))
    parts = message.get("content")
    for each in mappings(parts):
        told.say("reasoning" if each.get("type") == "thinking" else "assistant", content([each]))
    told.say("assistant", parts if isinstance(parts, str) else content(answered.get("text")))
    for call in mappings(message.get("tool_calls")):
        function = mapping(call.get("function"))
        told.call(function.get("name"), function.get("arguments"), call.get("id"))
    _first_tools(told, answered)
    told.end(answered.get("finish_reason"))
    usage = mapping(answered.get("usage") or answered.get("meta"))
    tokens = mapping(usage.get("tokens") or usage.get("billed_units"))
    cached = usage.get("cached_tokens")
    told.count(tokens.get("input_tokens"), tokens.get("output_tokens"), cached=cached)


def _first_tools(told: Transcript, holder: dict[str, Json]) -> None:
    """The calls of version 1, which have no ids, and their results."""
    for call in mappings(holder.get("tool_calls")):
        told.call(call.get("name"), call.get("parameters"))
    for result in mappings(holder.get("tool_results")):
        told.say("tool", content(result.get("outputs")))


def _role(message: dict[str, Json]) -> str:
    return str(message.get("role", "?")).lower()
