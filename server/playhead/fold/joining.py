"""Pieces of a JSON value put together, by the rules of OpenAI's own client.

Its `accumulate_delta`: text is appended, numbers are added, objects are merged, the members of
lists are matched by their `index`. Where that client raises or repeats itself, this does not.
"""

from playhead.lenient import Json, mapping, mappings, text

# Texts that are sent whole. Many providers send them with every piece, and the client would
# make `assistantassistant` of them.
_WHOLE = frozenset({"id", "role", "name", "format", "signature"})
_CONTENT = ("text", "thinking")
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
    elif isinstance(before, str) and isinstance(value, list):
        return [*_parts(before), *value]
    elif isinstance(before, list) and isinstance(value, str | list):
        _extend(before, _parts(value), depth)
    elif _is_number(before) and _is_number(value):
        return before + value
    return before


def _parts(content: Json) -> list[Json]:
    """A text as a list of parts: Mistral's reasoning models send content now so, now so."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    parts: list[Json] = content
    return parts


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _extend(members: list[Json], pieces: list[Json], depth: int) -> None:
    """A piece goes on the member with its index; one of content on the last, if of its kind.

    All others are members of their own, and so is a call with another id: some providers give
    all calls the index 0.
    """
    for piece in pieces:
        known = _member_of(members, piece) if isinstance(piece, dict) else None
        if known is None:
            members.append(piece)
        else:
            add(known, piece, depth=depth + 1)


def _member_of(members: list[Json], piece: dict[str, Json]) -> dict[str, Json] | None:
    index = piece.get("index")
    if isinstance(index, int):
        same = [each for each in mappings(members) if each.get("index") == index]
        return same[-1] if same and _is_one(same[-1], piece) else None
    last = mapping(members[-1]) if members else {}
    return last if last.get("type") in _CONTENT and last["type"] == piece.get("type") else None


def _is_one(member: dict[str, Json], piece: dict[str, Json]) -> bool:
    ids = {each for each in (text(member.get("id")), text(piece.get("id"))) if each}
    return len(ids) < 2
