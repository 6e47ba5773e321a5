"""What became of the requests of a session: counts, and the last requests, as plain values."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

LIMIT = 1000
"""Requests kept of each outcome; misses are kept apart, so that hits do not push them out."""

ENDED = "(ended)"
"""The name under which the counts of sessions that were dropped are kept together."""

Counts: TypeAlias = "Counter[tuple[str, str]]"
"""How often what happened: a kind, and a name.

`served` and `ambiguous` have the names of interactions, `missed` the code of a refusal, and
`loosely:` with a tier the names of interactions that answered at that tier.
`latency` has how many bits the nanoseconds of an answer had, and their sum as `sum`; `streams` has
`opened` and `closed`. Those two are of all requests to a server, whoever made them.
`reloads` has `served` and `refused`: how often each worker read cassettes again.
`lost` has no name: how often a shared state was found without what it had held, or not at all.
"""

SERVED, MISSED, AMBIGUOUS, LOOSELY = "served", "missed", "ambiguous", "loosely:"
LATENCY, STREAMS, RELOADS, LOST = "latency", "streams", "reloads", "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What became of the requests of one session, or of several together.

    `requests` are the last ones that were answered and `misses` the last that were refused, as
    JSON values, oldest first. `first` and `last` are the times of its first and its last request
    in seconds since the epoch, 0 where it had none. `sessions` is how many are told of here.
    `is_made_anew` says that one was dropped before, so that not all its requests are here.
    """

    session: str
    counts: Counts
    requests: Sequence[dict[str, Any]] = ()
    misses: Sequence[dict[str, Any]] = ()
    first: float = 0.0
    last: float = 0.0
    sessions: int = 1
    is_made_anew: bool = False

    @property
    def served(self) -> int:
        """How many requests a recording answered."""
        return sum(self.by(SERVED).values())

    @property
    def missed(self) -> int:
        """How many requests were refused."""
        return sum(self.by(MISSED).values())

    @property
    def exhausted(self) -> int:
        """How many requests were refused because they came more often than recorded."""
        return self.counts[MISSED, "exhausted"]

    @property
    def was_asked(self) -> bool:
        """Whether any request is known, be it only for the list of models."""
        return bool(self.requests or self.served or self.missed)

    @property
    def is_whole(self) -> bool:
        """Whether nothing that was counted is known to be lost."""
        return not self.counts[LOST, ""]

    def by(self, kind: str) -> dict[str, int]:
        """Return the counts of one kind by name."""
        return {name: times for (of, name), times in self.counts.items() if of == kind}

    def loosely(self) -> dict[str, dict[str, int]]:
        """Return how often which interaction answered, by tiers looser than exact."""
        tiers = {of for of, _ in self.counts if of.startswith(LOOSELY)}
        return {tier.removeprefix(LOOSELY): self.by(tier) for tier in sorted(tiers)}

    def in_order(self) -> list[dict[str, Any]]:
        """Return all requests that are kept, oldest first."""
        return sorted([*self.requests, *self.misses], key=_when)


def together(accounts: Iterable[Account], session: str = "") -> Account:
    """Return one account of several; of each outcome the last requests are kept."""
    every = list(accounts)
    counts: Counts = Counter()
    for each in every:
        counts.update(each.counts)
    return Account(
        session=session,
        counts=counts,
        requests=_last(entry for each in every for entry in each.requests),
        misses=_last(entry for each in every for entry in each.misses),
        first=min((each.first for each in every if each.first), default=0.0),
        last=max((each.last for each in every), default=0.0),
        sessions=sum(each.sessions for each in every),
        is_made_anew=any(each.is_made_anew for each in every),
    )


def _last(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=_when)[-LIMIT:]


def _when(entry: dict[str, Any]) -> float:
    time: float = entry["time"]
    return time
