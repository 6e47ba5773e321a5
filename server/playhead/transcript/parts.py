"""What a message holds, as text; what is no text is noted by its kind, type and size."""

from playhead.lenient import Json, first, mapping, pretty, text

_TEXTS = ("text", "refusal", "input_text", "thinking")


def content(value: Json) -> str:
    """Return the text of a message: a string, or a list of parts, of which only text is text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(part(each) for each in value)
    return pretty(value)


def texts(value: Json) -> str:
    """Return what is one text or a list of texts, a line for each."""
    members = value if isinstance(value, list) else [value]
    return "\n".join(content(each) for each in members)


def part(value: Json) -> str:
    """Return the text of one part, or a note of what it is: OpenAI's and Anthropic's forms."""
    if not isinstance(value, dict):
        return pretty(value)
    for name in _TEXTS:
        if isinstance(value.get(name), str):
            return text(value[name])
    if isinstance(value.get("thinking"), list):
        return content(value["thinking"])
    kind = text(value.get("type")) or "part"
    if "source" in value:
        return _source(kind, mapping(value["source"]), value)
    held = value.get(kind)
    found = _reference(mapping(held)) or (_reference(value) if not isinstance(held, dict) else "")
    return note(kind, found) if found else f"[{kind}, {len(pretty(value))} characters]"


def _source(kind: str, source: dict[str, Json], value: dict[str, Json]) -> str:
    """A source of Anthropic's: its data, its address, or the id of a file."""
    title = text(value.get("title"))
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


def place(address: str) -> str:
    """Return an address as it is; of a data URL only its type and size."""
    if not address.startswith("data:"):
        return address
    head, _, data = address.removeprefix("data:").partition(",")
    return f"{head.partition(';')[0]}, {size(data)}"


def size(encoded: Json) -> str:
    """Return how much base64 holds, in words; empty where there is none."""
    characters = text(encoded)
    if not characters:
        return ""
    return f"{len(characters.rstrip('=')) * 3 // 4} bytes"


def note(kind: str, *facts: str) -> str:
    """Return what stands for a part that is no text."""
    return f"[{', '.join(each for each in (kind, *facts) if each)}]"
