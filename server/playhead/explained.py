"""A miss told to the person at the machine: as JSON, and as lines, with values on both sides.

What is told here never goes to the client under test, and long values are shortened around the
place at which they begin to differ.
"""

import json
from collections.abc import Iterator
from typing import Any

from playhead.advice import Advice
from playhead.areas import Part
from playhead.compared import Near, Place
from playhead.difference import Change, Difference, inside
from playhead.library import Recordings
from playhead.miss import Miss, differing
from playhead.printable import printable
from playhead.rules import Tier

_LONGEST = 400
"""Characters of a value that are told, of the first differences; and of the others:"""
_LONGEST_OF_REST = 80
_AT_LENGTH = 20
_BEFORE = 60
_INSIDE = 5
_LINE = 100
_ALL = 100


def as_json(miss: Miss) -> dict[str, Any]:
    """Return all that is known of a miss as a JSON value."""
    found, near = miss.found, miss.nearest
    return {
        "code": miss.refusal.code.value,
        "times": miss.times,
        "first": miss.first or None,
        "outside_scope": list(miss.outside),
        "nearest": None if near is None else _near_as_json(near),
        "also_near": [_near_as_json(each) for each in found.nearest[1:]],
        "rule": None if found.advice is None else _rule_as_json(found.advice),
        "looked_at": found.looked_at,
        "recordings": found.of,
        "complete": found.complete and not miss.why_no_nearest,
    }


def answer_as_json(answer: Recordings | Miss) -> dict[str, Any]:
    """Return what `playhead explain` says as a JSON value: the recordings, or the miss."""
    if isinstance(answer, Miss):
        return {"match": None, "message": answer.summary(), **as_json(answer)}
    return {
        "match": answer.tier.value,
        "interactions": [interaction.name for interaction in answer.interactions],
        "let_go": {each.name: list(paths) for each, paths in answer.let_go.items()},
    }


def answer_lines(answer: Recordings | Miss) -> Iterator[str]:
    """Yield what `playhead explain` says."""
    if isinstance(answer, Miss):
        yield answer.summary()
        yield from lines(answer, most=_ALL)
        return
    first, *others = (interaction.name for interaction in answer.interactions)
    how = "" if answer.tier is Tier.EXACT else f", found by {answer.tier.value}"
    yield f"answered by {first}{how}"
    if paths := answer.let_go.get(answer.interactions[0]):
        yield f"  differs at {', '.join(paths)}"
    for other in others[:_INSIDE]:
        yield f"  then by {other}"
    if more := len(others[_INSIDE:]):
        yield f"  and {more} more"


def _near_as_json(near: Near) -> dict[str, Any]:
    return {
        "interaction": near.interaction.name,
        "likeness": round(near.likeness, 4),
        "only_client_defaults": near.only_the_client,
        "conversation": None if near.turning is None else str(near.turning),
        "differences": [_place_as_json(place, at) for at, place in enumerate(near.places)],
        "more_differences": near.more,
    }


def _place_as_json(place: Place, at: int) -> dict[str, Any]:
    difference = place.difference
    limit = _LONGEST if at < _AT_LENGTH else _LONGEST_OF_REST
    told: dict[str, Any] = {
        "path": difference.path,
        "pointer": difference.pointer,
        "change": difference.change.value,
        "part": place.part.value,
    }
    if difference.change is not Change.ADDED:
        told["recorded"] = _value(difference.recorded, difference, limit)
    if difference.change is not Change.REMOVED:
        told["sent"] = _value(difference.sent, difference, limit)
    told["alike"] = difference.alike
    if within := inside(difference):
        told["inside"] = within[:_INSIDE]
    return told


def _rule_as_json(rule: Advice) -> dict[str, Any]:
    return {
        "lines": list(rule.lines),
        "lets_go": [part.value for part in rule.lets_go],
        "merges": list(rule.merges),
        "merged": rule.merged,
        "complete": rule.complete,
        "heading": heading(rule),
        "cautions": list(cautions(rule)),
    }


def _value(value: Any, difference: Difference, limit: int) -> Any:
    """A value that is short enough as it is; of a longer one the text around the difference."""
    if isinstance(value, bytes):
        value = value.decode(errors="backslashreplace")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if len(text) <= limit else _excerpt(text, difference.alike or 0, limit)


def _excerpt(text: str, place: int, limit: int) -> str:
    start = 0 if place <= _BEFORE else min(place - _BEFORE, max(0, len(text) - limit))
    end = min(len(text), start + limit)
    before = f"[{start} chars] " if start else ""
    after = f" [{len(text) - end} chars]" if end < len(text) else ""
    return f"{before}{text[start:end]}{after}"


def lines(miss: Miss, *, most: int = 10) -> Iterator[str]:
    """Yield what is known of a miss, a line each, safe for a terminal; `most` differences."""
    for name in miss.outside[:most]:
        yield printable(f"out of scope, this would match exactly: {name}")
    if miss.why_no_nearest:
        yield miss.why_no_nearest
    found = miss.found
    if not found.complete:
        yield f"time ran out: {found.looked_at} of {found.of} recordings were looked at"
    if miss.nearest is not None:
        yield from _near_lines(miss.nearest, most)
    if found.advice is not None:
        yield from _rule_lines(found.advice)
    for other in found.nearest[1:]:
        yield printable(f"also near: {_title(other)}, {differing(other)}")


def _near_lines(near: Near, most: int) -> Iterator[str]:
    yield printable(f"nearest: {_title(near)}")
    if near.turning is not None:
        yield f"  {near.turning}"
    if near.only_the_client:
        yield "  only client defaults differ"
    for place in near.places[:most]:
        yield from _place_lines(place)
    if more := len(near.places[most:]) + near.more:
        yield f"  and {more} more difference{'s' * (more > 1)}"


def _title(near: Near) -> str:
    return f"{near.interaction.name} ({min(99, round(100 * near.likeness))} %)"


def _place_lines(place: Place) -> Iterator[str]:
    difference = place.difference
    yield printable(f"  {difference.path}  [{place.part.value}]")
    if difference.change is Change.REORDERED:
        yield "    the same elements in another order"
        return
    added, removed = difference.change is Change.ADDED, difference.change is Change.REMOVED
    recorded = "nothing" if added else _shown(difference.recorded, difference)
    sent = "nothing" if removed else _shown(difference.sent, difference)
    yield f"    recorded  {recorded}"
    yield f"    sent      {sent}"
    if within := inside(difference):
        yield printable(f"    inside    {', '.join(within[:_INSIDE])}")


def _shown(value: Any, difference: Difference) -> str:
    value = _value(value, difference, _LINE)
    return printable(json.dumps(value, ensure_ascii=False))


def _rule_lines(rule: Advice) -> Iterator[str]:
    yield heading(rule)
    for line in rule.lines:
        yield printable(f"    {line}")
    for caution in cautions(rule):
        yield printable(f"  {caution}")


def heading(rule: Advice) -> str:
    """Return what stands before the lines of a rule; what was said anew is best recorded anew."""
    would = "this in playhead.yaml would make it match:"
    if Part.CONVERSATION in rule.lets_go:
        return f"record it again; or, if what is said there does not matter, {would}"
    return would


def cautions(rule: Advice) -> Iterator[str]:
    """Yield what a person must know who considers the rule."""
    yield f"it lets go: {', '.join(part.value for part in rule.lets_go)}"
    if Part.CONVERSATION in rule.lets_go:
        yield "whatever else is said there would then get the same answer"
    if any(line.startswith("fallbacks:") for line in rule.lines):
        yield "and all else that the fallback leaves out"
    least = "" if rule.complete else "at least "
    if rule.merged:
        more = rule.merged - len(rule.merges)
        names = ", ".join(rule.merges) + (f" and {more} more" if more else "")
        others = "other" if rule.merged == 1 else "others"
        yield f"{least}{rule.merged} {others} could then answer as well: {names}"
    elif rule.complete:
        yield "no other interaction could then answer as well"
