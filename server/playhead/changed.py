"""What `playhead check --against` prints: lines for a person, bounded, or JSON."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from playhead.against import Change
from playhead.cassette import Interaction
from playhead.folder import Shelf
from playhead.peers import Answering
from playhead.report import counts
from playhead.verdict import first_of, listed, loaded_as_json, names

JSON_NAMES = 100
"""Names in one list of the JSON: each of many changes may name the same thousands."""


def lines(shelf: Shelf, changes: Sequence[Change]) -> list[str]:
    """Return a line or more for each change, and the counts."""
    printed = [f"broken: {skip}" for skip in shelf.broken]
    printed += first_of(changes, _changed, "changed")
    return [*printed, f"{counts(shelf)}; {_counted(shelf, changes)}"]


def as_json(shelf: Shelf, changes: Sequence[Change]) -> dict[str, Any]:
    """Return the same as a JSON value."""
    return {**loaded_as_json(shelf), "changes": [_as_json(change) for change in changes]}


def _changed(change: Change) -> Iterator[str]:
    yield f"changed: {listed(names(change.requests))}"
    yield f"     was: {_answering(change.was)}"
    yield f"     now: {_answering(change.now)}"
    if merged := change.merged:
        yield f"     no longer told apart: {_with_own(change, merged)}"
    if parted := change.parted:
        yield f"     told apart again: {_with_own(change, parted)}"


def _with_own(change: Change, others: Sequence[Interaction]) -> str:
    return listed(names(dict.fromkeys((*change.own, *others))))


def _answering(answering: Iterable[Answering]) -> str:
    told = [f"{listed(names(each.interactions))} (`{each.tier.value}`)" for each in answering]
    return "; ".join(told) or "no recording of another request"


def _counted(shelf: Shelf, changes: Sequence[Change]) -> str:
    changed, merged, parted = (
        sum(len(change.requests) for change in some)
        for some in (
            changes,
            [change for change in changes if change.merged],
            [change for change in changes if change.parted],
        )
    )
    return (
        f"{changed} of {shelf.interactions} recorded requests answered otherwise once drifted"
        f" ({merged} merged with others, {parted} parted)"
    )


def _as_json(change: Change) -> dict[str, Any]:
    return {
        "requests": names(change.requests),
        "was": [_tier_as_json(each) for each in change.was],
        "now": [_tier_as_json(each) for each in change.now],
        "merged": _capped(change.merged),
        "parted": _capped(change.parted),
    }


def _tier_as_json(answering: Answering) -> dict[str, Any]:
    return {"tier": answering.tier.value, "answered_by": _capped(answering.interactions)}


def _capped(interactions: Sequence[Interaction]) -> dict[str, Any]:
    return {"count": len(interactions), "first": names(interactions[:JSON_NAMES])}
