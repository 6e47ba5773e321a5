"""Every recording of a folder, replayed: `pytest --corpus=FOLDER`; always for the examples."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from support.oracle import Recorded, recorded
from support.server import Running, serve
from support.wire import Connection, Reply


@pytest.fixture(scope="module")
def server(corpus: Path) -> Iterator[Running]:
    with serve(corpus) as running:
        yield running


@pytest.fixture(scope="module")
def recordings(corpus: Path) -> list[Recorded]:
    return recorded(corpus)


def test_every_recording_is_served(server: Running, recordings: list[Recorded]) -> None:
    served = {cassette["file"] for cassette in server.control("cassettes")["cassettes"]}
    assert {str(exchange.file) for exchange in recordings} <= served
    assert server.health()["interactions"] == len(recordings)


def test_a_respelled_request_gets_an_answer_that_was_recorded_for_it(
    server: Running, recordings: list[Recorded]
) -> None:
    answers = defaultdict(list)
    for exchange in recordings:
        answers[exchange.asked].append(exchange)
    server.rewind()
    with server.connect() as connection:
        wrong = [
            f"{exchange.file}#{exchange.id}: {reply}"
            for exchange in recordings
            for reply in [_sent(connection, exchange, exchange.target)]
            if not any(_is_answer(reply, other) for other in answers[exchange.asked])
        ]
    assert wrong == []


def test_a_request_confined_to_its_cassette_gets_its_own_answer(
    server: Running, recordings: list[Recorded]
) -> None:
    cassettes = server.control("cassettes")["cassettes"]
    names = {cassette["file"]: cassette["name"] for cassette in cassettes}
    server.rewind()
    with server.connect() as connection:
        wrong = [
            f"{exchange.file}#{exchange.id}: {reply}"
            for exchange in recordings
            for scope in [f"/cassette/{quote(names[str(exchange.file)])}/-"]
            for reply in [_sent(connection, exchange, scope + exchange.target)]
            if not _is_answer(reply, exchange)
        ]
    assert wrong == []


def _sent(connection: Connection, exchange: Recorded, target: str) -> Reply:
    return connection.ask(exchange.method, target, exchange.respelled())


def _is_answer(reply: Reply, exchange: Recorded) -> bool:
    """Whether `reply` is the recorded one; without a recorded content type any will do."""
    content_type = exchange.content_type and reply.header("content-type")
    return (reply.status, content_type, reply.body) == exchange.answer
