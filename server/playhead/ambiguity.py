"""Recordings that answer the same request: to the letter, or under the rules.

What is one request to the letter is a tie where several cassettes recorded it, and a sequence
within a cassette. Requests that only rules make one are merged.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from playhead import key
from playhead.cassette import Interaction
from playhead.configuration import Configuration
from playhead.dialects import recorded_route
from playhead.difference import differences
from playhead.library import Library
from playhead.peers import Answering, Peers
from playhead.rules import Tier
from playhead.stated import Stated

_COMPARED = 8
"""Requests of a group whose bodies are compared with the first; more find no new places."""
_PATHS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Interactions that answer one request, in the order in which they do.

    `requests` are those that they answer: the same ones, unless a path, a query or the rules of
    another folder keep some of them apart. `differ_at` are JSON paths at which the requests
    differ, `narrow` the rules that let that go. `crowded` are the cassettes that hold several of
    the requests, which no scope parts. `answers_differ` is False where all responses have the
    same status and body.
    """

    tier: Tier
    interactions: tuple[Interaction, ...]
    requests: tuple[Interaction, ...]
    answers_differ: bool
    differ_at: tuple[str, ...] = ()
    narrow: tuple[Stated, ...] = ()
    crowded: tuple[str, ...] = ()

    @property
    def cassettes(self) -> list[str]:
        """The cassettes of these interactions, in their order; each is a scope of its own."""
        return list(dict.fromkeys(each.cassette for each in self.interactions))


def ties(library: Library) -> list[Group]:
    """Return the requests that several cassettes recorded to the letter."""
    return [_to_the_letter(same) for same in library.ties()]


def sequences(library: Library) -> list[Group]:
    """Return the requests that one cassette recorded several times, with different answers."""
    found: list[Group] = []
    for same in library.repeats():
        by_cassette: defaultdict[str, list[Interaction]] = defaultdict(list)
        for interaction in same:
            by_cassette[interaction.cassette].append(interaction)
        found += map(_to_the_letter, by_cassette.values())
    return [group for group in found if group.answers_differ]


def merged(library: Library) -> list[Group]:
    """Return the requests that rules make one, those with different answers first."""
    peers = Peers(library)
    found: defaultdict[Answering, list[Interaction]] = defaultdict(list)
    for cassette in library.shelf.cassettes:
        for interaction in cassette.interactions:
            for answering in peers.of(interaction):
                found[answering].append(interaction)
    groups = [_merged(library, peers, *each) for each in found.items()]
    return sorted(
        groups, key=lambda group: (not group.answers_differ, list(Tier).index(group.tier))
    )


def answers_differ(interactions: Sequence[Interaction]) -> bool:
    """Whether the responses differ in status or body."""
    return len({(each.response.status, each.response.body) for each in interactions}) > 1


def _to_the_letter(same: Sequence[Interaction]) -> Group:
    return Group(
        tier=Tier.EXACT,
        interactions=tuple(same),
        requests=tuple(same),
        answers_differ=answers_differ(same),
    )


def _merged(
    library: Library, peers: Peers, answering: Answering, askers: list[Interaction]
) -> Group:
    first = peers.request(askers[0])
    by_request: dict[Interaction, Interaction] = {}
    for each in answering.interactions:
        by_request.setdefault(peers.request(each), each)
    others = [each for request, each in by_request.items() if request is not first]
    applied = library.shelf.configuration(others[0].cassette)
    counts = Counter(each.cassette for each in by_request.values())
    return Group(
        tier=answering.tier,
        interactions=answering.interactions,
        requests=tuple(askers),
        answers_differ=answers_differ([*answering.interactions, *askers]),
        differ_at=tuple(itertools.islice(_places(first, others[:_COMPARED]), _PATHS)),
        narrow=tuple(_letting_go(applied, answering.tier, first, others[0])),
        crowded=tuple(name for name, count in counts.items() if count > 1),
    )


def _places(first: Interaction, others: Sequence[Interaction]) -> Iterator[str]:
    """Yield the JSON paths at which a request differs from others, each once."""
    value = key.parse(first.request.body)
    told: set[str] = set()
    for other in others:
        for difference in differences(value, key.parse(other.request.body)):
            if difference.path not in told:
                told.add(difference.path)
                yield difference.path


def _letting_go(
    applied: Configuration, tier: Tier, first: Interaction, other: Interaction
) -> Iterator[Stated]:
    """Yield the rules that make two requests one at `tier`: without any of them they are two.

    Where it takes several to make them two again, all that apply at that tier.
    """
    if tier is not Tier.RULES:
        yield from (each for each in applied.stated if each.rule is tier)
        return
    own = [each for each in applied.stated if each.name != "fallbacks"]
    alone = [each for each in own if _are_two(_but(applied, each), first, other)]
    yield from alone or own


def _but(applied: Configuration, stated: Stated) -> Configuration:
    """The configuration without one of its rules."""
    rules = applied.rules
    less = replace(
        rules,
        ignore=tuple(each for each in rules.ignore if each != stated.rule),
        replace=tuple(each for each in rules.replace if each != stated.rule),
        ids_renamed=rules.ids_renamed and stated.name != "ids",
    )
    return replace(applied, rules=less)


def _are_two(applied: Configuration, first: Interaction, other: Interaction) -> bool:
    def counted(interaction: Interaction) -> bytes:
        request, route = interaction.request, recorded_route(interaction)
        value = applied.rules.projected(key.parse(request.body), route.operation, Tier.RULES)
        return key.loose_digest(request.method, route, value)

    return counted(first) != counted(other)
