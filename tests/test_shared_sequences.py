"""What parallel clients see of a request recorded several times, whatever keeps the cursors."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.recordings import CHAT, chat, interaction, write
from support.redis_server import needs_redis, redis_server
from support.server import Running, serve

CLIENTS = 64
RECORDED = [f'"{at}"' for at in range(5)]
SHARED = [f'"{at}"' for at in range(200)]
ASKS = 4
"""So often each client asks in the shared session: 256 times in all, more than was recorded."""

SERVERS = {
    "1 worker in memory": ("--workers", "1"),
    "1 worker on SQLite": ("--workers", "1", "--state", "sqlite"),
    "2 workers on SQLite": ("--workers", "2"),
    "4 workers on SQLite": ("--workers", "4"),
}
TWO_ON_REDIS = "2 servers on Redis"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sequences")
    write(folder, "each", *(interaction(chat("each"), answer) for answer in RECORDED))
    write(folder, "shared", *(interaction(chat("shared"), answer) for answer in SHARED))
    return folder


@pytest.fixture(scope="module", params=[*SERVERS, pytest.param(TWO_ON_REDIS, marks=needs_redis)])
def servers(request: pytest.FixtureRequest, folder: Path) -> Iterator[list[Running]]:
    """Servers that share their cursors."""
    with contextlib.ExitStack() as stack:
        if request.param in SERVERS:
            yield [stack.enter_context(serve(folder, *SERVERS[request.param]))]
        else:
            shared = (folder, "--state", stack.enter_context(redis_server()).url)
            yield [stack.enter_context(serve(*shared)) for _ in range(2)]


def _at_once(ask: Callable[[int], list[str]]) -> list[list[str]]:
    """What each of the clients sees, all of them asking at the same time."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(ask, range(CLIENTS)))


def _walk(servers: list[Running], prompt: str, session: str, times: int) -> list[str]:
    """What is answered in a session, each time on a new connection, by the servers in turn."""
    return [
        servers[at % len(servers)]
        .post(CHAT, chat(prompt), {"x-playhead-session": session})
        .body.decode()
        for at in range(times)
    ]


def test_each_session_sees_exactly_the_recorded_sequence(servers: list[Running]) -> None:
    seen = _at_once(lambda at: _walk(servers, "each", f"client-{at}", len(RECORDED) + 2))
    assert seen == [[*RECORDED, RECORDED[-1], RECORDED[-1]]] * CLIENTS


def test_a_shared_session_gets_every_recording_once_before_the_last_repeats(
    servers: list[Running],
) -> None:
    seen = _at_once(lambda at: _walk(servers[at % 2 :] or servers, "shared", "all", ASKS))
    counted = Counter(answer for answers in seen for answer in answers)
    repeated = CLIENTS * ASKS - len(SHARED)
    assert counted == {**dict.fromkeys(SHARED, 1), SHARED[-1]: 1 + repeated}


def test_what_all_of_them_answered_is_known_to_each(servers: list[Running]) -> None:
    servers[0].post(CHAT, chat("each"), {"x-playhead-session": "counted"})
    for server in servers:
        (told,) = [
            each for each in server.control("sessions")["sessions"] if each["session"] == "counted"
        ]
        assert told["served"] == 1
