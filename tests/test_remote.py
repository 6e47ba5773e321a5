import socket
from collections.abc import Iterator

import pytest

from playhead import remote
from playhead.remote import Remote, Unreachable
from support.server import Running


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """A server that accepts connections and answers nothing by itself."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


def _origin(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_what_a_server_tells_is_read(examples: Running) -> None:
    assert Remote(examples.origin).get("health")["cassettes"] == 5


def test_a_server_is_told_something(examples: Running) -> None:
    assert Remote(f"{examples.origin}/").post("rewind", {}) == {"rewound": True}


def test_what_a_query_does_not_say_is_left_out(examples: Running) -> None:
    assert "requests" in Remote(examples.origin).get("requests", session="", scope="")
    assert "requests" in Remote(examples.origin).get("requests", session="a b")


def test_the_names_of_a_host_are_tried_in_turn(examples: Running) -> None:
    """`localhost` is ::1 as well on most machines, and the server listens on 127.0.0.1."""
    assert Remote(f"http://localhost:{examples.port}").get("health")["status"] == "ok"


def test_a_proxy_in_the_environment_does_not_count(
    examples: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert Remote(examples.origin).get("health")["status"] == "ok"


def test_sockets_that_a_test_forbids_are_not_its_own(
    examples: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(socket, "socket")
    monkeypatch.delattr(socket, "getaddrinfo")
    assert Remote(examples.origin).get("health")["status"] == "ok"


def test_what_a_server_refuses_is_told_in_its_words(examples: Running) -> None:
    with pytest.raises(Unreachable, match=r"refuses: playhead: .*no such request"):
        Remote(examples.origin).get("requests/999999")


def test_a_port_that_nobody_listens_on_is_named(mute: socket.socket) -> None:
    origin = _origin(mute)
    mute.close()
    with pytest.raises(Unreachable, match=f"{origin} does not answer: .*refused"):
        Remote(origin).get("health")


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(
    mute: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_SECONDS", 0.1)
    with pytest.raises(Unreachable, match="timed out"):
        Remote(_origin(mute)).get("health")


def test_a_host_without_an_address_is_told(
    monkeypatch: pytest.MonkeyPatch, mute: socket.socket
) -> None:
    monkeypatch.setattr(remote, "_addresses", lambda *_, **__: [])
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1 has no address"):
        Remote(_origin(mute)).get("health")


@pytest.mark.parametrize(
    "origin",
    ["", "127.0.0.1:8080", "https://127.0.0.1", "http://", "http://host/v1", "http://host:port"],
)
def test_what_is_no_address_of_a_server_is_said(origin: str) -> None:
    with pytest.raises(ValueError, match="is no address of a server"):
        Remote(origin)
