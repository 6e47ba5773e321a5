"""Models that a cloud serves in their own dialect: Bedrock, Vertex, Cloudflare.

Their bodies tell whose dialect it is.
"""

from playhead.lenient import Json, first, mapping, mappings, text
from playhead.transcript.chat import tell_chat_answer, tell_chat_request
from playhead.transcript.cohere import tell_cohere_answer, tell_cohere_request
from playhead.transcript.converse import tell_converse_answer, tell_converse_request
from playhead.transcript.messages import tell_message_answer, tell_message_request
from playhead.transcript.parts import content
from playhead.transcript.turns import Transcript
from playhead.transcript.written import note, size, written

_ANTHROPIC = {"anthropic_version", "system"}
_ANTHROPIC_BLOCKS = {"tool_use", "tool_result", "thinking", "image", "document"}
_COHERE = {"message", "chat_history", "preamble", "tool_results"}


def tell_hosted_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell a request of Anthropic's, Nova's, Cohere's or OpenAI's form, or a mere prompt."""
    if _is_converse(asked):
        tell_converse_request(told, asked)
    elif _is_message(asked):
        tell_message_request(told, asked)
    elif asked.keys() & _COHERE:
        tell_cohere_request(told, asked)
    elif "messages" in asked:
        tell_chat_request(told, asked)
    else:
        prompt = first(asked, "prompt", "inputText", "text", "input")
        told.say("prompt" if prompt else "request", text(prompt) or written(asked))


def _is_message(asked: dict[str, Json]) -> bool:
    """Anthropic's version may be missing where a gateway adds it; the system prompt then tells."""
    kinds = {text(each.get("type")) for each in _blocks(asked)}
    marked = bool(asked.keys() & _ANTHROPIC or kinds & _ANTHROPIC_BLOCKS)
    return "messages" in asked and marked


def _is_converse(asked: dict[str, Json]) -> bool:
    """Nova's blocks are named by what they hold, and have no type."""
    blocks = _blocks(asked)
    untyped = bool(blocks) and not any("type" in each for each in blocks)
    return "schemaVersion" in asked or "inferenceConfig" in asked or untyped


def _blocks(asked: dict[str, Json]) -> list[dict[str, Json]]:
    messages = mappings(asked.get("messages"))
    return [block for message in messages for block in mappings(message.get("content"))]


def tell_hosted_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell an answer of one of these forms, Cloudflare's envelope around it opened."""
    inner = answered.get("result")
    answered = inner if isinstance(inner, dict) else answered
    if isinstance(answered.get("content"), list):
        tell_message_answer(told, answered)
    elif "message" in mapping(answered.get("output")):
        tell_converse_answer(told, answered)
    elif any("message" in choice for choice in mappings(answered.get("choices"))):
        tell_chat_answer(told, answered)
    elif isinstance(answered.get("message"), dict) or isinstance(answered.get("text"), str):
        tell_cohere_answer(told, answered)
    else:
        _tell_text(told, answered)


def _tell_text(told: Transcript, answered: dict[str, Json]) -> None:
    """Llama's, Titan's, Mistral's and Cloudflare's forms of a text; else all of it.

    Cloudflare's models answer calls of tools beside it, Nova's and Titan's pictures in its place.
    """
    listed = first(answered, "results", "outputs", "generations", "choices")
    answers = mappings(listed) or [answered]
    for each in answers:
        before = len(told.turns)
        said = first(each, "outputText", "generation", "text", "completion", "response")
        told.say("assistant", content(said))
        _tell_beside(told, each)
        if len(told.turns) == before and "error" not in each:
            told.say("assistant", written(each))
        told.end(first(each, "completionReason", "stop_reason", "finish_reason"))
    _count(told, answered, answers[0])


def _tell_beside(told: Transcript, answered: dict[str, Json]) -> None:
    images = answered.get("images")
    for image in images if isinstance(images, list) else ():
        told.say("assistant", note("image", size(image)))
    for call in mappings(answered.get("tool_calls")):
        function = {**call, **mapping(call.get("function"))}
        told.call(function.get("name"), function.get("arguments"), call.get("id"))


def _count(told: Transcript, answered: dict[str, Json], answer: dict[str, Json]) -> None:
    usage = {**answered, **mapping(answered.get("usage")), **answer}
    told.count(
        first(usage, "prompt_token_count", "inputTextTokenCount", "prompt_tokens"),
        first(usage, "generation_token_count", "tokenCount", "completion_tokens"),
    )
