"""What counts of a request body at each tier looser than exact.

The tables say which fields SDKs add by themselves, which describe tools, and where a
conversation stands; whoever finds another adds it there.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

_Body: TypeAlias = dict[str, Any]

# `encoding_format` is not among them: it says how an answer's numbers are spelled.
ADDED = frozenset({
    "max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens", "maxTokens",
    "max_tokens_to_sample", "num_predict", "stream_options", "store", "service_tier",
})  # fmt: skip
"""Limits and transport that SDKs set by themselves, whatever their value."""

ADDED_BELOW = ("generationConfig", "generation_config", "inferenceConfig", "options")
"""The objects in which some providers keep them."""

DEFAULTS: _Body = {
    "n": 1,
    "temperature": 1,
    "top_p": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "logprobs": False,
    "background": False,
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "truncation": "disabled",
    "modalities": ["text"],
    "response_format": {"type": "text"},
    "text": {"format": {"type": "text"}},
}
"""What OpenAI's reference calls the default: to send it is to say nothing."""

TOOLS = frozenset({
    "tools", "tool_choice", "functions", "function_call", "toolConfig", "tool_config",
    "parallel_tool_calls",
})  # fmt: skip
"""What describes tools and the choice among them."""

SAID = ("messages", "input", "contents", "prompt", "message", "chat_history", "tool_results")
"""Where a conversation stands."""

KEPT = ("model", "stream", "previous_response_id", "conversation", "context", "suffix", "image",
        "images", "models", "cachedContent", "documents", "conversation_id", *SAID)  # fmt: skip
"""All that counts of a conversation.

`context`, `suffix` and `images` are Ollama's, `models` OpenRouter's, `cachedContent` Gemini's,
`documents` and `conversation_id` Cohere's.
"""

SYSTEM = ("system", "developer")
"""The roles whose messages do not count."""

_TEXT_PARTS = ("text", "input_text", "output_text")

CONVERSATIONS = frozenset({
    "chat.completions", "responses", "completions", "messages", "generateContent",
    "streamGenerateContent", "rawPredict", "streamRawPredict", "invoke",
    "invoke-with-response-stream", "converse", "converse-stream", "cohere.chat", "ollama.chat",
    "ollama.generate", "ai.run",
})  # fmt: skip
"""The operations that hold a conversation; of others only the defaults are let go.

An embedding holds none, and to count the tokens of one counts what is left out here.
"""


def without_defaults(body: _Body) -> _Body:
    """Return `body` without the fields that SDKs add by themselves, texts in one spelling.

    A lone text part is the same as its text, a null or empty field the same as none.
    """
    kept = {name: member for name, member in body.items() if not _is_default(name, member)}
    for name in ADDED_BELOW:
        if isinstance(kept.get(name), dict):
            kept[name] = {inner: m for inner, m in kept[name].items() if inner not in ADDED}
            if not kept[name]:
                del kept[name]
    if "system" in kept:
        kept["system"] = _one_text(kept["system"])
    if isinstance(kept.get("input"), str):
        kept["input"] = [{"role": "user", "content": kept["input"]}]
    for name in ("messages", "input"):
        if isinstance(kept.get(name), list):
            kept[name] = [_plain_message(message) for message in kept[name]]
    return kept


def without_tools(body: _Body) -> _Body:
    """Return `body` without defaults and without all that describes tools."""
    kept = without_defaults(body)
    return {name: member for name, member in kept.items() if name not in TOOLS}


def conversation(body: _Body) -> _Body | None:
    """Return model, stream and what was said, system prompts left out; None for nothing said.

    The loosest key that found no wrong cassette in real drift; without the model many do.
    """
    whole = without_defaults(body)
    kept = {name: member for name, member in whole.items() if name in KEPT}
    for name in SAID:
        if isinstance(kept.get(name), list):
            kept[name] = [each for each in kept[name] if not _is_system(each)]
    return kept if any(kept.get(name) for name in SAID) else None


PROJECTIONS: dict[str, Callable[[_Body], _Body | None]] = {
    "defaults": without_defaults,
    "tools": without_tools,
    "conversation": conversation,
}
"""The fallbacks by name, each looser than the one before."""


def projected(body: Any, operation: str, fallback: str) -> Any:
    """Return what counts of `body` under `fallback`; None where that does not apply to it.

    It applies to no operation that is only a path: there a field of the same name may mean
    anything.
    """
    if not isinstance(body, dict) or operation.startswith("/"):
        return None
    if fallback != "defaults" and operation not in CONVERSATIONS:
        return None
    return PROJECTIONS[fallback](body)


def _is_default(name: str, member: Any) -> bool:
    if member is None or member == [] or member == {} or name in ADDED:
        return True
    default = DEFAULTS.get(name)
    return default is not None and member == default and type(member) is type(default)


def _plain_message(message: Any) -> Any:
    if not isinstance(message, dict):
        return message
    plain = {name: member for name, member in message.items() if member is not None}
    if plain.get("type") == "message":
        del plain["type"]
    if "content" in plain:
        plain["content"] = _one_text(plain["content"])
    return plain


def _one_text(content: Any) -> Any:
    if isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict):
        part = content[0]
        if part.keys() == {"type", "text"} and part["type"] in _TEXT_PARTS:
            return part["text"]
    return content


def _is_system(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") in SYSTEM
