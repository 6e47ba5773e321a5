"""What was asked in a session and what became of it: kept as tuples, formatted when read."""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from itertools import count
from operator import attrgetter
from time import time
from typing import Any, TypeAlias
from urllib.parse import unquote

from playhead.account import AMBIGUOUS, LATENCY, LIMIT, LOOSELY, MISSED, SERVED, Account, Counts
from playhead.asked import scope_and_path
from playhead.cassette import Interaction
from playhead.library import Recordings
from playhead.rules import Tier

Request: TypeAlias = tuple[str, bytes, bytes | None, Recordings | None]
"""What is kept of a request that was answered: method, raw path, the scope's header.

The last is what answered where that has to be told: it was found by something looser than exact,
or several cassettes answer the request. Else it is None.
"""

_Hit: TypeAlias = tuple[int, float, Request, Interaction | int]


class Numbers:
    """Numbers for the requests to one server, and how they are written.

    `server` is 0 for one that is alone. Of several with one journal each writes its own before
    its numbers, so that no two requests are called the same.
    """

    def __init__(self) -> None:
        self.server = 0
        self.next = count(1).__next__
        """Return the next number, from 1."""

    def written(self, number: int) -> int | str:
        """Return a number as the journal's JSON has it."""
        return f"{self.server}-{number}" if self.server else number


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request that got an answer of ours. `time` is seconds since the epoch.

    `told` is what is known of the miss, as JSON: the bodies themselves would take too much room.
    """

    id: int
    time: float
    session: str
    method: str
    target: str
    scope: str | None
    status: int
    message: str
    told: dict[str, Any]
    retry: int = 0


class Journal:
    """The last requests of one session, and how many there were of each outcome.

    `made_anew` says that a session of this name was there before and was dropped.
    """

    def __init__(
        self, session: str = "", numbers: Numbers | None = None, *, made_anew: bool = False
    ) -> None:
        self.numbers = numbers or Numbers()
        self.session = session
        self._made_anew = made_anew
        self._begin()

    def _begin(self) -> None:
        self.first = 0.0
        """When the first request came, in seconds since the epoch; 0 where none did."""
        self.refused: deque[Refused] = deque(maxlen=LIMIT)
        self.merged = 0
        """How many other journals are in this one."""
        self._last = 0.0
        self._hits: deque[_Hit] = deque(maxlen=LIMIT)
        self._served: defaultdict[Interaction, int] = defaultdict(int)
        self._counts: Counts = Counter()
        self._latencies = [0] * 64
        self._nanoseconds = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted."""
        return not self._hits and not self._counts

    @property
    def last(self) -> float:
        """When the last request came, in seconds since the epoch; 0 where none did."""
        hits, refused = self._hits, self.refused
        return max(self._last, hits[-1][1] if hits else 0.0, refused[-1].time if refused else 0.0)

    def hit(self, request: Request, interaction: Interaction, took: int = 0) -> None:
        """Note that a recording answered, found in `took` nanoseconds; 0 is not measured.

        On the path of every request: no more than a tuple and some sums.
        """
        self._served[interaction] += 1
        self._latencies[took.bit_length()] += 1
        self._nanoseconds += took
        if request[-1] is not None:
            self._count_special(request[-1], interaction)
        now = time()
        if not self.first:
            self.first = now
        self._hits.append((self.numbers.next(), now, request, interaction))

    def ours(self, request: Request, status: int) -> None:
        """Note a request that got an answer of ours which is no refusal: the list of models."""
        now = time()
        self.first = self.first or now
        self._hits.append((self.numbers.next(), now, request, status))

    def refuse(self, entry: Refused) -> None:
        """Note a request that no recording answered."""
        self._counts[MISSED, entry.told["code"]] += 1
        self.first = min(self.first or entry.time, entry.time)
        self.refused.append(entry)

    def count(self, kind: str, name: str) -> None:
        """Count what no entry is kept of."""
        self._counts[kind, name] += 1

    def copied(self) -> "Journal":
        """Return what is noted until now; nothing is added to it later."""
        until_now = copy(self)
        self.refused, self._hits = self.refused.copy(), self._hits.copy()
        self._served, self._counts = self._served.copy(), self._counts.copy()
        self._latencies = self._latencies.copy()
        return until_now

    def taken_out(self) -> "Journal":
        """Return what is noted until now, and begin anew."""
        until_now = copy(self)
        self._begin()
        return until_now

    def merge(self, other: "Journal") -> None:
        """Note the counts and the misses of another one; what was answered is only counted."""
        self._counts.update(other.counts())
        self.refused.extend(other.refused)
        self.first = min(filter(None, (self.first, other.first)), default=0.0)
        self._last = max(self._last, other.last)
        self.merged += 1

    def forget_interactions(self) -> None:
        """Count by name what was counted by interaction: those of a library that is replaced."""
        self._served, served = defaultdict(int), self._served
        _count_served(self._counts, served)

    def counts(self) -> Counts:
        """Return how often what happened."""
        counts = self._counts.copy()
        _count_served(counts, self._served)
        for bits, times in enumerate(self._latencies[1:], 1):
            if times:
                counts[LATENCY, str(bits)] += times
        if self._nanoseconds:
            counts[LATENCY, "sum"] += self._nanoseconds
        return counts

    def account(self) -> Account:
        """Return what was noted; in another thread only of one that nothing is added to."""
        return Account(
            session=self.session,
            counts=self.counts(),
            requests=[self._hit_as_json(hit) for hit in self._hits],
            misses=[
                self._refused_as_json(refused)
                for refused in sorted(self.refused, key=attrgetter("time"))
            ],
            first=self.first,
            last=self.last,
            sessions=self.merged or 1,
            is_made_anew=self._made_anew,
        )

    def _count_special(self, recordings: Recordings, interaction: Interaction) -> None:
        if recordings.tier is not Tier.EXACT:
            self._counts[LOOSELY + recordings.tier.value, interaction.name] += 1
        if recordings.is_ambiguous:
            self._counts[AMBIGUOUS, interaction.name] += 1

    def _hit_as_json(self, hit: _Hit) -> dict[str, Any]:
        number, when, (method, target, header, recordings), answer = hit
        scope, path = scope_and_path(target, header)
        return {
            "id": self.numbers.written(number),
            "time": when,
            "session": self.session or None,
            "method": method,
            "path": unquote(path, errors="replace"),
            "scope": scope,
            **_answer_as_json(answer, recordings),
        }

    def _refused_as_json(self, refused: Refused) -> dict[str, Any]:
        return {
            "id": self.numbers.written(refused.id),
            "time": refused.time,
            "session": refused.session or None,
            "method": refused.method,
            "path": refused.target,
            "scope": refused.scope,
            "outcome": "refused",
            "status": refused.status,
            "message": refused.message,
            "client_retry": refused.retry,
            **refused.told,
        }


def _count_served(counts: Counts, served: Mapping[Interaction, int]) -> None:
    for interaction, times in served.items():
        counts[SERVED, interaction.name] += times


def _answer_as_json(answer: Interaction | int, recordings: Recordings | None) -> dict[str, Any]:
    if isinstance(answer, int):
        return {"outcome": "answered", "status": answer}
    told: dict[str, Any] = {
        "outcome": "served",
        "status": answer.response.status,
        "interaction": answer.name,
        "match": Tier.EXACT.value,
    }
    if answer.overlay:
        told["overlay"] = answer.overlay
    if recordings is not None and recordings.tier is not Tier.EXACT:
        told["match"] = recordings.tier.value
        if recordings.bridged is not None:
            told["tier"] = recordings.bridged.value
        paths = recordings.let_go.get(answer)
        told["let_go"] = None if paths is None else list(paths)
    return told
