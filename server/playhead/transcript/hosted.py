"""Models that a cloud serves in their own dialect: Bedrock, Vertex, Cloudflare.

Their bodies tell whose dialect it is.
"""

from playhead.lenient import Json, first, mapping, mappings, pretty, text
from playhead.transcript.chat import tell_chat_answer, tell_chat_request
from playhead.transcript.converse import tell_converse_answer, tell_converse_request
from playhead.transcript.messages import tell_message_answer, tell_message_request
from playhead.transcript.turns import Transcript


def tell_hosted_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell a request of Anthropic's, Nova's or OpenAI's form, or one with a mere prompt."""
    if "anthropic_version" in asked:
        tell_message_request(told, asked)
    elif "schemaVersion" in asked or "inferenceConfig" in asked:
        tell_converse_request(told, asked)
    elif "messages" in asked:
        tell_chat_request(told, asked)
    else:
        prompt = first(asked, "prompt", "inputText", "message", "text", "input")
        told.say("prompt" if prompt else "request", text(prompt) or pretty(asked))


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
    else:
        _tell_text(told, answered)


def _tell_text(told: Transcript, answered: dict[str, Json]) -> None:
    """Llama's, Titan's, Mistral's, Cohere's and Cloudflare's forms of a text; else all of it."""
    listed = first(answered, "results", "outputs", "generations", "choices")
    answers = mappings(listed) or [answered]
    for each in answers:
        said = first(each, "outputText", "generation", "text", "completion", "response")
        told.say("assistant", text(said) or pretty(each))
        told.end(first(each, "completionReason", "stop_reason", "finish_reason"))
    usage = {**answered, **mapping(answered.get("usage")), **answers[0]}
    told.count(
        first(usage, "prompt_token_count", "inputTextTokenCount", "prompt_tokens"),
        first(usage, "generation_token_count", "tokenCount", "completion_tokens"),
    )
