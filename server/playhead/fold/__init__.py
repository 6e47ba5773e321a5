"""A recorded stream folded into the plain answer its provider would have given.

Folding never fails. Comments, `[DONE]`, unknown events and what is no JSON are passed over; a
stream that was cut gives what had come; an error inside it stands in the answer's `error`.
A grammar is a function from the events of one stream to the answer; it builds on the events it is
given, which are read afresh for every fold.
"""

from collections.abc import Callable
from typing import TypeAlias

from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.fold.chat_chunks import fold_chat
from playhead.fold.cloudflare_events import fold_cloudflare
from playhead.fold.cohere_events import fold_cohere
from playhead.fold.completion_chunks import fold_completion
from playhead.fold.converse_events import fold_converse
from playhead.fold.gemini_chunks import fold_gemini
from playhead.fold.invoke_chunks import fold_invoke
from playhead.fold.media_events import fold_audio, fold_images
from playhead.fold.message_events import fold_message
from playhead.fold.ollama_lines import fold_ollama
from playhead.fold.received import events
from playhead.fold.response_events import fold_response
from playhead.lenient import Json

_Fold: TypeAlias = Callable[[list[dict[str, Json]]], dict[str, Json]]

_FOLDS: dict[str, _Fold] = {
    "chat.completions": fold_chat,
    "responses": fold_response,
    "responses.item": fold_response,
    "completions": fold_completion,
    "images": fold_images,
    "audio": fold_audio,
    "messages": fold_message,
    "generateContent": fold_gemini,
    "streamGenerateContent": fold_gemini,
    "rawPredict": fold_invoke,
    "streamRawPredict": fold_invoke,
    "invoke": fold_invoke,
    "invoke-with-response-stream": fold_invoke,
    "converse-stream": fold_converse,
    "cohere.chat": fold_cohere,
    "ollama.chat": fold_ollama,
    "ollama.generate": fold_ollama,
    "ai.run": fold_cloudflare,
}


def fold(interaction: Interaction) -> dict[str, Json] | None:
    """Return the plain answer that the stream of `interaction` amounts to, as a JSON value.

    None where the response is no stream, is one of an operation that no grammar is known of, or
    holds no event of it.
    """
    folding = _FOLDS.get(recorded_route(interaction).operation)
    received = events(interaction.response) if folding else []
    return (folding(received) or None) if folding and received else None
