"""A `chat.completion` as the `chat.completion.chunk`s that stream it.

The grammar of OpenAI's "Streaming" reference: a role, texts by the word, tool calls numbered and
their arguments by the word, a finish reason, and a last chunk without choices for the usage.
"""

from collections.abc import Iterator

from playhead.lenient import Json, mapping
from playhead.unfold.words import words

# What every chunk repeats; anything else stands in the first.
_REPEATED = ("id", "created", "model", "service_tier", "system_fingerprint", "provider")
# In the order in which models write them.
_TEXTS = ("reasoning_content", "reasoning", "content", "refusal")


def chat_chunks(completion: dict[str, Json], *, usage: bool) -> Iterator[dict[str, Json]]:
    """Yield the chunks of `completion`; those with its usage only where `usage` asks for it."""
    head: dict[str, Json] = {name: completion[name] for name in _REPEATED if name in completion}
    head["object"] = "chat.completion.chunk"
    counted = usage and "usage" in completion
    once = completion.keys() - {*_REPEATED, "object", "choices", "usage"}
    first = {name: completion[name] for name in completion if name in once}
    nothing_yet = {"usage": None} if counted else {}
    pieces = [[piece] for choice in completion["choices"] for piece in _pieces(choice)]
    for choices in pieces or [[]]:
        yield {**head, **first, "choices": choices, **nothing_yet}
        first = {}
    if counted:
        yield {**head, "choices": [], "usage": completion["usage"]}


def _pieces(choice: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """Each delta of a choice; what stands beside its message goes with the first or the last."""
    index = {"index": choice.get("index", 0)}
    beside = {name: choice[name] for name in choice if name not in ("index", "message")}
    finish = {"finish_reason": beside.pop("finish_reason", None)}
    logprobs = {"logprobs": None} if "logprobs" in beside else {}
    for delta in _deltas(mapping(choice.get("message"))):
        yield {**index, "delta": delta, "finish_reason": None, **beside}
        beside = logprobs
    yield {**index, "delta": {}, **beside, **finish}


def _deltas(message: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """The first is what comes whole, with an empty content as OpenAI sends it."""
    texts = [name for name in _TEXTS if isinstance(message.get(name), str) and message[name]]
    calls = message.get("tool_calls")
    calls = calls if isinstance(calls, list) and all(map(_is_call, calls)) else []
    one_call = message.get("function_call")
    later = {*texts, *(("tool_calls",) if calls else ())}
    later |= {"function_call"} if _has_arguments(one_call) else set()
    whole = {name: message[name] for name in message if name not in later}
    yield {**whole, "content": ""} if "content" in texts else whole
    for name in texts:
        yield from ({name: word} for word in words(message[name]))
    for at, call in enumerate(calls):
        yield from ({"tool_calls": [{"index": at, **piece}]} for piece in _call(call))
    if "function_call" in later:
        yield from ({"function_call": piece} for piece in _arguments(mapping(one_call)))


def _is_call(call: Json) -> bool:
    return isinstance(call, dict)


def _has_arguments(function: Json) -> bool:
    return isinstance(mapping(function).get("arguments"), str)


def _call(call: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """A call's name and identifier, then its arguments; one of an unknown kind comes whole."""
    call = {name: value for name, value in call.items() if name != "index"}
    if not _has_arguments(call.get("function")):
        yield call
        return
    start, *rest = _arguments(call["function"])
    yield {**call, "function": start}
    yield from ({"function": piece} for piece in rest)


def _arguments(function: dict[str, Json]) -> Iterator[dict[str, Json]]:
    yield {**function, "arguments": ""}
    yield from ({"arguments": word} for word in words(function["arguments"]))
