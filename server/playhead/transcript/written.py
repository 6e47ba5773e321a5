"""JSON as text to be read: long data in it is noted by its size, and long vectors likewise."""

import re

from playhead.lenient import Json, pretty

# Shorter than this, what looks like base64 may as well be an id or a word.
_LONG = 200
# Base64 in either alphabet, in one line or wrapped: MIME's and PEM's lines are of 76 and 64.
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]{60,}[\r\n]+)*[A-Za-z0-9+/_-]+={0,2}\s*")
_QUOTED = re.compile(rf'"(?:data:([\w/+.-]+);base64,)?([A-Za-z0-9+/_-]{{{_LONG},}}={{0,2}})"')
_MANY_NUMBERS = 64


def written(value: Json, *, indent: int | None = 2) -> str:
    """Return `value` as JSON, on one line where `indent` is None, with notes for long data."""
    root = [value]
    waiting: list[Json] = [root]
    # No recursion: what could be parsed may nest deeper than functions may call each other.
    while waiting:
        holder = waiting.pop()
        for at, member in holder.items() if isinstance(holder, dict) else enumerate(holder):
            holder[at] = _short(member)
            if isinstance(holder[at], dict | list):
                holder[at] = holder[at].copy()
                waiting.append(holder[at])
    return pretty(root[0], indent=indent)


def without_data(lines: str) -> str:
    """Return text, such as the lines of a stream, with notes for the long data quoted in it."""
    return _QUOTED.sub(lambda found: f'"{note(found[1] or "", size(found[2]))}"', lines)


def _short(value: Json) -> Json:
    if isinstance(value, str):
        return _short_text(value) if len(value) >= _LONG else value
    if isinstance(value, list) and len(value) >= _MANY_NUMBERS:
        numbers = all(isinstance(each, int | float) for each in value)
        return note(f"{len(value)} numbers") if numbers else value
    return value


def _short_text(value: str) -> str:
    if value.startswith("data:") and ";base64," in value[:_LONG]:
        return note(place(value))
    return note(size(value)) if _BASE64.fullmatch(value) else value


def place(address: str) -> str:
    """Return an address as it is; of a data URL only its type and size."""
    if not address.startswith("data:"):
        return address
    head, _, data = address.removeprefix("data:").partition(",")
    return f"{head.partition(';')[0]}, {size(data)}"


def size(encoded: Json) -> str:
    """Return how much base64 holds, in words; empty where there is none."""
    characters = encoded if isinstance(encoded, str) else ""
    if not characters:
        return ""
    return f"{len(characters.rstrip('=')) * 3 // 4} bytes"


def note(*facts: str) -> str:
    """Return what stands for something that is no text."""
    return f"[{', '.join(each for each in facts if each)}]"
