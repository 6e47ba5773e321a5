"""What was asked and what became of it: the last requests, kept as tuples, formatted when read."""

import itertools
from collections import Counter, deque
from dataclasses import dataclass
from time import time
from typing import Any, TypeAlias
from urllib.parse import unquote

from playhead.asked import scope_and_path
from playhead.cassette import Interaction
from playhead.library import Recordings
from playhead.rules import Tier

LIMIT = 1000
"""Entries kept; misses are kept apart, so that a flood of hits does not push them out."""

Request: TypeAlias = tuple[str, bytes, bytes | None, Recordings | None]
"""What is kept of a request that was answered: method, raw path, the scope's header.

The last is what answered where it was found by something looser than exact, else None.
"""

_Hit: TypeAlias = tuple[int, float, Request, Interaction | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request that got an answer of ours. `time` is seconds since the epoch.

    `told` is what is known of the miss, as JSON: the bodies themselves would take too much room.
    """

    id: int
    time: float
    method: str
    target: str
    scope: str | None
    status: int
    message: str
    told: dict[str, Any]
    retry: int = 0


class Journal:
    """The last requests, and how many there were of each outcome since the start."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._hits: deque[_Hit] = deque(maxlen=LIMIT)
        self._refused: deque[Refused] = deque(maxlen=LIMIT)
        self.served = 0
        self.missed = 0
        self.loosely: Counter[tuple[Tier, Interaction]] = Counter()
        """How often each interaction answered by something looser than exact."""

    def new_id(self) -> int:
        """Return the number of the next request; counts from 1."""
        return next(self._ids)

    def hit(self, request: Request, interaction: Interaction) -> None:
        """Note that a recording answered. On the path of every request: no more than a tuple."""
        self.served += 1
        if request[-1] is not None:
            self.loosely[request[-1].tier, interaction] += 1
        self._hits.append((next(self._ids), time(), request, interaction))

    def ours(self, request: Request, status: int) -> None:
        """Note a request that got an answer of ours which is no refusal: the list of models."""
        self._hits.append((next(self._ids), time(), request, status))

    def refuse(self, entry: Refused) -> None:
        """Note a request that no recording answered."""
        self.missed += 1
        self._refused.append(entry)

    def by_tier(self) -> dict[str, int]:
        """Return how many requests were answered at each tier looser than exact."""
        counts: Counter[str] = Counter()
        for (tier, _), times in self.loosely.copy().items():
            counts[tier.value] += times
        return dict(counts)

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests that are kept as JSON values, oldest first; safe in any thread."""
        entries = [_hit_as_json(hit) for hit in self._hits.copy()] + self.misses()
        return sorted(entries, key=lambda entry: entry["id"])

    def misses(self) -> list[dict[str, Any]]:
        """Return the refused requests kept as JSON values, oldest first; safe in any thread."""
        return [_refused_as_json(refused) for refused in self._refused.copy()]

    def request(self, number: int) -> dict[str, Any] | None:
        """Return one request as a JSON value; None where it is not kept any more."""
        for hit in self._hits:
            if hit[0] == number:
                return _hit_as_json(hit)
        for refused in self._refused:
            if refused.id == number:
                return _refused_as_json(refused)
        return None


def _hit_as_json(hit: _Hit) -> dict[str, Any]:
    number, when, (method, target, header, loosely), answer = hit
    scope, path = scope_and_path(target, header)
    return {
        "id": number,
        "time": when,
        "method": method,
        "path": unquote(path, errors="replace"),
        "scope": scope,
        **_answer_as_json(answer, loosely),
    }


def _answer_as_json(answer: Interaction | int, loosely: Recordings | None) -> dict[str, Any]:
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
    if loosely is not None:
        told["match"] = loosely.tier.value
        if loosely.bridged is not None:
            told["tier"] = loosely.bridged.value
        paths = loosely.let_go.get(answer)
        told["let_go"] = None if paths is None else list(paths)
    return told


def _refused_as_json(refused: Refused) -> dict[str, Any]:
    return {
        "id": refused.id,
        "time": refused.time,
        "method": refused.method,
        "path": refused.target,
        "scope": refused.scope,
        "outcome": "refused",
        "status": refused.status,
        "message": refused.message,
        "client_retry": refused.retry,
        **refused.told,
    }
