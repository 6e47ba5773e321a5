"""The library: all cassettes being served, indexed by key. Immutable once made.

`find` is the whole of matching: key, scope, and what breaks a tie. It moves nothing; which of
several recordings of one request answers is the business of `cursors`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from playhead.asked import Asked
from playhead.cassette import Cassette, Interaction
from playhead.dialects import recorded_route
from playhead.errors import Code, Refusal
from playhead.folder import Shelf
from playhead.key import digest
from playhead.loose import LooseIndex, let_go
from playhead.names import scopes
from playhead.overlaid import Overlaid
from playhead.pieces import JSON_ARRAY
from playhead.rules import Rules, Tier
from playhead.streaming import form_of

if TYPE_CHECKING:
    from playhead.bridge import Bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """The interactions that answer one request, in the order they are handed out; never empty.

    Before one that was recorded stand the answers that overlays put there. `id` names this choice
    of interactions, so that a cursor outlives any cache. `tier` says how they were found; where
    that is not exact, `let_go` has the JSON paths at which they differ from the request, of the
    first few at least. `bridged` is the tier at which a bridged request was found, apart
    from its wish for a stream.
    """

    interactions: tuple[Interaction, ...]
    tier: Tier = Tier.EXACT
    let_go: Mapping[Interaction, tuple[str, ...]] = field(default_factory=dict)
    bridged: Tier | None = None
    id: str = field(init=False)

    @property
    def is_ambiguous(self) -> bool:
        """Whether several cassettes answer this request, so that their names decide the order."""
        return len({interaction.cassette for interaction in self.interactions}) > 1

    def __post_init__(self) -> None:
        names = "\0".join(interaction.name for interaction in self.interactions)
        object.__setattr__(self, "id", sha256(names.encode("utf-8", "surrogateescape")).hexdigest())


class Library:
    """Every interaction that is served, by its key."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._by_key: dict[bytes, list[Interaction]] = {}
        self._by_operation: defaultdict[tuple[str, str], list[Interaction]] = defaultdict(list)
        self.loose = LooseIndex()
        self.overlaid = Overlaid(shelf)
        self._bridge: Bridge | None = None
        for cassette in shelf.cassettes:
            configuration = shelf.configuration(cassette.name)
            for interaction in cassette.interactions:
                self._index(interaction)
                self.loose.add(interaction, configuration.rules)
            if configuration.bridge:
                self._add_bridge(cassette, configuration.rules)

    def _index(self, interaction: Interaction) -> None:
        request = interaction.request
        path = recorded_route(interaction)
        key = digest(request.method, path, request.body)
        self._by_key.setdefault(key, []).append(interaction)
        self._by_operation[request.method, path.operation].append(interaction)

    def _add_bridge(self, cassette: Cassette, rules: Rules) -> None:
        from playhead.bridge import Bridge

        self._bridge = self._bridge or Bridge()
        for interaction in cassette.interactions:
            self._bridge.add(interaction, rules)

    @property
    def is_slow(self) -> bool:
        """Whether to find an answer may take long: a cassette is bridged, or has rules."""
        return self._bridge is not None or not self.loose.is_empty

    @cached_property
    def scopes(self) -> frozenset[str]:
        """Every name that confines: those of the cassettes and of the folders above them."""
        return scopes(cassette.name for cassette in self.shelf.cassettes)

    def find(self, asked: Asked) -> Recordings:
        """Return the recordings of this request; raise Refusal where there are none.

        The rules of a cassette are looked at only where nothing is the same to the letter, the
        stricter tiers before the looser ones.
        """
        self._check_scope(asked)
        key = digest(asked.method, asked.route, asked.body)
        if found := narrowed(asked, self._by_key.get(key, ())):
            return Recordings(interactions=self.overlaid.sequence(found))
        for tier, alike in self.loose.find(asked):
            if found := narrowed(asked, alike):
                sequence = self.overlaid.sequence(found)
                paths = let_go(sequence, asked)
                return Recordings(interactions=sequence, tier=tier, let_go=paths)
        if self._bridge and (opposite := self._bridge.find(asked, narrowed)):
            told = self._bridge.told(self.overlaid.sequence(opposite.recorded), opposite.wish)
            paths, tier = let_go(told, asked), Tier.BRIDGED
            return Recordings(interactions=told, tier=tier, let_go=paths, bridged=opposite.tier)
        if any(True for _ in self.alike(asked)):
            raise Refusal(Code.BODY_DIFFERS, "no recording matches")
        raise Refusal(Code.UNKNOWN_OPERATION, "nothing is recorded for")

    def alike(self, asked: Asked) -> Iterator[Interaction]:
        """Yield the interactions of the same operation in the same scope: where a miss looks."""
        same = self._by_operation.get((asked.method, asked.route.operation), ())
        return (each for each in same if _is_within(asked.scope, each))

    def in_scope(self, scope: str | None) -> Sequence[Interaction]:
        """Return all interactions in `scope`, in the order of their names."""
        everything = [each for cassette in self.shelf.cassettes for each in cassette.interactions]
        return _within(scope, everything)

    def methods(self, operation: str) -> list[str]:
        """Return the methods that `operation` is recorded with."""
        return sorted({method for method, recorded in self._by_operation if recorded == operation})

    def repeats(self) -> list[Sequence[Interaction]]:
        """Return the interactions that are one request to the letter, where there are several."""
        return [same for same in self._by_key.values() if len(same) > 1]

    def ties(self) -> list[Sequence[Interaction]]:
        """Return the requests that more than one cassette answers."""
        return [
            same
            for same in self.repeats()
            if len({interaction.cassette for interaction in same}) > 1
        ]

    def _check_scope(self, asked: Asked) -> None:
        if asked.scope is not None and asked.scope not in self.scopes:
            raise Refusal(Code.UNKNOWN_CASSETTE, "there is no such cassette or folder")
        if not self._by_key:
            raise Refusal(Code.NO_CASSETTES, "no cassettes are loaded")


def narrowed(asked: Asked, found: Sequence[Interaction]) -> Sequence[Interaction]:
    """Return those of `found` that answer in the scope of a request.

    The exact recorded path comes before the same operation under another prefix, and a query
    breaks a tie; what else it says is in `_may_answer`. Between cassettes the order of their
    names decides.
    """
    found = _within(asked.scope, found)
    found = _preferred(found, lambda other: recorded_route(other).path == asked.route.path)
    found = [other for other in found if _may_answer(other, asked)]
    return _preferred(found, lambda other: urlsplit(other.request.url).query == asked.query)


def _within(scope: str | None, interactions: Sequence[Interaction]) -> Sequence[Interaction]:
    return [each for each in interactions if _is_within(scope, each)]


def _is_within(scope: str | None, interaction: Interaction) -> bool:
    """Whether an interaction's cassette is `scope`, or lies in that folder; None is everything."""
    name = interaction.cassette
    return scope is None or name == scope or name.startswith(f"{scope}/")


def _preferred(
    found: Sequence[Interaction], wanted: Callable[[Interaction], bool]
) -> Sequence[Interaction]:
    """Return those of `found` that are `wanted`, or all where none is."""
    if len(found) < 2:
        return found
    return [interaction for interaction in found if wanted(interaction)] or found


def _may_answer(recorded: Interaction, asked: Asked) -> bool:
    """Whether a recording with the key of a request may answer it, by what else its URL says.

    Azure's deployment, where both have one, has to be the same. Of a resource that no dialect
    knows the query is a part (RFC 9110, 4.2.2): the next page of a list is no longer the first.
    """
    route = recorded_route(recorded)
    if None not in (route.deployment, asked.route.deployment):
        return route.deployment == asked.route.deployment
    if "alt=sse" in asked.query:  # Google's clients that ask for events cannot read an array
        return form_of(recorded) is not JSON_ARRAY
    if asked.body or not asked.query or asked.route.operation != asked.route.path:
        return True
    return _parameters(urlsplit(recorded.request.url).query) == _parameters(asked.query)


_NO_PART_OF_A_RESOURCE = ("key", "api-version", "beta")


def _parameters(query: str) -> list[tuple[str, str]]:
    """The parameters that say which resource is meant: no credentials, no versions."""
    named = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    return sorted(pair for pair in named if pair[0] not in _NO_PART_OF_A_RESOURCE)
