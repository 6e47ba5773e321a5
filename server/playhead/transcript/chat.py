"""OpenAI's chat completions, and the many that speak as they do; legacy completions, too."""

from playhead.lenient import Json, first, mapping, mappings, text
from playhead.transcript.parts import content, part, texts
from playhead.transcript.turns import Transcript, resulted
from playhead.transcript.written import note, size


def tell_chat_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell the messages of a chat."""
    for message in mappings(asked.get("messages")):
        told.say("reasoning", _reasoning(message))
        role, said = message.get("role", "?"), message.get("content")
        if message.get("tool_call_id"):
            told.say(role, resulted(content(said), message["tool_call_id"]))
        else:
            _content(told, role, said)
        _calls(told, message)


def tell_chat_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell the choices of a chat completion, and what it cost."""
    for choice in told.each_of(mappings(answered.get("choices"))):
        message = mapping(choice.get("message"))
        told.say("reasoning", _reasoning(message))
        _content(told, "assistant", message.get("content"))
        told.say("refusal", text(message.get("refusal")))
        _calls(told, message)
        _media(told, message)
        told.end(choice.get("finish_reason"))
    tell_usage(told, answered.get("usage"))


def tell_completion_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell the prompt of a legacy completion."""
    told.say("prompt", texts(asked.get("prompt")))
    told.say("suffix", text(asked.get("suffix")))


def tell_completion_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell the texts of a legacy completion."""
    for choice in told.each_of(mappings(answered.get("choices"))):
        told.say("completion", content(choice.get("text")))
        told.end(choice.get("finish_reason"))
    tell_usage(told, answered.get("usage"))


def tell_usage(told: Transcript, value: Json) -> None:
    """Tell OpenAI's two forms of usage: of chats, and of responses."""
    usage = mapping(value)
    sent = mapping(first(usage, "prompt_tokens_details", "input_tokens_details"))
    received = mapping(first(usage, "completion_tokens_details", "output_tokens_details"))
    told.count(
        usage.get("prompt_tokens", usage.get("input_tokens")),
        usage.get("completion_tokens", usage.get("output_tokens")),
        cached=first({**usage, **sent}, "cached_tokens", "prompt_cache_hit_tokens"),
        reasoned=received.get("reasoning_tokens"),
    )


def _content(told: Transcript, role: Json, value: Json) -> None:
    """Mistral's thoughts are parts of the content."""
    parts = [
        ("reasoning" if mapping(each).get("type") == "thinking" else role, part(each))
        for each in (value if isinstance(value, list) else ())
    ]
    told.say_mixed(role, parts or [(role, content(value))])


def _reasoning(message: dict[str, Json]) -> str:
    """What providers call it: DeepSeek and others `reasoning_content`, OpenRouter `reasoning`.

    OpenRouter's `reasoning_details` repeat that, where it is there.
    """
    said = content(message.get("reasoning_content") or message.get("reasoning"))
    details = mappings(message.get("reasoning_details"))
    return said or "\n".join(_detail(each) for each in details)


def _detail(detail: dict[str, Json]) -> str:
    said = text(first(detail, "text", "summary"))
    return said or note("encrypted", size(detail.get("data")))


def _calls(told: Transcript, message: dict[str, Json]) -> None:
    legacy = [{"function": message["function_call"]}] if message.get("function_call") else []
    for call in [*mappings(message.get("tool_calls")), *legacy]:
        function = mapping(call.get("function") or call.get("custom"))
        arguments = first(function, "arguments", "input")
        told.call(function.get("name"), "" if arguments is None else arguments, call.get("id"))


def _media(told: Transcript, message: dict[str, Json]) -> None:
    """Speech, and pictures as OpenRouter's models answer them."""
    audio = mapping(message.get("audio"))
    if audio:
        told.say("assistant", note("audio", size(audio.get("data"))))
        told.say("assistant", text(audio.get("transcript")))
    told.say("assistant", content(message.get("images")) if message.get("images") else "")
