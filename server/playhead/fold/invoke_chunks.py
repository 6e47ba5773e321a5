"""What a cloud streams of a model in its own dialect: Bedrock's invoke, Vertex' rawPredict.

The events tell whose they are. Forms: AWS, "Inference request parameters and response fields".
"""

from playhead.fold.chat_chunks import fold_chat
from playhead.fold.cohere_events import fold_cohere
from playhead.fold.completion_chunks import fold_completion
from playhead.fold.converse_events import fold_converse
from playhead.fold.message_events import fold_message
from playhead.lenient import Json, mappings, text

_METRICS = "amazon-bedrock-invocationMetrics"
_COHERE = ("message-", "content-", "tool-")
_TEXTS = ("generation", "completion", "text", "outputText")


def fold_invoke(events: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the plain answer of the model whose events these are.

    Anthropic, Cohere, Nova, Titan, Llama, Mistral, and what speaks as OpenAI; of any other, the
    texts joined and the last that was given of all else. Bedrock's own metrics are left out.
    """
    own = [{name: event[name] for name in event if name != _METRICS} for event in events]
    names = {name for event in own for name in event}
    if any(text(event.get("type")).startswith(("message_", "content_block")) for event in own):
        return fold_message(own)
    if _is_cohere(own):
        return fold_cohere(own)
    if names & {"messageStart", "contentBlockDelta"}:
        return fold_converse(own)
    if "choices" in names:
        deltas = [choice for event in own for choice in mappings(event.get("choices"))]
        return fold_chat(own) if any("delta" in each for each in deltas) else fold_completion(own)
    if "outputs" in names:
        return {
            "outputs": [_joined([each for event in own for each in mappings(event.get("outputs"))])]
        }
    return _titan(own) if "outputText" in names else _joined(own)


def _is_cohere(events: list[dict[str, Json]]) -> bool:
    return any(
        "event_type" in event or text(event.get("type")).startswith(_COHERE) for event in events
    )


def _joined(pieces: list[dict[str, Json]]) -> dict[str, Json]:
    whole: dict[str, Json] = {}
    for piece in pieces:
        for name, value in piece.items():
            if name in _TEXTS:
                whole[name] = text(whole.get(name)) + text(value)
            elif value is not None:
                whole[name] = value
    return whole


def _titan(events: list[dict[str, Json]]) -> dict[str, Json]:
    whole = _joined(events)
    whole.pop("index", None)
    result = {
        "tokenCount": whole.pop("totalOutputTextTokenCount", None),
        "outputText": whole.pop("outputText"),
        "completionReason": whole.pop("completionReason", None),
    }
    return {**whole, "results": [result]}
