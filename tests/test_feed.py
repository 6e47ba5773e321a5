"""The live feed, read over a real socket while requests are made beside it."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from sse_starlette import EventSourceResponse

from playhead.app import create_app
from support.inside import inside
from support.recordings import CHAT, chat, interaction, write
from support.server import Running, serve
from support.wire import Connection, eventually, request

FEED = "/__playhead/events"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feed")
    write(folder, "a/one", interaction(chat("one")))
    return folder


@pytest.fixture
def server(folder: Path) -> Iterator[Running]:
    with serve(folder, "--drain", "0") as running:
        yield running


@contextlib.contextmanager
def feed(port: int, path: str = FEED, last: str | None = None) -> Iterator[Connection]:
    """A feed that has begun: what is asked from now on is in it."""
    with Connection(port) as connection:
        connection.send(request("GET", path, headers={"last-event-id": last} if last else {}))
        head = connection.head()
        assert head.status == 200
        assert head.header("content-type") == "text/event-stream; charset=utf-8"
        yield connection


def event(connection: Connection) -> dict[str, str]:
    """The fields of the next event."""
    chunk = connection.chunk()
    assert chunk is not None
    assert chunk.data.endswith(b"\n\n")
    return dict(line.split(": ", 1) for line in chunk.data.decode().splitlines() if line)


def ids(connection: Connection, many: int) -> list[str]:
    return [event(connection)["id"] for _ in range(many)]


def test_each_request_becomes_an_event_with_the_entry_of_the_journal(server: Running) -> None:
    with feed(server.port) as connection:
        server.post(CHAT, chat("one"))
        served = event(connection)
        server.post(CHAT, chat("another"))
        missed = event(connection)
        server.get("/v1/models")
        answered = event(connection)
    told = [served, missed, answered]
    assert [each["event"] for each in told] == ["served", "missed", "answered"]
    assert [each["id"] for each in told] == ["1", "2", "3"]
    for each in told:
        assert orjson.loads(each["data"]) == server.control(f"requests/{each['id']}")


def test_what_was_before_is_old(server: Running) -> None:
    server.post(CHAT, chat("one"))
    with feed(server.port) as connection:
        server.post(CHAT, chat("one"))
        assert event(connection)["id"] == "2"


def test_a_client_that_comes_back_gets_what_it_missed(server: Running) -> None:
    for content in ("one", "another", "one"):
        server.post(CHAT, chat(content))
    with feed(server.port, last="1") as connection:
        assert ids(connection, 2) == ["2", "3"]
    with feed(server.port, f"{FEED}?since=2") as connection:
        assert ids(connection, 1) == ["3"]


def test_all_that_is_kept_comes_after_a_request_that_is_not(server: Running) -> None:
    for content in ("one", "another"):
        server.post(CHAT, chat(content))
    with feed(server.port, f"{FEED}?since=0") as connection:
        assert ids(connection, 2) == ["1", "2"]


def test_a_feed_may_be_of_one_session(server: Running) -> None:
    with feed(server.port, f"{FEED}?session=mine") as connection:
        server.post(CHAT, chat("one"))
        server.post(CHAT, chat("one"), {"x-playhead-session": "mine"})
        told = event(connection)
    assert told["id"] == "2"
    assert orjson.loads(told["data"])["session"] == "mine"


def test_an_open_feed_ends_with_the_server_and_is_whole(server: Running) -> None:
    with feed(server.port) as connection:
        server.post(CHAT, chat("one"))
        server.signal()
        last = []
        while chunk := connection.chunk():
            last.append(chunk.data)
        assert b"".join(last).startswith(b"id: 1\nevent: served\ndata: {")
    assert server.wait() == 0
    assert "Traceback" not in server.log()


def test_two_servers_in_one_process_end_their_feeds_apart(folder: Path) -> None:
    with inside(create_app(folder)) as first, feed(first.port) as connection:
        with contextlib.ExitStack() as stack:
            with inside(create_app(folder)) as second:
                other = stack.enter_context(feed(second.port))
            assert other.chunk() is None
        with Connection(first.port) as client:
            client.ask("POST", CHAT, chat("one"))
        assert event(connection)["id"] == "1"


BESIDE = 4
"""Tasks beside requests: uvicorn's two or three, and the one that sse-starlette leaves behind."""


def test_a_client_that_goes_leaves_no_task(folder: Path) -> None:
    with inside(create_app(folder)) as server:
        with feed(server.port):
            pass
        assert eventually(lambda: server.tasks() <= BESIDE)
        before = server.tasks()
        for _ in range(5):
            with feed(server.port) as connection:
                connection.reset()
        assert eventually(lambda: server.tasks() <= before)


def test_a_client_that_takes_nothing_in_leaves_no_task_when_it_goes(folder: Path) -> None:
    with inside(create_app(folder)) as server:
        with Connection(server.port) as client:
            for at in range(300):
                client.ask("POST", CHAT, chat(f"another {at}"))
        with Connection(server.port, receive_buffer=1024) as slow:
            slow.send(request("GET", f"{FEED}?since=0"))
            assert eventually(lambda: server.tasks() > BESIDE)
            slow.reset()
        assert eventually(lambda: server.tasks() <= BESIDE)


def test_a_silent_feed_is_kept_alive_by_comments(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventSourceResponse, "DEFAULT_PING_INTERVAL", 0.01)
    with inside(create_app(folder)) as server, feed(server.port) as connection:
        chunk = connection.chunk()
        assert chunk is not None
        assert chunk.data.startswith(b": ping")


def test_only_the_feed_imports_what_changes_uvicorn() -> None:
    program = "import playhead.control, sys; sys.exit('sse_starlette' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
