"""What a message holds, as text; what is no text is noted by its kind, type and size."""

from playhead.lenient import Json, first, mapping, text
from playhead.transcript.written import note, place, size, written

_TEXTS = ("text", "refusal", "input_text", "thinking")


def content(value: Json) -> str:
    """Return the text of a message: a string, or a list of parts, of which only text is text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(part(each) for each in value)
    return part(value) if _is_media(value) else written(value)


def _is_media(value: Json) -> bool:
    """The output of a tool may be one picture instead of a list of parts: a screenshot is."""
    kind = text(mapping(value).get("type"))
    return kind == "computer_screenshot" or kind.startswith(("input_image", "input_file"))


def texts(value: Json) -> str:
    """Return what is one text or a list of texts, a line for each."""
    members = value if isinstance(value, list) else [value]
    return "\n".join(content(each) for each in members)


def part(value: Json) -> str:
    """Return the text of one part, or a note of what it is: OpenAI's and Anthropic's forms."""
    if not isinstance(value, dict):
        return written(value)
    for name in _TEXTS:
        if isinstance(value.get(name), str):
            return text(value[name])
    if isinstance(value.get("thinking"), list):
        return content(value["thinking"])
    return _noted(text(value.get("type")) or "part", value)


def _noted(kind: str, value: dict[str, Json]) -> str:
    printed = [text(value.get(name)) for name in ("stdout", "stderr")]
    if any(printed):
        return "\n".join(filter(None, printed))
    if "source" in value:
        return _source(kind, value["source"], value)
    held = value.get(kind)
    found = _reference(mapping(held)) or (_reference(value) if not isinstance(held, dict) else "")
    return note(kind, found) if found else f"[{kind}, {len(written(value))} characters]"


def _source(kind: str, place_or_data: Json, value: dict[str, Json]) -> str:
    """A source of Anthropic's: its data, its address, the id of a file, or content of its own.

    Of a search result it is a mere address, and the content stands beside it.
    """
    title, source = text(value.get("title")), mapping(place_or_data)
    held = content(source.get("content", value.get("content")))
    if held:
        return f"{note(kind, title, text(place_or_data))}\n{held}"
    if source.get("type") == "text":
        return note(
            kind,
            title,
            text(source.get("media_type")),
            f"{len(text(source.get('data')))} characters",
        )
    media_type = text(source.get("media_type"))
    where = first(source, "url", "file_id")
    return note(kind, title, media_type, text(where) or size(source.get("data")))


def _reference(held: dict[str, Json]) -> str:
    """What OpenAI's parts hold: an address, a data URL, base64 of a named format, or a file."""
    address = first(held, "url", "image_url", "file_data", "file_url")
    if isinstance(address, str):
        return place(address)
    if isinstance(held.get("data"), str):
        return ", ".join(filter(None, (text(held.get("format")), size(held["data"]))))
    return text(first(held, "file_id", "filename"))
