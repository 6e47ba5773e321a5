"""An interaction as a conversation a person can read: who said what, and how it ended.

Reading is forgiving: a recorded body may hold anything, and what is not understood is shown as
it is rather than not at all. A stream is folded first, so that one teller serves both.
"""

from collections.abc import Callable
from typing import TypeAlias

from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.fold import fold
from playhead.lenient import Json, parse
from playhead.transcript import (
    chat,
    cohere,
    converse,
    gemini,
    hosted,
    messages,
    ollama,
    predict,
    responses,
    tasks,
)
from playhead.transcript.plain import as_text, form_fields
from playhead.transcript.requested import requested
from playhead.transcript.turns import Transcript
from playhead.transcript.written import written

_Teller: TypeAlias = Callable[[Transcript, dict[str, Json]], None]

_CHAT = (chat.tell_chat_request, chat.tell_chat_answer)
_RESPONSE = (responses.tell_response_request, responses.tell_response_answer)
_MESSAGE = (messages.tell_message_request, messages.tell_message_answer)
_GEMINI = (gemini.tell_gemini_request, gemini.tell_gemini_answer)
_CONVERSE = (converse.tell_converse_request, converse.tell_converse_answer)
_OLLAMA = (ollama.tell_ollama_request, ollama.tell_ollama_answer)
_HOSTED = (hosted.tell_hosted_request, hosted.tell_hosted_answer)

_TELLERS: dict[str, tuple[_Teller, _Teller]] = {
    "chat.completions": _CHAT,
    "responses": _RESPONSE,
    "responses.item": _RESPONSE,
    "completions": (chat.tell_completion_request, chat.tell_completion_answer),
    "embeddings": (tasks.tell_task_request, tasks.tell_embeddings),
    "images": (tasks.tell_task_request, tasks.tell_images),
    "audio": (tasks.tell_task_request, tasks.tell_audio),
    "moderations": (tasks.tell_task_request, tasks.tell_moderations),
    "rerank": (tasks.tell_task_request, tasks.tell_rerank),
    "messages": _MESSAGE,
    "messages.count_tokens": _MESSAGE,
    "messages.batches": (messages.tell_batch_request, messages.tell_batch_answer),
    "generateContent": _GEMINI,
    "streamGenerateContent": _GEMINI,
    "countTokens": _GEMINI,
    "embedContent": _GEMINI,
    "batchEmbedContents": _GEMINI,
    "rawPredict": _HOSTED,
    "streamRawPredict": _HOSTED,
    "invoke": _HOSTED,
    "invoke-with-response-stream": _HOSTED,
    "converse": _CONVERSE,
    "converse-stream": _CONVERSE,
    "cohere.chat": (cohere.tell_cohere_request, cohere.tell_cohere_answer),
    "ollama.chat": _OLLAMA,
    "ollama.generate": _OLLAMA,
    "predict": (predict.tell_predict_request, predict.tell_predict_answer),
    "ai.run": _HOSTED,
}


def transcript(interaction: Interaction) -> Transcript:
    """Return `interaction` as a conversation; for an unknown operation, its two bodies."""
    told = Transcript()
    request, response = interaction.request, interaction.response
    tellers = _TELLERS.get(recorded_route(interaction).operation)
    if tellers is None:
        told.say("request", as_text(request.body))
        told.say("response", as_text(response.body))
        return told
    told.requested = requested(interaction)
    tell_request, tell_answer = tellers
    _tell_asked(told, interaction, tell_request)
    answered = fold(interaction) or parse(response.body)
    if response.status >= 400:
        told.say("error", as_text(response.body))
    elif isinstance(answered, dict):
        _tell(told, tell_answer, answered, otherwise=("response", as_text(response.body)))
        if answered.get("error"):
            told.say("error", _said(answered["error"]))
    else:
        told.say("response", as_text(response.body))
    return told


def _tell_asked(told: Transcript, interaction: Interaction, teller: _Teller) -> None:
    request = interaction.request
    asked = parse(request.body)
    fields = form_fields(request.headers, request.body)
    if fields is not None:
        for name, value in fields:
            told.say(name, value)
    elif isinstance(asked, dict):
        _tell(told, teller, asked, otherwise=("request", as_text(request.body)))
    else:
        told.say("request", as_text(request.body))


# What holds a conversation. It may be empty, and then there is nothing to be told of it.
_ASKING = {"messages", "input", "prompt", "contents", "content", "requests"}


def _tell(
    told: Transcript, teller: _Teller, value: dict[str, Json], *, otherwise: tuple[str, str]
) -> None:
    """What a dialect's teller found nothing in is not in its form: its body is told as it is."""
    before = len(told.turns), len(told.ending)
    try:
        teller(told, value)
    except RecursionError:
        told.say(*otherwise)
    untold = before == (len(told.turns), len(told.ending)) and not value.keys() & _ASKING
    if untold and value and "error" not in value:
        told.say(*otherwise)


def _said(error: Json) -> str:
    """Return an error that came inside an answer as text."""
    return error if isinstance(error, str) else written(error)
