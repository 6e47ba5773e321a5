from collections.abc import Iterator

import pytest

from conftest import EXAMPLES
from playhead.testing import Playhead, Request, Server, UnknownCassette
from support.recordings import CHAT, chat
from support.server import Running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    started = Server.started([EXAMPLES])
    yield started
    started.stop()


def _path(session: Playhead) -> str:
    return session.base_url.partition("/session/")[2]


def test_a_session_stands_in_the_base_url(server: Server) -> None:
    session = server.session("my test")
    assert session.origin == f"{server.remote.origin}/session/my%20test/-"
    assert session.base_url == f"{session.origin}/v1"
    assert session.env["ANTHROPIC_BASE_URL"] == session.origin
    assert repr(session) == f"<Playhead {session.origin}>"


@pytest.mark.parametrize("name", ["openai", "openai/gpt-4o", "openai/gpt-4o/chat-stream"])
def test_a_cassette_or_a_folder_stands_in_it_as_well(server: Server, name: str) -> None:
    assert _path(server.session("id", name)) == f"id/cassette/{name}/-/v1"


def test_a_name_that_is_not_there_is_told_each_time(server: Server) -> None:
    server.session("id", "openai")
    for _ in range(2):
        with pytest.raises(UnknownCassette, match=r"did you mean openai\?"):
            server.session("id", "openia")


def test_what_a_session_did_not_use_is_in_its_scope(server: Server) -> None:
    assert len(server.session("id").unused) == 5
    wanted = ["openai/gpt-4o-mini/chat-stream#0"]
    assert server.session("id", "openai/gpt-4o-mini").unused == wanted


def test_a_server_of_others_is_asked_and_left_alone(examples: Running) -> None:
    server = Server(examples.origin)
    session = server.session("test of others")
    examples.post(f"/session/test%20of%20others/-{CHAT}", chat("not recorded"))
    (missed,) = session.misses
    assert session.requests == [missed]
    assert isinstance(missed, Request)
    assert (missed.method, missed.path, missed.status) == ("POST", CHAT, 404)
    assert server.log() == ""
    server.stop()
    assert session.misses == [missed]
