"""What became of the requests of a session: counts, and the last of them as JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Counts: TypeAlias = Counter[tuple[str, str]]
"""How often, by kind and name.

    served           the interaction that answered; an overlay's or a bridged answer has the name
                     of the recorded one
    missed           the code of the refusal
    loosely:<tier>   the interaction that answered at a tier looser than exact
    ambiguous        the interaction that answered where another cassette in scope could have
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The requests of one session, or of several together; the default session is "".

    `requests` and `misses` are the last ones that were answered and refused, as the journal has
    them, oldest first. `first` and `last` are seconds since the epoch, 0 where nothing came.
    """

    session: str
    counts: Counts = field(default_factory=Counter)
    requests: Sequence[dict[str, Any]] = ()
    misses: Sequence[dict[str, Any]] = ()
    first: float = 0.0
    last: float = 0.0

    @property
    def served(self) -> int:
        """How many requests a recording answered."""
        return sum(self.by("served").values())

    @property
    def missed(self) -> int:
        """How many requests were refused."""
        return sum(self.by("missed").values())

    @property
    def exhausted(self) -> int:
        """How many of them came more often than they were recorded."""
        return self.counts["missed", "exhausted"]

    def by(self, kind: str) -> dict[str, int]:
        """Return how often, by name, for one kind."""
        return {name: times for (own, name), times in self.counts.items() if own == kind}


def together(accounts: Iterable[Account], session: str = "") -> Account:
    """Return one account of what became of the requests of several."""
    several = list(accounts)
    counts: Counts = Counter()
    for account in several:
        counts.update(account.counts)
    return Account(
        session=session,
        counts=counts,
        requests=_in_order(each for account in several for each in account.requests),
        misses=_in_order(each for account in several for each in account.misses),
        first=min((account.first for account in several if account.first), default=0.0),
        last=max((account.last for account in several), default=0.0),
    )


def _in_order(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: entry["time"])
