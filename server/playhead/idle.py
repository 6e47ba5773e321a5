"""Rules that change nothing in any recorded request: misspelt, out of date, or for clients only."""

from dataclasses import dataclass, replace
from typing import Any

from playhead import identifiers, key, texts
from playhead.cassette import Interaction
from playhead.configuration import Configuration
from playhead.dialects import recorded_route
from playhead.folder import Shelf
from playhead.pointer import Pointer, without
from playhead.rules import Replacement, Rules, Tier
from playhead.stated import Stated

_REASONS = {
    "ignore": "no recorded request has it",
    "replace": "no recorded request holds what it replaces",
    "redact": "no recorded request holds what it redacts, or what stands for that",
    "ids": "no recorded request holds identifiers",
    "fallbacks": "no recorded request has what it lets go",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """A rule that changes no recorded request in its reach, and why it does not.

    It may be right all the same: for what clients send and recordings lack.
    """

    stated: Stated
    reason: str

    def __str__(self) -> str:
        return f"{self.stated}: {self.reason}"


def idle_rules(shelf: Shelf) -> list[Idle]:
    """Return the rules that change no recorded request, in the order in which they stand."""
    reached: set[Stated] = set()
    applied: set[Stated] = set()
    for cassette in shelf.cassettes:
        configuration = shelf.configuration(cassette.name)
        reached.update(configuration.stated)
        for interaction in cassette.interactions:
            applied |= _applied(configuration, interaction, applied)
    return [
        Idle(stated=each, reason=_REASONS[each.name] if each in reached else "is over no cassette")
        for each in shelf.stated
        if each not in applied
    ]


def _applied(
    configuration: Configuration, interaction: Interaction, known: set[Stated]
) -> set[Stated]:
    """The rules not known to apply that do so to the request of `interaction`."""
    waiting = [each for each in configuration.stated if each not in known]
    if not waiting:
        return set()
    try:
        body = key.parse(interaction.request.body)
    except ValueError:
        return set()
    operation = recorded_route(interaction).operation
    return {each for each in waiting if _applies(each, configuration.rules, body, operation)}


def _applies(stated: Stated, rules: Rules, body: Any, operation: str) -> bool:
    rule = stated.rule
    if isinstance(rule, Pointer):
        return without(body, [rule]) is not body
    if isinstance(rule, Replacement):
        return any(
            rule.applied(text) != text or (rule.text != "" and rule.text in text)
            for text in texts.in_value(body)
        )
    if isinstance(rule, Tier):
        return _loosens(rule, rules, body, operation)
    return bool(identifiers.numbered(body) != body)


def _loosens(tier: Tier, rules: Rules, body: Any, operation: str) -> bool:
    """Whether less of a body counts at `tier` than at the one before it."""
    rules = replace(rules, replace=(), ids_renamed=False)  # slow, and they let go no field
    tiers = (Tier.EXACT, *rules.tiers)
    before = tiers[tiers.index(tier) - 1]
    counted = rules.projected(body, operation, tier)
    return counted is not None and counted != rules.projected(body, operation, before)
