"""Requests of real recordings, changed in one place: the miss must say which recording, and where.

Always for the examples; `pytest --corpus=FOLDER` for any other recordings.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from support.conversations import conversations
from support.mutations import Mutation, mutation, path
from support.oracle import Recorded, recorded
from support.recordings import write
from support.server import Running, serve
from support.wire import Connection

MUTATIONS = 1_000
WRONG_AT_MOST = MUTATIONS // 100
_TRIES = 5


@dataclass(frozen=True, kw_only=True)
class Case:
    """A recorded request, changed; `right` are the recordings that may be named, and the paths."""

    exchange: Recorded
    mutation: Mutation
    body: bytes
    right: dict[str, tuple[frozenset[str], ...]]

    def names(self, nearest: Any) -> bool:
        """Whether the recording is named that was changed."""
        return nearest is not None and nearest["interaction"] in self.right

    def says(self, nearest: Any) -> bool:
        """Whether the paths are told that were changed, and no others."""
        paths = frozenset(place["path"] for place in nearest["differences"])
        return paths in self.right[nearest["interaction"]]

    def __str__(self) -> str:
        return f"{self.mutation.kind}: {self.right}"


@pytest.fixture(scope="module")
def server(corpus: Path) -> Iterator[Running]:
    with serve(corpus) as running:
        yield running


def test_a_miss_names_the_right_recording_and_exactly_what_was_changed(
    server: Running, corpus: Path
) -> None:
    wrong_nearest, wrong_paths = _wrong(server, corpus)
    assert len(wrong_nearest) <= WRONG_AT_MOST, wrong_nearest
    assert len(wrong_paths) <= WRONG_AT_MOST, wrong_paths


def test_so_it_does_with_tools_and_long_conversations_of_every_dialect(tmp_path: Path) -> None:
    for name, exchanges in conversations(Random(7)).items():
        write(tmp_path, name, *exchanges)
    with serve(tmp_path) as server:
        wrong_nearest, wrong_paths = _wrong(server, tmp_path)
    assert len(wrong_nearest) <= WRONG_AT_MOST, wrong_nearest
    assert len(wrong_paths) <= WRONG_AT_MOST, wrong_paths


def _wrong(server: Running, folder: Path) -> tuple[list[str], list[str]]:
    """The misses that named another recording, and those that named other paths."""
    with server.connect() as connection:
        told = ((case, _report(connection, case)) for case in _cases(server, folder))
        missed = ((case, report["nearest"]) for case, report in told if report is not None)
        nearest = list(islice(missed, MUTATIONS))
    return (
        [f"{case}: {near}" for case, near in nearest if not case.names(near)],
        [f"{case}: {near}" for case, near in nearest if case.names(near) and not case.says(near)],
    )


def _cases(server: Running, folder: Path) -> Iterator[Case]:
    """Changed requests without end, of each recording in turn, the same in every run."""
    cassettes = server.control("cassettes")["cassettes"]
    names = {cassette["file"]: cassette["name"] for cassette in cassettes}
    read = [(exchange, _value(exchange)) for exchange in recorded(folder)]
    bodies = [(exchange, body) for exchange, body in read if isinstance(body, dict) and body]
    dice = Random(4)
    changes = ((each, body, mutation(body, dice)) for each, body in itertools.cycle(bodies))

    def case(exchange: Recorded, body: dict[str, Any], changed: Mutation | None) -> Case | None:
        sent = changed and changed.of(body)
        if not changed or sent is None:
            return None
        right = {
            f"{names[str(other.file)]}#{other.id}": paths
            for other, value in bodies
            if _is_same(other, exchange) and (paths := changed.paths_in(value, sent))
        }
        text = json.dumps(sent, ensure_ascii=False).encode()
        return Case(exchange=exchange, mutation=changed, body=text, right=right)

    return filter(None, itertools.starmap(case, changes))


def _value(exchange: Recorded) -> Any:
    try:
        return json.loads(exchange.request_body)
    except ValueError:
        return None


def _is_same(left: Recorded, right: Recorded) -> bool:
    """Whether two requests are of one operation, under whatever prefix."""
    return left.method == right.method and left.target[-12:] == right.target[-12:]


def _report(connection: Connection, case: Case) -> dict[str, Any] | None:
    """What the server tells of a miss; None where the changed request is recorded as well.

    A search that ran out of time says so; its index has grown when the request comes again.
    """
    reports = [report for _, report in zip(range(_TRIES), _reports(connection, case), strict=False)]
    return reports[-1] if reports else None


def _reports(connection: Connection, case: Case) -> Iterator[dict[str, Any]]:
    """What is told each time that the request misses, up to the first complete report."""
    complete = False
    while not complete:
        reply = connection.ask(case.exchange.method, case.exchange.target, case.body)
        complete = reply.status != 404
        if not complete:
            number = reply.header("x-request-id")
            report = json.loads(connection.ask("GET", f"/__playhead/requests/{number}").body)
            complete = report["complete"]
            yield report


def test_a_place_is_written_as_people_write_it() -> None:
    assert path(("messages", 0, "a b")) == "messages[0]['a b']"
