"""The recordings most like a request, found through an index of what requests are made of.

A request is a set of members. The recordings that share its rarest ones are compared with it in
full, and where the least of what matters has changed, there is the nearest. The index grows in
small steps, from one search to the next and between them, so that it never holds anybody up.
"""

import heapq
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import log
from typing import TypeAlias

from playhead.advice import Advice, advice
from playhead.asked import Asked
from playhead.cassette import Interaction
from playhead.compared import Near, Sent, compare
from playhead.dialects import recorded_route
from playhead.members import members_of
from playhead.rules import NO_RULES, Rules

COMPARED_IN_FULL = 16
_NAMED = 3
_INDEXED = 250_000
"""Interactions in all indexes together, at 1 to 2 KB of memory each; the oldest index goes."""
_COUNTED = 10_000
"""Entries of the index that one search looks at: what is in every recording tells nothing."""
_FIRST = 4_000
_SHARE_TO_GROW = 0.5

_Breathe: TypeAlias = Callable[[], None]
_Reach: TypeAlias = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found: the nearest first, and a rule that would make the first one answer.

    It looked at `looked_at` recordings `of` those in reach.
    """

    nearest: tuple[Near, ...] = ()
    advice: Advice | None = None
    looked_at: int = 0
    of: int = 0

    @property
    def complete(self) -> bool:
        """Whether every recording in reach was looked at."""
        return self.looked_at == self.of


class Index:
    """The recordings in one reach by the members of their requests."""

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        self.interactions = interactions
        self.looked_at = 0
        self._postings: dict[int, int | array[int]] = {}
        self._sizes = array("H", bytes(2 * len(interactions)))
        self._next = 0

    @property
    def complete(self) -> bool:
        """Whether every recording is in the index."""
        return self.looked_at == len(self.interactions)

    def grow(self) -> None:
        """Take in the next recording that is missing; there must be one."""
        while self._sizes[self._next]:
            self._next += 1
        self.add(self._next)

    def add(self, at: int) -> None:
        """Take in the recording at this place of the list, which must not be in the index yet."""
        interaction = self.interactions[at]
        request, parameters = interaction.request, recorded_route(interaction).parameters
        members = members_of(request.method, parameters, request.body)
        self._sizes[at] = len(members)
        self.looked_at += 1
        for member in members:
            known = self._postings.get(member)
            if known is None:
                self._postings[member] = at
            elif isinstance(known, int):
                self._postings[member] = array("I", (known, at))
            else:
                known.append(at)

    def of_size(self, size: int) -> list[int]:
        """Return those that are missing, those first whose bodies have about `size` bytes."""
        missing = (at for at, members in enumerate(self._sizes) if not members)
        bodies = self.interactions
        return heapq.nsmallest(
            _FIRST, missing, key=lambda at: abs(len(bodies[at].request.body) - size)
        )

    def ranked(self, members: frozenset[int], breathe: _Breathe) -> list[int]:
        """Return the places of the recordings that share the most, and the rarest, of `members`."""
        lists = sorted(map(self._places, members), key=len)
        scores: defaultdict[int, float] = defaultdict(float)
        room = _COUNTED
        for places in lists:
            weight = log(1 + self.looked_at / max(1, len(places)))
            for at in places[:room]:
                scores[at] += weight
            room -= len(places)
            breathe()
            if room <= 0:
                break
        if not scores:
            known = (at for at, held in enumerate(self._sizes) if held)
            return list(islice(known, COMPARED_IN_FULL))
        size = len(members)
        return heapq.nsmallest(
            COMPARED_IN_FULL,
            scores,
            key=lambda at: (abs(self._sizes[at] - size) / 8 - scores[at], at),
        )

    def having(self, members: frozenset[int]) -> Iterable[int]:
        """Return the places of the recordings that have all of `members`, and maybe of others."""
        lists = sorted(map(self._places, members), key=len)
        if not lists:
            return range(len(self.interactions))
        places = set(lists[0])
        for each in lists[1:]:
            if len(each) > _COUNTED or len(places) <= 1:
                break
            places.intersection_update(each)
        return places

    def _places(self, member: int) -> Sequence[int]:
        places = self._postings.get(member, ())
        return (places,) if isinstance(places, int) else places


class Neighbours:
    """Finds nearest recordings, and keeps the indexes that it finds them with."""

    def __init__(
        self,
        clock: Callable[[], float],
        rules_of: Callable[[Interaction], Rules] = lambda _: NO_RULES,
        breathe: _Breathe = lambda: None,
    ) -> None:
        self._clock = clock
        self._rules_of = rules_of
        self._breathe = breathe
        self._indexes: dict[_Reach, Index] = {}

    def nearest(self, sent: Sent, candidates: Iterable[Interaction], *, deadline: float) -> Found:
        """Return the nearest of `candidates`, all those in reach.

        Before the deadline at least one is compared, in part of the time left the index grows.
        """
        asked = sent.asked
        index = self._index(asked, candidates)
        self._grow(index, len(asked.body), deadline)
        members = members_of(asked.method, asked.route.parameters, asked.body)
        compared: list[Near] = []
        for at in index.ranked(members, self._breathe):
            if compared and self._clock() > deadline:
                break
            self._breathe()
            interaction = index.interactions[at]
            compared.append(compare(interaction, sent, self._rules_of(interaction)))
        nearest = sorted(compared, key=lambda near: near.cost)[:_NAMED]
        found = Found(nearest=tuple(nearest), looked_at=index.looked_at, of=len(index.interactions))
        if not nearest:
            return found
        rule = advice(
            nearest[0],
            sent,
            lambda members: self._having(index, members),
            above=self._rules_of(nearest[0].interaction),
            in_time=lambda: self._clock() <= deadline,
        )
        return replace(found, advice=rule)

    def _having(self, index: Index, members: frozenset[int]) -> Iterator[Interaction]:
        for at in sorted(index.having(members)):
            self._breathe()
            yield index.interactions[at]

    def grow(self, seconds: float) -> bool:
        """Let the indexes grow for so long; return whether something is missing still."""
        deadline = self._clock() + seconds
        for index in self._indexes.values():
            while not index.complete:
                if self._clock() > deadline:
                    return True
                index.grow()
                self._breathe()
        return False

    def _index(self, asked: Asked, candidates: Iterable[Interaction]) -> Index:
        reach = asked.method, asked.route.operation, asked.scope
        index = self._indexes.pop(reach, None) or Index(list(candidates))
        self._indexes[reach] = index  # the newest last
        held = sum(len(each.interactions) for each in self._indexes.values())
        for oldest in list(self._indexes)[:-1]:
            if held <= _INDEXED:
                break
            held -= len(self._indexes.pop(oldest).interactions)
        return index

    def _grow(self, index: Index, size: int, deadline: float) -> None:
        """Take in what is missing, the likeliest first, until a share of the time is over."""
        now = self._clock()
        until = now + _SHARE_TO_GROW * (deadline - now)
        while not index.complete:
            for at in index.of_size(size):
                if index.looked_at and self._clock() > until:
                    return
                index.add(at)
                self._breathe()
