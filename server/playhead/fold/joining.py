"""Pieces of a JSON value put together, by the rules of OpenAI's own client.

Its `accumulate_delta`: text is appended, numbers are added, objects are merged, the members of
lists are matched by their `index`. Where that client raises or repeats itself, this does not.
"""

from playhead.lenient import Json, mappings

# Texts that are sent whole. Many providers send them with every piece, and the client would
# make `assistantassistant` of them.
_WHOLE = frozenset({"id", "role", "name", "format", "signature"})
_REPLACED = frozenset({"index", "type"})
# Deeper than any provider nests a piece; below it the last piece stands.
_DEEPEST = 24


def add(whole: dict[str, Json], piece: dict[str, Json], *, depth: int = 0) -> None:
    """Add `piece` to `whole`, which is changed."""
    for name, value in piece.items():
        before = whole.get(name)
        if before is None or name in _REPLACED or depth > _DEEPEST:
            whole[name] = value if value is not None else before
        elif name in _WHOLE and before == value:
            continue
        else:
            whole[name] = _joined(before, value, depth)


def _joined(before: Json, value: Json, depth: int) -> Json:
    if isinstance(before, str) and isinstance(value, str):
        return before + value
    if isinstance(before, dict) and isinstance(value, dict):
        add(before, value, depth=depth + 1)
    elif isinstance(before, list) and isinstance(value, list):
        _extend(before, value, depth)
    elif _is_number(before) and _is_number(value):
        return before + value
    return before


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _extend(members: list[Json], pieces: list[Json], depth: int) -> None:
    """Pieces with the index of a member belong to it; all others are members of their own."""
    for piece in pieces:
        known = _with_index(members, piece)
        if known is None:
            members.append(piece)
        else:
            add(known, piece, depth=depth + 1)


def _with_index(members: list[Json], piece: Json) -> dict[str, Json] | None:
    if not isinstance(piece, dict) or not isinstance(piece.get("index"), int):
        return None
    return next((each for each in mappings(members) if each.get("index") == piece["index"]), None)
