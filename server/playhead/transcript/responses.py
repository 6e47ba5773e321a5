"""OpenAI's responses: what went in and what came out, item by item."""

from collections.abc import Callable

from playhead.lenient import Json, first, mapping, mappings, pretty, text
from playhead.transcript.chat import tell_usage
from playhead.transcript.parts import content, note, size
from playhead.transcript.turns import Transcript


def tell_response_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell the instructions and the input."""
    told.say("instructions", content(asked.get("instructions")))
    told.say("user", text(asked.get("input")))
    for item in mappings(asked.get("input")):
        _item(told, item)


def tell_response_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell the output, the status with what is missing of it, and the usage."""
    for item in mappings(answered.get("output")):
        _item(told, item)
    told.end(answered.get("status"))
    told.end(mapping(answered.get("incomplete_details")).get("reason"))
    tell_usage(told, answered.get("usage"))


def _item(told: Transcript, item: dict[str, Json]) -> None:
    kind = text(item.get("type", "message"))
    teller = _ITEMS.get(kind)
    if teller:
        teller(told, item)
    elif kind.endswith("_output"):
        told.say("tool", content(item.get("output")))
    else:
        told.say(kind or "?", pretty(item))


def _message(told: Transcript, item: dict[str, Json]) -> None:
    told.say(item.get("role", "?"), content(item.get("content")))


def _call(told: Transcript, item: dict[str, Json]) -> None:
    arguments = first(item, "arguments", "input", "action")
    name = first(item, "name", "type")
    told.call(name, "" if arguments is None else arguments, first(item, "call_id", "id"))
    told.say("tool", content(item.get("output")))
    told.say("error", content(item.get("error")))


def _reasoning(told: Transcript, item: dict[str, Json]) -> None:
    told.say("reasoning", content(item.get("summary")) or content(item.get("content")))


def _image(told: Transcript, item: dict[str, Json]) -> None:
    made = note("image", text(item.get("output_format")), size(item.get("result")))
    told.say("image_generation_call", f"{made}\n{text(item.get('revised_prompt'))}".strip())


def _code(told: Transcript, item: dict[str, Json]) -> None:
    told.say("code", text(item.get("code")))
    told.say("tool", "\n".join(_logs(each) for each in mappings(item.get("outputs"))))


def _logs(output: dict[str, Json]) -> str:
    return text(output.get("logs")) or note(text(output.get("type")), text(output.get("url")))


def _compaction(told: Transcript, item: dict[str, Json]) -> None:
    told.say("compaction", note("encrypted", size(item.get("encrypted_content"))))


_ITEMS: dict[str, Callable[[Transcript, dict[str, Json]], None]] = {
    "message": _message,
    "function_call": _call,
    "custom_tool_call": _call,
    "mcp_call": _call,
    "computer_call": _call,
    "local_shell_call": _call,
    "shell_call": _call,
    "reasoning": _reasoning,
    "image_generation_call": _image,
    "code_interpreter_call": _code,
    "compaction": _compaction,
}
