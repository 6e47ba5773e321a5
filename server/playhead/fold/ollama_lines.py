"""The lines of Ollama's chat and generate as one answer."""

from playhead.lenient import Json, mapping, text

_TEXTS = ("response", "thinking", "content")


def fold_ollama(lines: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the answer that `lines` make: texts joined, tool calls kept, else the last."""
    answer: dict[str, Json] = {}
    for line in lines:
        message = mapping(answer.get("message"))
        _add(answer, line)
        if isinstance(line.get("message"), dict):
            _add(message, line["message"])
            answer["message"] = message
    return answer


def _add(whole: dict[str, Json], piece: dict[str, Json]) -> None:
    for name, value in piece.items():
        before = whole.get(name)
        if name in _TEXTS:
            whole[name] = text(before) + text(value)
        elif isinstance(before, list) and isinstance(value, list) and name != "context":
            whole[name] = [*before, *value]
        else:
            whole[name] = value
