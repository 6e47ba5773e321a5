"""What the control API does not know or cannot reach, asked over a real socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from playhead.app import create_app
from support.inside import inside
from support.recordings import chat, interaction, write
from support.refusals import error_in
from support.runs import Unreachable
from support.server import Running, serve
from support.wire import Connection

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("control")
    write(folder, "a/one", interaction(chat("one")))
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    with serve(folder) as running:
        yield running


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/health/", "/requests/x", "/%ff", "x"])
def test_an_unknown_control_path_is_404_in_our_form(server: Running, path: str) -> None:
    reply = server.get(f"/__playhead{path}")
    assert reply.status == 404
    error_in(reply)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "health"), ("DELETE", "requests"), ("GET", "rewind")]
)
def test_a_wrong_method_is_405_in_our_form(server: Running, method: str, path: str) -> None:
    reply = server.ask(method, f"/__playhead/{path}", headers=JSON)
    assert reply.status == 405
    assert reply.header("allow")
    error_in(reply)


def test_a_head_request_is_answered_as_its_get(server: Running) -> None:
    assert server.ask("HEAD", "/__playhead/health").status == 200


def test_a_journal_that_cannot_be_reached_is_said_in_our_form(folder: Path) -> None:
    app = create_app(folder, state=Unreachable())
    with inside(app) as running, Connection(running.port) as connection:
        reply = connection.ask("GET", "/__playhead/misses")
    assert reply.status == 500
    assert error_in(reply)["code"] == "state_unreachable"
    assert "the store is gone" in error_in(reply)["message"]
