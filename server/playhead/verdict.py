"""What `playhead check` prints: lines for a person, bounded, or JSON."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, TypeVar
from urllib.parse import quote

from playhead import wording
from playhead.ambiguity import Group
from playhead.cassette import Interaction
from playhead.folder import Shelf
from playhead.idle import Idle
from playhead.lint import Findings
from playhead.overlaid import Overlaid
from playhead.report import counts
from playhead.stated import Stated
from playhead.wording import plural

SHOWN_GROUPS = 20
"""Findings of a kind that are printed, before the rest are only counted."""
SHOWN_NAMES = 5
"""Names and paths that stand in one line, before the rest are only counted."""

_T = TypeVar("_T")
_INDENT = "     "


def lines(shelf: Shelf, findings: Findings) -> list[str]:
    """Return the lines of `playhead check`: each finding, what it means, and the counts."""
    printed = [f"broken: {skip}" for skip in shelf.broken]
    printed += [f"secret: {leak}" for leak in findings.secrets]
    for cassette in shelf.cassettes:
        printed += [f"note: {cassette.file}: {note}" for note in cassette.notes]
    printed += [f"note: {note}" for note in Overlaid(shelf).notes]
    printed += [f"note: {each}" for each in findings.malformed]
    printed += first_of(findings.ties, _tie, "tie")
    printed += first_of(findings.merged, _merged, "merged")
    printed += first_of(findings.sequences, _sequence, "sequence")
    printed += _idle(findings.idle)
    printed += [f"skipped: {skip}" for skip in shelf.skipped if not skip.broken]
    return [*printed, _summary(shelf, findings)]


def as_json(shelf: Shelf, findings: Findings) -> dict[str, Any]:
    """Return what `check` says as a JSON value, all of it."""
    return {
        **loaded_as_json(shelf),
        "notes": {cassette.name: cassette.notes for cassette in shelf.cassettes if cassette.notes},
        "overlay_notes": Overlaid(shelf).notes,
        "malformed": findings.malformed,
        "secrets": [asdict(secret) for secret in findings.secrets],
        "ties": [_group_as_json(group) for group in findings.ties],
        "merged": [_merged_as_json(group) for group in findings.merged],
        "sequences": [names(group.interactions) for group in findings.sequences],
        "idle_rules": [
            {**_rule_as_json(idle.stated), "reason": idle.reason} for idle in findings.idle
        ],
    }


def loaded_as_json(shelf: Shelf) -> dict[str, Any]:
    """Return what was loaded and what was skipped as a JSON value."""
    return {
        "present": shelf.present,
        "served": len(shelf.cassettes),
        "interactions": shelf.interactions,
        "skipped": [asdict(skip) for skip in shelf.skipped],
    }


def names(interactions: Iterable[Interaction]) -> list[str]:
    """Return the names of interactions."""
    return [each.name for each in interactions]


def listed(words: Sequence[str]) -> str:
    """Return the first of `words` for one line, and how many more there are."""
    return wording.listed(words, SHOWN_NAMES)


def first_of(found: Sequence[_T], shown: Callable[[_T], Iterator[str]], kind: str) -> Iterator[str]:
    """Yield the lines that `shown` makes of the first of what was found, and count the rest."""
    for each in found[:SHOWN_GROUPS]:
        yield from shown(each)
    if more := len(found[SHOWN_GROUPS:]):
        yield f"{kind}: {more} more (--json lists them)"


def _tie(group: Group) -> Iterator[str]:
    same = "" if group.answers_differ else ", which are the same"
    yield f"tie: one request has the answers of {listed(names(group.interactions))}{same}"
    yield f"{_INDENT}to get only one of them, use {_scope(group)} in the base URL"


def _merged(group: Group) -> Iterator[str]:
    found = listed(names(group.interactions))
    same = "their answers differ" if group.answers_differ else "their answers are the same"
    yield f"merged: under `{group.tier.value}` one request has the answers of {found}"
    answering = set(group.interactions)
    if others := names(each for each in group.requests if each not in answering):
        yield f"{_INDENT}they also answer {listed(others)}, once that request has drifted"
    yield f"{_INDENT}the requests differ at {listed(group.differ_at)}; {same}"
    if group.narrow:
        yield f"{_INDENT}which is let go by {listed([str(each) for each in group.narrow])}"
    if len(group.cassettes) > 1:
        yield f"{_INDENT}to keep to one cassette, use {_scope(group)} in the base URL"
    if group.crowded:
        yield f"{_INDENT}no scope parts those within {listed(group.crowded)}: narrow the rule"


def _scope(group: Group) -> str:
    """A scope that parts what a group holds, if there is one."""
    scopes = sorted(group.cassettes, key=lambda name: name in group.crowded)
    # A name may have spaces, or a `#`, that a URL cannot hold.
    return f"/cassette/{quote(scopes[0], errors='surrogateescape')}/-/"


def _sequence(group: Group) -> Iterator[str]:
    found = listed(names(group.interactions))
    yield f"sequence: one request is answered by {found}, in this order"


def _idle(idle: Sequence[Idle]) -> Iterator[str]:
    for each in idle:
        yield f"idle: {each}"
    if idle:
        yield f"{_INDENT}an idle rule can be right: for what clients send and recordings lack"


def _summary(shelf: Shelf, findings: Findings) -> str:
    broken, secret = len(shelf.broken), len(findings.secrets)
    ambiguous = len(findings.ties) + len(findings.merged)
    found = f"{counts(shelf)}; {broken} broken, {secret} secret, {ambiguous} ambiguous"
    if rules := len(shelf.stated):
        found += f"; {plural(rules, 'rule')}, {len(findings.idle)} idle"
    return found


def _group_as_json(group: Group) -> dict[str, Any]:
    return {"interactions": names(group.interactions), "answers_differ": group.answers_differ}


def _merged_as_json(group: Group) -> dict[str, Any]:
    return {
        "tier": group.tier.value,
        **_group_as_json(group),
        "requests": names(group.requests),
        "differ_at": group.differ_at,
        "rules": [_rule_as_json(each) for each in group.narrow],
        "crowded": group.crowded,
    }


def _rule_as_json(stated: Stated) -> dict[str, str]:
    return {"rule": stated.name, "text": stated.text, "place": stated.place}
