"""What was asked and what became of it: the last requests, kept as tuples, formatted when read."""

import itertools
from collections import deque
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from playhead.asked import scope_and_path
from playhead.cassette import Interaction

if TYPE_CHECKING:
    from playhead.miss import Miss

LIMIT = 1000
"""Entries kept; misses are kept apart, so that a flood of hits does not push them out."""

Request: TypeAlias = tuple[str, bytes, bytes | None]
"""What is kept of a request that was answered: method, raw path, and the scope's header."""

_Hit: TypeAlias = tuple[int, float, Request, Interaction | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request that got an answer of ours. `time` is seconds since the epoch."""

    id: int
    time: float
    method: str
    target: str
    scope: str | None
    status: int
    miss: "Miss"
    retry: int = 0


class Journal:
    """The last requests, and how many there were of each outcome since the start."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._hits: deque[_Hit] = deque(maxlen=LIMIT)
        self._refused: deque[Refused] = deque(maxlen=LIMIT)
        self.served = 0
        self.missed = 0

    def new_id(self) -> int:
        """Return the number of the next request; counts from 1."""
        return next(self._ids)

    def hit(self, request: Request, interaction: Interaction) -> None:
        """Note that a recording answered. On the path of every request: no more than a tuple."""
        self.served += 1
        self._hits.append((next(self._ids), time(), request, interaction))

    def ours(self, request: Request, status: int) -> None:
        """Note a request that got an answer of ours which is no refusal: the list of models."""
        self._hits.append((next(self._ids), time(), request, status))

    def refuse(self, entry: Refused) -> None:
        """Note a request that no recording answered."""
        self.missed += 1
        self._refused.append(entry)

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
    number, when, (method, target, header), answer = hit
    scope, path = scope_and_path(target, header)
    return {
        "id": number,
        "time": when,
        "method": method,
        "path": unquote(path, errors="replace"),
        "scope": scope,
        **_answer_as_json(answer),
    }


def _answer_as_json(answer: Interaction | int) -> dict[str, Any]:
    if isinstance(answer, int):
        return {"outcome": "answered", "status": answer}
    return {
        "outcome": "served",
        "status": answer.response.status,
        "interaction": answer.name,
    }


def _refused_as_json(refused: Refused) -> dict[str, Any]:
    miss = refused.miss
    nearest = None
    if miss.nearest is not None:
        nearest = {
            "interaction": miss.nearest.interaction.name,
            "likeness": round(miss.nearest.likeness, 4),
            "differences": [
                {
                    "path": place.path,
                    "recorded": place.recorded,
                    "sent": place.sent,
                    "alike": place.alike,
                }
                for place in miss.nearest.differences
            ],
            "more_differences": miss.nearest.more,
        }
    return {
        "id": refused.id,
        "time": refused.time,
        "method": refused.method,
        "path": refused.target,
        "scope": refused.scope,
        "outcome": "refused",
        "status": refused.status,
        "code": miss.refusal.code.value,
        "message": miss.summary,
        "client_retry": refused.retry,
        "nearest": nearest,
    }
