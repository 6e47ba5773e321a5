"""Ollama's own chat and generate."""

from playhead.lenient import Json, mapping, mappings, text
from playhead.transcript.parts import content
from playhead.transcript.turns import Transcript
from playhead.transcript.written import note, size


def tell_ollama_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell the messages of a chat, or the prompt."""
    told.say("system", text(asked.get("system")))
    told.say("prompt", text(asked.get("prompt")))
    _images(told, "prompt", asked)
    for message in mappings(asked.get("messages")):
        _message(told, message)


def tell_ollama_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell the answer of either, why it ended, and the tokens it took."""
    told.say("reasoning", text(answered.get("thinking")))
    told.say("response", text(answered.get("response")))
    _message(told, {"role": "assistant", **mapping(answered.get("message"))})
    told.end(answered.get("done_reason"))
    told.count(answered.get("prompt_eval_count"), answered.get("eval_count"))


def _message(told: Transcript, message: dict[str, Json]) -> None:
    role = message.get("role", "?")
    told.say("reasoning", text(message.get("thinking")))
    told.say(role, content(message.get("content")))
    _images(told, role, message)
    for call in mappings(message.get("tool_calls")):
        function = mapping(call.get("function"))
        told.call(function.get("name"), function.get("arguments"), call.get("id"))


def _images(told: Transcript, role: Json, holder: dict[str, Json]) -> None:
    images = holder.get("images")
    for image in images if isinstance(images, list) else ():
        told.say(role, note("image", size(image)))
