"""The smallest rule under which the nearest recording would answer, tried before it is told."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from playhead.alignment import spelled
from playhead.areas import CONVERSATIONS, IDS, Part
from playhead.cassette import Interaction
from playhead.compared import Near, Sent, json_value
from playhead.dialects import recorded_route
from playhead.difference import Difference, Steps, pointer
from playhead.members import members_kept
from playhead.pointer import pointer as parsed
from playhead.rules import FALLBACKS, NO_RULES, Rules, Tier

_MOST_POINTERS = 4
_NAMED = 5
_MOST_TRIED = 100
_Others: TypeAlias = Callable[[frozenset[int]], Iterable[Interaction]]
_BRIDGING = ("bridge: true",)
_PLAIN = re.compile(r"/[A-Za-z0-9_./*~-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A rule that would let the nearest recording answer this request.

    `lines` are what to put into playhead.yaml. `lets_go` is what would count no more. `merges` are
    the first of `merged` other interactions, of those looked at, that would answer it as well;
    `complete` is whether all in reach that may were looked at.
    """

    lines: tuple[str, ...]
    lets_go: tuple[Part, ...]
    merges: tuple[str, ...] = ()
    merged: int = 0
    complete: bool = True

    @property
    def is_harmless(self) -> bool:
        """Whether the rule lets nothing go that was asked or said, and merges nothing.

        Bridging lets nothing go: what was recorded is told in the form that was asked for.
        """
        if self.lines == _BRIDGING:
            return True
        asked = {Part.MODEL, Part.STREAM, Part.CONVERSATION, Part.OTHER}
        return self.complete and not self.merged and not asked.intersection(self.lets_go)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """Some rules, and the requests that are the same under them at one tier."""

    rules: Rules
    tier: Tier
    lines: tuple[str, ...]

    def key(self, value: Any, operation: str) -> bytes | None:
        """What counts of a body; None where the tier does not apply to it."""
        kept = self.rules.projected(value, operation, self.tier)
        return None if kept is None else spelled(kept)


def advice(
    near: Near,
    sent: Sent,
    others: _Others,
    *,
    above: Rules = NO_RULES,
    in_time: Callable[[], bool] = lambda: True,
) -> Advice | None:
    """Return the smallest rule that would make `near` answer; None where there is none.

    Rules are tried from the least they let go to the most, each on top of those that apply,
    `above`. `others` returns the interactions that have certain members, those that count as they
    are: the rule can make no others the same. They are looked at while `in_time` says so.
    """
    operation = sent.asked.route.operation
    recorded = json_value(near.interaction.request.body)
    if near.more or not isinstance(recorded, dict) or not isinstance(sent.value, dict):
        return None
    if any(place.part is Part.STREAM for place in near.places):
        return _bridging(near, sent)  # to ignore it would send events to who cannot read them
    for tried in _candidates([place.difference for place in near.places], above):
        key = tried.key(sent.value, operation)
        if key is not None and key == tried.key(recorded, operation):
            merges, complete = _merged(tried, key, sent, others, in_time)
            return Advice(
                lines=tried.lines,
                lets_go=tuple(dict.fromkeys(place.part for place in near.places)),
                merges=tuple(name for name in merges if name != near.interaction.name)[:_NAMED],
                merged=sum(name != near.interaction.name for name in merges),
                complete=complete,
            )
    return None


def _bridging(near: Near, sent: Sent) -> Advice | None:
    """What lets a recording of the opposite wish for a stream answer, if nothing else differs."""
    from playhead.wish import wish_of

    wishes = ("stream", "stream_options")
    if all(place.difference.steps[0] in wishes for place in near.places) and wish_of(sent.asked):
        return Advice(lines=_BRIDGING, lets_go=(Part.STREAM,))
    return None


def _candidates(differences: Sequence[Difference], above: Rules) -> Iterator[_Tried]:
    """Rules that may make these differences go, those first that let least go."""
    if any(not each.steps for each in differences):
        return  # in the path, or in a body that is no JSON: no rule reaches there
    renamed = replace(above, ids_renamed=True)
    ids = "ids: renamed"
    yield _Tried(rules=renamed, tier=Tier.RULES, lines=(ids,))
    if any(each.steps[0] in CONVERSATIONS for each in differences):  # another spelling of a text
        yield _fallback(above, Tier.DEFAULTS)
    others = [each for each in differences if each.steps[-1] not in IDS]
    together = (renamed, (ids,), others), (above, (), differences)
    for rules, said, ignored in together[len(others) == len(differences) :]:
        texts = _pointers(ignored)
        if len(texts) <= _MOST_POINTERS:
            ignore = (*rules.ignore, *map(parsed, texts))
            line = f"ignore: [{', '.join(map(_quoted, texts))}]"
            yield _Tried(rules=replace(rules, ignore=ignore), tier=Tier.RULES, lines=(*said, line))
    for tier in FALLBACKS:
        yield _fallback(above, tier)
        yield _fallback(renamed, tier, ids)


def _fallback(rules: Rules, tier: Tier, *lines: str) -> _Tried:
    line = f"fallbacks: [{tier.value}]"
    return _Tried(rules=replace(rules, fallbacks=(tier,)), tier=tier, lines=(*lines, line))


def _pointers(differences: Sequence[Difference]) -> list[str]:
    """A pointer to each place; where that makes many, one with `*` for those that are alike."""
    exact = dict.fromkeys(pointer(each.steps) for each in differences)
    if len(exact) <= _MOST_POINTERS:
        return list(exact)
    shapes = Counter(_shape(each.steps) for each in differences)
    texts = (
        pointer(each.steps) if shapes[_shape(each.steps)] == 1 else pointer(_shape(each.steps))
        for each in differences
    )
    return list(dict.fromkeys(texts))


def _shape(steps: Steps) -> Steps:
    """The way to a place whatever the element; that of an element itself says which it is."""
    return (*("*" if isinstance(step, int) else step for step in steps[:-1]), steps[-1])


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _untouched(body: dict[str, Any], tried: _Tried) -> dict[str, Any]:
    """The members of a body that those of every recording which the rule merges are like.

    Not those that a pointer goes into: the other recording may hold there what is let go. A
    fallback may take texts for the same that are spelled otherwise, so of its members only the
    model is sure.
    """
    if tried.tier is not Tier.RULES:
        return {name: member for name, member in body.items() if name == "model"}
    touched = {each.steps[0] for each in tried.rules.ignore}
    if not touched.isdisjoint(("*", "**")):
        return {}
    return {name: member for name, member in body.items() if name not in touched}


def _merged(
    tried: _Tried,
    key: bytes,
    sent: Sent,
    others: _Others,
    in_time: Callable[[], bool],
) -> tuple[list[str], bool]:
    """The names of those that would answer as well, and whether there was time for all."""
    names: list[str] = []
    route = sent.asked.route
    kept = tried.rules.projected(sent.value, route.operation, tried.tier)
    for at, other in enumerate(others(members_kept(_untouched(sent.value, tried), kept))):
        if at == _MOST_TRIED or not in_time():
            return names, False
        if recorded_route(other).parameters == route.parameters:
            value = json_value(other.request.body)
            if isinstance(value, dict) and tried.key(value, route.operation) == key:
                names.append(other.name)
    return names, True
