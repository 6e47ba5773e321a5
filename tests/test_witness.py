"""How its findings become outcomes of tests: test_pytest_plugin.py."""

import socket
from collections.abc import Iterator

import pytest

from conftest import EXAMPLES
from playhead.marked import Marked
from playhead.testing import Server
from playhead.witness import Witness
from support.recordings import CHAT, chat
from support.wire import Connection


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server.started([EXAMPLES])
    yield started
    started.stop()


def _miss(server: Server, prompt: str) -> None:
    with Connection(int(server.remote.origin.rpartition(":")[2])) as connection:
        connection.ask("POST", f"/session/id/-{CHAT}", chat(prompt))


def test_what_was_told_is_not_late(server: Server) -> None:
    witness = Witness(server, server.session("id"), Marked())
    _miss(server, "early")
    assert '"early"' in witness.fault()
    assert witness.late() == ""
    _miss(server, "late")
    told = witness.late()
    assert '"late"' in told
    assert '"early"' not in told


def test_nothing_is_late_where_nobody_asked_before(server: Server) -> None:
    witness = Witness(server, server.session("id"), Marked())
    _miss(server, "early")
    assert witness.late() == ""


def test_a_server_that_is_gone_is_told_with_its_last_words_and_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        gone = Server(f"http://127.0.0.1:{nobody.getsockname()[1]}")
    witness = Witness(gone, gone.session("id"), Marked())
    assert witness.fault().startswith(f"playhead: the server at {gone.remote.origin} does not")
    assert witness.late() == ""
