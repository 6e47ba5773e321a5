"""A refused request told from its JSON in the journal: in a phrase, and as lines."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playhead.printable import printable

_PATHS = 3
_PATH_CHARS = 80
_VALUE_CHARS = 200
_DIFFERENCES = 20
_SEE = re.compile(r" See \S+$")


def distinct(misses: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the last of each request that was refused several times, in the order of the first."""
    found: dict[tuple[object, object], Mapping[str, Any]] = {}
    for entry in misses:
        found[entry.get("session"), entry.get("first") or entry["id"]] = entry
    return list(found.values())


def message(entry: Mapping[str, Any]) -> str:
    """Return the line that the client got, without the page of a server that is gone by now."""
    return printable(_SEE.sub("", entry["message"]))


def phrase(entry: Mapping[str, Any]) -> str:
    """Return what was refused, the nearest recording and where it differs; quotes no prompt."""
    told = f"{entry['method']} {_cut(entry['path'], _PATH_CHARS)}"
    if entry.get("scope") is not None:
        told += f" in {_cut(entry['scope'], _PATH_CHARS)}"
    if (times := entry.get("times", 1)) > 1:
        told += f" ({times} times)"
    if near := entry.get("nearest"):
        told += f", nearest {near['interaction']}"
        if paths := [each["path"] or "the whole body" for each in near["differences"]]:
            told += f", differs at {_listed(paths, near['more_differences'])}"
    return printable(told)


def lines(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield all that a reader needs to mend a miss, values on both sides included."""
    yield message(entry)
    if entry.get("session"):
        yield printable(f"session: {entry['session']}")
    if outside := entry.get("outside_scope"):
        yield printable(f"out of scope, this would match exactly: {', '.join(outside[:_PATHS])}")
    if near := entry.get("nearest"):
        yield from _near(near)
    if rule := entry.get("rule"):
        yield rule["heading"]
        yield from (printable(f"    {line}") for line in rule["lines"])
        yield from (printable(f"  {caution}") for caution in rule["cautions"])


def _near(near: Mapping[str, Any]) -> Iterator[str]:
    likeness = min(99, round(100 * near["likeness"]))
    yield printable(f"nearest: {near['interaction']} ({likeness} %)")
    if near["conversation"]:
        yield f"  {near['conversation']}"
    for place in near["differences"][:_DIFFERENCES]:
        yield printable(f"  {place['path']}  [{place['part']}]")
        yield from _values(place)
    if more := len(near["differences"][_DIFFERENCES:]) + near["more_differences"]:
        yield f"  and {more} more difference{'s' * (more > 1)}"


def _values(place: Mapping[str, Any]) -> Iterator[str]:
    if place["change"] == "reordered":
        yield "    the same elements in another order"
        return
    for side in ("recorded", "sent"):
        shown = json.dumps(place[side], ensure_ascii=False) if side in place else "nothing"
        yield printable(f"    {side:8}  {_cut(shown, _VALUE_CHARS)}")


def _listed(paths: Sequence[str], more: int) -> str:
    more += len(paths[_PATHS:])
    shown = ", ".join(_cut(path, _PATH_CHARS) for path in paths[:_PATHS])
    return f"{shown} and {more} more" if more else shown


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
