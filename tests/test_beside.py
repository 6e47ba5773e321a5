import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from playhead.app import App, create_app
from playhead.beside import serving
from playhead.serve import bind
from playhead.settings import Settings
from playhead.state import Memory
from support.recordings import CHAT, EVENT_STREAM, chat, events, interaction, write
from support.wire import HEAD_END, Connection, request


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An app whose streams take a minute."""
    write(tmp_path, "short", interaction(chat("short"), '"here"'))
    write(tmp_path, "long", interaction(chat("long"), events("a", "b"), headers=EVENT_STREAM))
    big = events(*["x" * 65536] * 200)
    write(tmp_path, "big", interaction(chat("big"), big, headers=EVENT_STREAM))
    return create_app(tmp_path, settings=Settings(event_gap=60.0, drain=3600.0))


@contextlib.contextmanager
def served(app: App) -> Iterator[int]:
    """Serve on a free port."""
    bound = bind("127.0.0.1", 0)
    port = bound.getsockname()[1]
    with serving(app, bound):
        yield port


def test_the_server_answers_while_the_block_lasts(app: App) -> None:
    with served(app) as port, Connection(port) as connection:
        assert connection.ask("POST", CHAT, chat("short")).body == b'"here"'
    with pytest.raises(ConnectionRefusedError):
        Connection(port)


def test_a_request_sent_just_before_the_end_is_counted(app: App) -> None:
    with served(app) as port:
        for _ in range(50):
            with Connection(port) as connection:
                connection.send(request("POST", CHAT, chat("other")))
    assert sum(app.state.sessions.counts().values()) == 50


@pytest.mark.parametrize("prompt", ["long", "big"])
def test_a_stream_that_nobody_waits_for_does_not_hold_up_the_end(app: App, prompt: str) -> None:
    with contextlib.ExitStack() as left:
        with served(app) as port:
            connection = left.enter_context(Connection(port, receive_buffer=4096))
            connection.send(request("POST", CHAT, chat(prompt)))
            connection.until(HEAD_END)
        assert not app.player.streams


def test_a_request_that_has_not_come_does_not_hold_up_the_end(app: App) -> None:
    with contextlib.ExitStack() as left, served(app) as port:
        connection = left.enter_context(Connection(port))
        connection.send(request("POST", CHAT, chat("short"))[:-5])
    assert app.state.sessions.counts() == {}


def test_an_error_in_the_block_ends_the_server_too(app: App) -> None:
    with pytest.raises(KeyError), served(app) as port:
        raise KeyError
    with pytest.raises(ConnectionRefusedError):
        Connection(port)


class Shut(Memory):
    """A state that cannot be opened."""

    async def open(self) -> None:
        raise OSError


def test_what_keeps_the_server_from_starting_is_raised_before_the_block(tmp_path: Path) -> None:
    with pytest.raises(SystemExit), served(create_app(tmp_path, state=Shut())):
        pytest.fail("it started")  # pragma: no cover - it must not come to that
