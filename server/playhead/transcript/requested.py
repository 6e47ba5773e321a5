"""What was asked for beside the conversation: the model, its settings, the names of the tools."""

from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.lenient import Json, first, mapping, mappings, parse, pretty, text

# What is told as a conversation, or as what an operation works on.
_TOLD = frozenset({
    "messages", "input", "prompt", "suffix", "contents", "content", "system", "instructions",
    "systemInstruction", "system_instruction", "preamble", "chat_history", "message", "images",
    "tool_results", "requests", "query", "documents", "texts", "text_inputs", "inputText",
    "generateContentRequest", "generate_content_request", "tools", "functions", "toolConfig",
    "model", "file", "image", "mask", "params",
})  # fmt: skip
_HOLDERS = frozenset({"generationConfig", "generation_config", "inferenceConfig", "options"})
_LONGEST = 60


def requested(interaction: Interaction) -> list[str]:
    """Return the model, each setting with its value, and the tools; [] where none is known."""
    asked = mapping(parse(interaction.request.body))
    model = text(asked.get("model")) or recorded_route(interaction).model
    listed = [f"model {model}"] if model else []
    for name, value in asked.items():
        if name in _HOLDERS:
            listed += [_setting(inner, held) for inner, held in mapping(value).items()]
        elif name not in _TOLD and value is not None and not (name == "text" and text(value)):
            listed.append(_setting(name, value))
    choice = first(mapping(asked.get("toolConfig")), "toolChoice", "functionCallingConfig")
    listed += [_setting("toolChoice", choice)] if choice else []
    tools = _tools(asked)
    return [*listed, f"tools: {', '.join(tools)}"] if tools else listed


def _setting(name: str, value: Json) -> str:
    """A schema of an answer is named; whatever else is long is cut."""
    shown = mapping(first(mapping(value), "json_schema", "format")).get("name") or value
    written = shown if isinstance(shown, str) else pretty(shown, indent=None)
    short = written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}…"
    return f"{name} {short}"


def _tools(asked: dict[str, Json]) -> list[str]:
    """The names of the tools in the forms of all dialects; of one without, its type."""
    listed = [
        *mappings(asked.get("tools")),
        *mappings(asked.get("functions")),
        *mappings(mapping(asked.get("toolConfig")).get("tools")),
    ]
    return [name for tool in listed for name in _names(tool)]


def _names(tool: dict[str, Json]) -> list[str]:
    declared = first(tool, "functionDeclarations", "function_declarations")
    if declared is not None:
        return [text(each.get("name")) for each in mappings(declared)]
    held = mapping(first(tool, "function", "toolSpec", "custom")) or tool
    return [text(first(held, "name", "type")) or next(iter(tool), "?")]
