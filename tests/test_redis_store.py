import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP

import pytest
from redis.asyncio import Redis

from playhead import redis_store
from playhead.account import ENDED, Account
from playhead.app import App, create_app
from playhead.errors import StateUnreachable
from playhead.proof import STATE_LOST
from playhead.state import Shared
from playhead.stores import store_at
from support.cassettes import CHAT_BODY, recorded, write
from support.inside import inside
from support.redis_server import RedisServer, needs_redis, redis_server
from support.refusals import error_in
from support.stores import Member, account, hit, members, miss
from support.taker import taker
from support.wire import Connection

pytestmark = needs_redis


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


def _keys(server: RedisServer) -> list[str]:
    return [line for line in server.ask("KEYS", "*").splitlines() if line[0] not in "*$"]


def test_every_key_is_named_after_its_run_and_ends_by_itself(server: RedisServer) -> None:
    async def used() -> None:
        async with members(f"{server.url}/0?run=nightly", 2) as (one, other):
            await one.takes(2, "a")
            await one.store.write([account("a", requests=[hit()], misses=[miss()])])
            await other.store.gather()
            await other.store.read(None)

    asyncio.run(used())
    keys = _keys(server)
    assert len(keys) >= 6
    assert all(key.startswith("playhead:nightly:") for key in keys)
    ends = [int(server.ask("TTL", f"'{key}'").strip(":\r\n")) for key in keys]
    assert all(end > 0 for end in ends), list(zip(keys, ends, strict=True))


def test_runs_of_different_names_share_nothing(server: RedisServer) -> None:
    async def taken() -> list[list[int]]:
        async with members(server.url) as (one,), members(f"{server.url}?run=b") as (other,):
            await one.store.write([account()])
            assert await other.store.read(None) == []
            return [await one.takes(2), await other.takes(1)]

    assert asyncio.run(taken()) == [[0, 1], [0]]


def test_a_redis_is_reached_through_a_unix_socket_too(server: RedisServer) -> None:
    async def taken() -> list[int]:
        async with members(f"unix://{server.socket}?run=b") as (one,):
            return await one.takes(2)

    assert asyncio.run(taken()) == [0, 1]


def _open(url: str) -> StateUnreachable:
    """What keeps a server from starting with the state at `url`."""

    async def opened() -> None:
        await Member(url).open()

    with pytest.raises(StateUnreachable) as caught:
        asyncio.run(opened())
    return caught.value


def test_a_wrong_password_keeps_a_server_from_starting_and_is_not_told() -> None:
    with redis_server("--requirepass", "right") as server:
        reason = _open(f"redis://:wrong-secret@127.0.0.1:{server.port}")
        assert f"Redis at 127.0.0.1:{server.port} fails: " in reason.message
        assert "secret" not in reason.message

        async def taken() -> list[int]:
            async with members(f"redis://:right@127.0.0.1:{server.port}") as (one,):
                return await one.takes(1)

        assert asyncio.run(taken()) == [0]


def test_a_redis_that_is_not_there_keeps_a_server_from_starting(server: RedisServer) -> None:
    server.stop()
    reason = _open(server.url)
    assert f"the shared state in Redis at 127.0.0.1:{server.port} fails: " in reason.message
    missing = _open(f"unix://{server.socket}.missing")
    assert f"Redis at {server.socket}.missing fails: " in missing.message


def test_a_take_fails_while_redis_is_away_and_works_when_it_is_back(server: RedisServer) -> None:
    async def taken() -> list[int]:
        async with members(server.url) as (one,):
            await one.takes(3)
            server.stop()
            for _ in range(2):
                with pytest.raises(StateUnreachable):
                    await one.takes(1)
            server.start()
            return await one.takes(1)

    assert asyncio.run(taken()) == [0]


def test_what_a_redis_forgot_is_told_as_lost_once_and_the_servers_go_on(
    server: RedisServer,
) -> None:
    async def read() -> tuple[list[Account], list[int]]:
        async with members(server.url, 2) as (one, other):
            await one.store.write([account(misses=[miss()])])
            server.ask("FLUSHALL")
            turns = [*await one.takes(2), *await other.takes(1)]
            return await other.store.read(None), turns

    (lost,), turns = asyncio.run(read())
    assert turns == [0, 1, 2]
    assert (lost.session, lost.misses, lost.counts) == ("", [], {("lost", ""): 2})


def test_a_take_does_not_wait_for_ever_for_a_redis_that_hangs(server: RedisServer) -> None:
    async def taken() -> None:
        async with members(server.url) as (one,):
            server.process.send_signal(SIGSTOP)
            try:
                await one.takes(1)
            finally:
                server.process.send_signal(SIGCONT)

    with pytest.raises(StateUnreachable, match=r"fails: (no answer within 2 s|Timeout)"):
        asyncio.run(taken())


def test_servers_gather_again_after_redis_was_away(server: RedisServer) -> None:
    async def gathered(one: Member, other: Member) -> bool:
        other.held = [account()]
        with contextlib.suppress(StateUnreachable):
            await one.store.gather()
            return any(each.served for each in await one.store.read(None))
        return False

    async def again() -> None:
        async with members(server.url, 2) as (one, other):
            server.stop()
            server.start()
            while not await gathered(one, other):
                pass  # each looks again for Redis now and then

    asyncio.run(again())


def test_a_server_that_was_killed_is_forgotten(server: RedisServer) -> None:
    with taker(server.url, 100_000) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline()
        killed.send_signal(SIGKILL)
        killed.wait()

    async def taken() -> list[int]:
        async with members(server.url) as (one,):
            return await one.takes(1, "shared")

    assert asyncio.run(taken()) == [0]


def test_one_that_listens_and_never_answers_holds_up_who_gathers_for_a_while_only(
    server: RedisServer,
) -> None:
    async def read() -> int:
        stranger = Redis(port=server.port)
        channel = stranger.pubsub()
        await channel.subscribe("playhead:playhead:gather")
        await channel.get_message(timeout=2)
        async with members(server.url, 2) as (one, other):
            other.held = [account(times=2)]
            await one.store.gather()
            found = sum(each.served for each in await one.store.read(None))
        await channel.aclose()  # type: ignore[no-untyped-call]
        await stranger.aclose()
        return found

    assert asyncio.run(read()) == 2


def test_a_server_that_cannot_write_now_goes_on_listening(server: RedisServer) -> None:
    async def read() -> int:
        async with members(server.url, 2) as (one, other):
            server.ask("SET", "playhead:playhead:sessions", "nonsense")
            with pytest.raises(StateUnreachable, match="WRONGTYPE"):
                await one.store.gather()
            server.ask("DEL", "playhead:playhead:sessions")
            other.held = [account(times=2)]
            await one.store.gather()
            return sum(each.served for each in await one.store.read(None))

    assert asyncio.run(read()) == 2


def test_what_others_say_in_the_channel_is_not_answered(server: RedisServer) -> None:
    async def read() -> int:
        async with members(server.url, 2) as (one, other):
            server.ask("PUBLISH", "playhead:playhead:gather", "hello")
            other.held = [account()]
            await one.store.gather()
            return sum(each.served for each in await one.store.read(None))

    assert asyncio.run(read()) == 1
    assert not any("hello" in key for key in _keys(server))


def test_what_somebody_else_wrote_into_redis_is_not_believed(server: RedisServer) -> None:
    async def read() -> list[Account]:
        async with members(server.url) as (one,):
            await one.store.write([account("a")])
            server.ask("RPUSH", "'playhead:playhead:requests:\"a\"'", "nonsense")
            return await one.store.read(None)

    with pytest.raises(StateUnreachable, match=r"fails: Expecting value"):
        asyncio.run(read())


def test_a_session_idle_for_an_hour_ends_and_its_counts_stay(server: RedisServer) -> None:
    async def read() -> list[Account]:
        async with members(server.url) as (one,):
            await one.store.write([account("a", times=2, when=5.0), account("b"), account("")])
            server.ask("ZADD", "playhead:playhead:sessions", "1000", "'\"a\"'")
            return await one.store.read(None)

    found = {each.session: each for each in asyncio.run(read())}
    assert set(found) == {"", "b", ENDED}
    ended = found[ENDED]
    assert (ended.served, ended.sessions, ended.first, ended.last) == (2, 1, 5.0, 5.0)


def test_a_redis_that_forgot_the_scripts_is_told_them_again(server: RedisServer) -> None:
    async def taken() -> list[int]:
        async with members(server.url) as (one,):
            first = await one.takes(1)
            server.ask("SCRIPT", "FLUSH")
            return first + await one.takes(1)

    assert asyncio.run(taken()) == [0, 1]


def _app(folder: Path, server: RedisServer) -> App:
    """One recording of one request, and two of another."""
    other = CHAT_BODY.replace(b"hi", b"again")
    write(folder / "chat.yaml", recorded(), recorded(sent=other), recorded(sent=other))
    return create_app(folder, state=Shared(store_at(server.url)))


def test_what_was_recorded_once_asks_redis_for_nothing_until_somebody_gathers(
    server: RedisServer, tmp_path: Path
) -> None:
    app = _app(tmp_path, server)
    with inside(app) as running, Connection(running.port) as client:
        before = server.commands()
        for _ in range(20):
            assert client.ask("POST", "/v1/chat/completions", CHAT_BODY).status == 200
        assert server.commands() == before + 1  # the question before
        told = client.ask("GET", "/__playhead/requests")
        assert told.body.count(b'"interaction"') == 20


def test_what_a_redis_that_hung_was_told_twice_counts_once(
    server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the command when its answer is given up, and does it when it goes on."""
    app = _app(tmp_path, server)
    with inside(app) as running, Connection(running.port) as client:
        assert client.ask("POST", "/v1/nowhere", b"").status == 404
        server.process.send_signal(SIGSTOP)
        with monkeypatch.context() as hurried:
            hurried.setattr(redis_store, "PATIENCE_SECONDS", 0.1)
            assert client.ask("POST", "/v1/nowhere", b"").status == 404
        server.process.send_signal(SIGCONT)
        for _ in range(2):
            assert json.loads(client.ask("GET", "/__playhead/verify").body)["missed"] == 2


def test_neither_the_run_nor_a_session_is_proved_once_redis_forgot_what_it_held(
    server: RedisServer, tmp_path: Path
) -> None:
    app = _app(tmp_path, server)
    with inside(app) as running, Connection(running.port) as client:
        verify, named = "/__playhead/verify", "/__playhead/verify?session=t1"
        client.ask("POST", "/session/t1/-/v1/chat/completions", CHAT_BODY)
        assert [client.ask("GET", path).status for path in (verify, named)] == [200, 200]
        server.ask("FLUSHALL")
        client.ask("POST", "/session/t1/-/v1/chat/completions", CHAT_BODY)
        for path in (verify, named):
            answer = client.ask("GET", path)
            assert answer.status == 409
            assert json.loads(answer.body)["reasons"] == [STATE_LOST]


def test_only_what_was_recorded_more_than_once_is_refused_while_redis_is_away(
    server: RedisServer, tmp_path: Path
) -> None:
    app = _app(tmp_path, server)
    with inside(app) as running, Connection(running.port) as client:
        server.stop()
        refused = client.ask("POST", "/v1/chat/completions", CHAT_BODY.replace(b"hi", b"again"))
        assert client.ask("POST", "/v1/chat/completions", CHAT_BODY).status == 200
        server.start()
    assert refused.status == 500
    assert refused.header("x-should-retry") == "false"
    assert error_in(refused)["code"] == "state_unreachable"
    assert f"state in Redis at 127.0.0.1:{server.port} fails" in error_in(refused)["message"]
