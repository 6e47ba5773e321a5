"""A function call of Gemini's whose arguments Vertex streams one by one (`partialArgs`).

Its first piece has the name; those without one go on, and one that is empty ends the call. Each
`PartialArg` holds a value and its place in the arguments, a JSON path (RFC 9535) of names and
numbers; a text goes on the text before it at the same place.
"""

import re

from playhead.lenient import Json, first, mapping, mappings, text

CALL = ("functionCall", "function_call")
_PARTIAL = ("partialArgs", "partial_args")
_CONTINUES = ("willContinue", "will_continue")
_VALUES = ("stringValue", "string_value", "numberValue", "number_value", "boolValue", "bool_value")
_NULLS = {"nullValue", "null_value"}
_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d{1,9})\]|\['([^']*)'\]|\["([^"]*)"\]""")


def goes_on(before: dict[str, Json], piece: dict[str, Json]) -> bool:
    """Return whether the call `piece` is more of the call `before`, which may have ended."""
    if first(before, *_CONTINUES) is not True:
        return not piece.get("name") and not piece.keys().isdisjoint(_PARTIAL)
    return all(piece.get(name) in (None, "", before.get(name)) for name in ("name", "id"))


def call_of(before: dict[str, Json], piece: dict[str, Json]) -> dict[str, Json]:
    """Return the call `before` with what `piece` adds to it, in `args` as plain answers do."""
    call = {name: value for name, value in before.items() if name not in _CONTINUES}
    given = {name: value for name, value in piece.items() if value is not None}
    call |= {name: value for name, value in given.items() if name not in _PARTIAL}
    for partial in mappings(first(piece, *_PARTIAL)):
        args = call["args"] = mapping(call.get("args"))
        path = text(first(partial, "jsonPath", "json_path"))
        steps = [_step(found) for found in _STEP.finditer(path)]
        value = first(partial, *_VALUES)
        if steps and (value is not None or partial.keys() & _NULLS):
            _put(args, steps, value)
    return call


def _step(found: re.Match[str]) -> str | int:
    return int(found[2]) if found[2] else found[1] or found[3] or found[4] or ""


def _put(holder: Json, steps: list[str | int], value: Json) -> None:
    """What does not fit what is there already, such as a name in a list, is left out."""
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        at = _place(holder, step)
        if at is None:
            return
        if after is None:
            grows = isinstance(holder[at], str) and isinstance(value, str)
            holder[at] = holder[at] + value if grows else value
        elif not isinstance(holder[at], dict | list):
            holder[at] = [] if isinstance(after, int) else {}
        holder = holder[at]


def _place(holder: Json, step: str | int) -> str | int | None:
    """Members come in their order, so one beyond the end of a list is the next."""
    if isinstance(holder, dict):
        holder.setdefault(str(step), None)
        return str(step)
    if isinstance(step, str):
        return None
    if step >= len(holder):
        holder.append(None)
    return min(step, len(holder) - 1)
