"""The recordings by what counts of them at each tier looser than exact.

Made of the cassettes that have rules, so that who has none pays nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from playhead import key
from playhead.asked import Asked
from playhead.cassette import Interaction
from playhead.dialects import Route, recorded_route
from playhead.rules import Rules, Tier

_TOLD_PATHS = 20
"""Places that an answer's record names; more are no help to whoever reads it."""
_TOLD_RECORDINGS = 5
"""Recordings it names them for: a rule may make thousands the same, and others are waiting."""

_Shelf = defaultdict[tuple[Tier, bytes], list[Interaction]]


class LooseIndex:
    """Every interaction whose cassette has rules, by its key at each tier they open."""

    def __init__(self) -> None:
        self._shelves: dict[Rules, _Shelf] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no cassette has rules."""
        return not self._shelves

    def add(self, interaction: Interaction, rules: Rules) -> None:
        """Index `interaction` under the rules of its cassette."""
        if not rules.tiers:
            return
        shelf = self._shelves.setdefault(rules, defaultdict(list))
        request = interaction.request
        route = recorded_route(interaction)
        for tier, loose in _keys(rules, request.method, route, _parsed(route, request.body)):
            shelf[tier, loose].append(interaction)

    def find(self, asked: Asked) -> Iterator[tuple[Tier, list[Interaction]]]:
        """Yield the recordings of a request at each tier, the stricter tiers first."""
        found: defaultdict[Tier, list[list[Interaction]]] = defaultdict(list)
        for tier, alike in self.lists(asked):
            found[tier].append(alike)
        for tier in Tier:
            if tier in found:
                yield tier, in_order(found[tier])

    def lists(
        self, asked: Asked, *, but: Rules | None = None
    ) -> Iterator[tuple[Tier, list[Interaction]]]:
        """Yield the lists of the index that a request belongs to, except under the rules `but`."""
        shelves = [shelf for shelf in self._shelves.items() if shelf[0] != but]
        value = _parsed(asked.route, asked.body) if shelves else None
        for rules, shelf in shelves:
            for tier, loose in _keys(rules, asked.method, asked.route, value):
                if alike := shelf.get((tier, loose)):
                    yield tier, alike

    def listed(self) -> dict[Interaction, list[tuple[Tier, list[Interaction]]]]:
        """Return the lists that each interaction stands in: those under its cassette's rules."""
        found: defaultdict[Interaction, list[tuple[Tier, list[Interaction]]]] = defaultdict(list)
        for shelf in self._shelves.values():
            for (tier, _), alike in shelf.items():
                for interaction in alike:
                    found[interaction].append((tier, alike))
        return dict(found)


def in_order(lists: Iterable[list[Interaction]]) -> list[Interaction]:
    """Return the interactions of several lists in the order of their names."""
    return sorted(chain.from_iterable(lists), key=lambda each: (each.cassette, each.id))


def _keys(rules: Rules, method: str, route: Route, value: Any) -> Iterator[tuple[Tier, bytes]]:
    """The keys at each tier that `rules` open of a request whose body is the JSON `value`."""
    for tier, counts in rules.projections(value, route.operation):
        yield tier, key.loose_digest(method, route, counts)


def _parsed(route: Route, body: bytes) -> Any:
    """The JSON value that `body` is; None, of which nothing counts, where it is none."""
    try:
        return key.parse(body, stream=route.streams_by_default)
    except ValueError:
        return None


def let_go(found: Sequence[Interaction], asked: Asked) -> dict[Interaction, tuple[str, ...]]:
    """Return the JSON paths at which a request differs from the recordings found for it."""
    from playhead.difference import differences

    sent = _parsed(asked.route, asked.body)
    return {
        interaction: tuple(
            difference.path
            for difference in islice(
                differences(_parsed(recorded_route(interaction), interaction.request.body), sent),
                _TOLD_PATHS,
            )
        )
        for interaction in islice(found, _TOLD_RECORDINGS)
    }
