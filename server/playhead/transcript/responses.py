"""OpenAI's responses: what went in and what came out, item by item."""

from collections.abc import Callable

from playhead.lenient import Json, first, mapping, mappings, text
from playhead.transcript.chat import tell_usage
from playhead.transcript.parts import content
from playhead.transcript.turns import Transcript, called, resulted
from playhead.transcript.written import note, size, written


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
        told.say("tool", resulted(content(item.get("output")), item.get("call_id")))
    else:
        told.say(kind or "?", written(item))


def _search(told: Transcript, item: dict[str, Json]) -> None:
    """What was sought and how that went, on a line; what was found, if the answer tells it."""
    action = mapping(item.get("action"))
    asked = {**item, **action}
    queries = asked["queries"] if isinstance(asked.get("queries"), list) else [asked.get("query")]
    state = [text(action.get("type")), text(item.get("status"))]
    sought = [text(each) for each in (*queries, asked.get("pattern"), asked.get("url"))]
    said = " ".join(filter(None, [*sought, note(*state) if any(state) else ""]))
    told.say(item.get("type"), said or written(item))
    for found in mappings(item.get("results") or action.get("sources")):
        where = text(first(found, "filename", "url"))
        told.say("tool", "\n".join(filter(None, [where, text(found.get("text"))])))


def _tools(told: Transcript, item: dict[str, Json]) -> None:
    names = [text(tool.get("name")) for tool in mappings(item.get("tools"))]
    listed = f"{text(item.get('server_label'))}: {', '.join(names)}"
    told.say("mcp_list_tools", listed)
    told.say("error", content(item.get("error")))


def _approval(told: Transcript, item: dict[str, Json]) -> None:
    if "approve" in item:
        verdict = "approved" if item["approve"] is True else "not approved"
        reason = text(item.get("reason"))
        told.say(item["type"], f"{verdict}: {reason}" if reason else verdict)
    else:
        asked = called(item.get("name"), item.get("arguments"), item.get("id"))
        told.say(item["type"], asked)


def _message(told: Transcript, item: dict[str, Json]) -> None:
    told.say(item.get("role", "?"), content(item.get("content")))


def _call(told: Transcript, item: dict[str, Json]) -> None:
    arguments = first(item, "arguments", "input", "action", "operation")
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
    "apply_patch_call": _call,
    "web_search_call": _search,
    "file_search_call": _search,
    "mcp_list_tools": _tools,
    "mcp_approval_request": _approval,
    "mcp_approval_response": _approval,
    "reasoning": _reasoning,
    "image_generation_call": _image,
    "code_interpreter_call": _code,
    "compaction": _compaction,
}
