"""The arguments of a tool call, which streams send as pieces of JSON text."""

from playhead.lenient import Json, parse

# JSON that was cut has a value before the last comma or behind the last bracket, at the latest.
# What has none there is no JSON, and may be long.
_TRIES = 4
_CLOSING = {"{": "}", "[": "]"}


def value_of(written: str) -> Json:
    """Return the value of JSON that may be cut; the text itself where it is no JSON.

    What came whole before the cut is kept, what was cut is left out: so do the official clients
    (jiter, `partial_mode`).
    """
    whole = parse(written)
    if whole is not None or not written.lstrip().startswith(("{", "[")):
        return whole if whole is not None else written
    for end, closing in reversed(_ends(written)[-_TRIES:]):
        value = parse(written[:end] + closing)
        if value is not None:
            return value
    return written


def _ends(written: str) -> list[tuple[int, str]]:
    """Where the text could be closed, and with which brackets: before a comma, after a bracket."""
    ends, opened, quoted, escaped = [], "", False, False
    for at, character in enumerate(written):
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in _CLOSING:
            opened += _CLOSING[character]
            ends.append((at + 1, opened[::-1]))
        elif character == ",":
            ends.append((at, opened[::-1]))
        elif character in "]}":
            opened = opened[:-1]
            ends.append((at + 1, opened[::-1]))
    return [*ends, (len(written), opened[::-1])]
