"""The recordings by what their requests are without the wish for a stream.

Made of the cassettes that are bridged, so that who has none pays nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias
from urllib.parse import urlsplit

from playhead.asked import Asked
from playhead.bridged import NotBridged, bridged
from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.errors import Code, Refusal
from playhead.key import digest
from playhead.loose import LooseIndex
from playhead.rules import Rules, Tier
from playhead.wish import Wish, plain_url, wish_of

Narrowed: TypeAlias = Callable[[Asked, Sequence[Interaction]], Sequence[Interaction]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was recorded for a request with the opposite `wish`, and how it was found."""

    recorded: tuple[Interaction, ...]
    tier: Tier
    wish: Wish


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What was recorded with one wish, each with its request as if it had none."""

    by_key: dict[bytes, list[Interaction]] = field(default_factory=dict)
    loose: LooseIndex = field(default_factory=LooseIndex)


class Bridge:
    """Every interaction that could answer a request with the opposite wish."""

    def __init__(self) -> None:
        self._shelves = {True: _Shelf(), False: _Shelf()}
        self._recorded: dict[Interaction, Interaction] = {}
        self._told: dict[tuple[Interaction, bool, bool], Interaction] = {}

    def add(self, interaction: Interaction, rules: Rules) -> None:
        """Index `interaction` under the rules of its cassette."""
        request, route = interaction.request, recorded_route(interaction)
        query = urlsplit(request.url).query
        asked = Asked(method=request.method, route=route, query=query, body=request.body)
        wish = wish_of(asked)
        if wish is None:
            return
        plain, url = wish.plain, plain_url(request.url, route.operation)
        without = replace(interaction, request=replace(request, url=url, body=plain.body))
        self._recorded[without] = interaction
        shelf = self._shelves[wish.streams]
        key = digest(plain.method, plain.route, plain.body)
        shelf.by_key.setdefault(key, []).append(without)
        shelf.loose.add(without, rules)

    def find(self, asked: Asked, narrowed: Narrowed) -> Found | None:
        """Return what was recorded for a request with the opposite wish; None for nothing.

        First to the letter, then by the rules. `narrowed` leaves of some recordings those that
        answer a request.
        """
        wish = wish_of(asked)
        if wish is None:
            return None
        for tier, alike in self._alike(wish):
            if found := narrowed(wish.plain, alike):
                recorded = tuple(self._recorded[each] for each in found)
                return Found(recorded=recorded, tier=tier, wish=wish)
        return None

    def told(self, recorded: Sequence[Interaction], wish: Wish) -> tuple[Interaction, ...]:
        """Return those of `recorded` that can be told as `wish` has it; always the same ones.

        Raise Refusal where none can, with the reason why the first cannot.
        """
        told, reasons = [], []
        for each in recorded:
            try:
                told.append(self._tell(each, wish))
            except NotBridged as reason:
                reasons.append(f"{each.name} {reason}, and cannot be bridged")
        if not told:
            raise Refusal(Code.NOT_BRIDGED, reasons[0])
        return tuple(told)

    def _alike(self, wish: Wish) -> Iterator[tuple[Tier, list[Interaction]]]:
        plain, shelf = wish.plain, self._shelves[not wish.streams]
        key = digest(plain.method, plain.route, plain.body)
        yield Tier.EXACT, shelf.by_key.get(key, [])
        yield from shelf.loose.find(plain)

    def _tell(self, interaction: Interaction, wish: Wish) -> Interaction:
        known = interaction, wish.usage, wish.sse
        if known not in self._told:
            self._told.setdefault(known, bridged(interaction, wish))
        return self._told[known]
