import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from playhead import sessions, sqlite_store
from playhead.account import ENDED, Account, together
from playhead.errors import Code
from playhead.journal import Refused
from playhead.sqlite_store import SqliteStore
from playhead.state import Memory, Shared, State
from support.cassettes import interaction


def _hit(state: State, session: str) -> None:
    state.sessions.named(session).journal.hit(("POST", b"/v1/x", None, None), interaction())


def test_each_session_takes_its_own_turns() -> None:
    async def turns() -> list[int]:
        state = Memory()
        one, other = state.sessions.default, state.sessions.named("other")
        return [
            await state.take(session, sequence)
            for session, sequence in [(one, "x"), (one, "x"), (other, "x"), (one, "y")]
        ]

    assert asyncio.run(turns()) == [0, 1, 0, 0]


def test_sessions_that_were_dropped_are_told_of_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 1)
    state = Memory()
    for session in ("", "a", "b", "c"):
        _hit(state, session)
    accounts = asyncio.run(state.accounts())
    assert [(each.session, each.served) for each in accounts] == [("", 1), ("c", 1), (ENDED, 2)]
    assert together(accounts).sessions == 4
    assert asyncio.run(state.accounts("a")) == []


def test_a_refusal_in_a_session_that_was_dropped_stays_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "MOST", 1)

    async def told() -> list[Account]:
        state = Memory()
        for session in ("a", "b"):
            await state.refused(state.sessions.named(session), _refused(session=session))
        return await state.accounts(ENDED)

    (ended,) = asyncio.run(told())
    assert (ended.missed, [miss["session"] for miss in ended.misses]) == (1, ["a"])


def test_accounts_are_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happens while entries are formatted: a drop, another library, a request."""
    monkeypatch.setattr(sessions, "MOST", 1)

    async def served() -> int:
        state = Memory()
        for session in ("", "a"):
            _hit(state, session)
        asked = asyncio.ensure_future(state.accounts())
        await asyncio.sleep(0)  # it has begun
        _hit(state, "b")
        state.sessions.forget_interactions()
        return together(await asked).served

    assert asyncio.run(served()) == 2


@contextlib.asynccontextmanager
async def _shared(path: Path, servers: int = 1) -> AsyncIterator[list[Shared]]:
    joined = [Shared(SqliteStore(path)) for _ in range(servers)]
    for each in joined:
        await each.open()
    try:
        yield joined
    finally:
        for each in joined:
            await each.close()


def _refused(code: str = "x", session: str = "") -> Refused:
    return Refused(
        id=1,
        time=1.0,
        session=session,
        method="POST",
        target="/v1/x",
        scope=None,
        status=404,
        message="",
        told={"code": code},
    )


def test_servers_that_share_a_state_take_turns_and_rewind_together(tmp_path: Path) -> None:
    async def turns() -> list[int]:
        async with _shared(tmp_path / "state", 2) as (one, other):
            default = one.sessions.default
            before = [await one.take(default, "x"), await other.take(default, "x")]
            await other.rewind("")
            return [*before, await one.take(default, "x")]

    assert asyncio.run(turns()) == [0, 1, 0]


def test_any_server_tells_what_all_have_noted(tmp_path: Path) -> None:
    async def told() -> list[tuple[str, int, int]]:
        async with _shared(tmp_path / "state", 2) as (one, other):
            _hit(one, "")
            _hit(other, "a")
            await other.refused(other.sessions.named("a"), _refused())
            _hit(other, "a")
            return [(e.session, e.served, len(e.misses)) for e in await one.accounts()]

    assert asyncio.run(told()) == [("", 1, 0), ("a", 2, 1)]


def test_what_is_asked_for_twice_at_once_is_written_once(tmp_path: Path) -> None:
    async def told() -> list[int]:
        async with _shared(tmp_path / "state", 3) as (one, *others):
            _hit(one, "")
            every = await asyncio.gather(*(each.accounts() for each in (one, *others, one)))
            return [account.served for accounts in every for account in accounts]

    assert asyncio.run(told()) == [1, 1, 1, 1]


def test_what_was_asked_for_by_one_who_went_away_is_written_once(tmp_path: Path) -> None:
    async def told() -> list[int]:
        async with _shared(tmp_path / "state") as (one,):
            for steps in range(40):
                _hit(one, "")
                asking = asyncio.create_task(one.accounts())
                for _ in range(steps):
                    await asyncio.sleep(0)
                asking.cancel()
                await asyncio.wait([asking])
            return [each.served for each in await one.accounts()]

    assert asyncio.run(told()) == [40]


def test_what_a_server_noted_last_is_written_when_it_leaves(tmp_path: Path) -> None:
    async def told() -> list[int]:
        async with _shared(tmp_path / "state") as (one,):
            async with _shared(tmp_path / "state") as (other,):
                _hit(other, "")
            return [each.served for each in await one.accounts()]

    assert asyncio.run(told()) == [1]


def test_sessions_that_a_server_dropped_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST", 1)

    async def told() -> dict[str, int]:
        async with _shared(tmp_path / "state") as (one,):
            for session in ("a", "b"):
                _hit(one, session)
            return {each.session: each.served for each in await one.accounts()}

    assert asyncio.run(told()) == {"a": 1, "b": 1}


def test_what_cannot_be_written_now_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    monkeypatch.setattr(sqlite_store, "LOCKED_SECONDS", 0.0)

    async def told() -> list[int]:
        async with _shared(path) as (one,):
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await one.refused(one.sessions.default, _refused())
            return [each.missed for each in await one.accounts()]

    assert asyncio.run(told()) == [1]


class _Counted(SqliteStore):
    """A store that knows how often it was to write."""

    writes = 0

    async def write(self, accounts: Sequence[Account], nonce: str = "") -> None:
        self.writes += 1
        await super().write(accounts, nonce)


def test_refusals_that_wait_for_a_store_that_fails_do_not_try_it_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    monkeypatch.setattr(sqlite_store, "LOCKED_SECONDS", 0.0)

    async def told() -> tuple[int, list[int]]:
        store = _Counted(path)
        state = Shared(store)
        await state.open()
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await asyncio.gather(
                *(state.refused(state.sessions.default, _refused()) for _ in range(10))
            )
        tried = store.writes
        missed = [each.missed for each in await state.accounts()]
        await state.close()
        return tried, missed

    assert asyncio.run(told()) == (1, [10])


async def _asked(state: Shared, session: str) -> object:
    """Ask in a session what is answered, and what is refused; return nothing.

    Nothing stands behind the await: Python 3.11 tells coverage of no line there.
    """
    _hit(state, session)
    return await state.refused(state.sessions.named(session), _refused())  # type: ignore[func-returns-value]


def test_a_session_that_is_dropped_twice_while_nothing_can_be_written_is_told_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    monkeypatch.setattr(sqlite_store, "LOCKED_SECONDS", 0.0)
    monkeypatch.setattr(sessions, "MOST", 1)

    async def told() -> dict[str, tuple[int, int]]:
        async with _shared(path) as (one,):
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                assert [await _asked(one, session) for session in "ababa"] == [None] * 5
            return {each.session: (each.served, each.missed) for each in await one.accounts()}

    assert asyncio.run(told()) == {"a": (3, 3), "b": (2, 2)}


def test_a_refusal_because_the_state_is_not_reached_does_not_wait_for_it_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state"

    async def told() -> list[int]:
        async with _shared(path) as (one,):
            await one.refused(one.sessions.default, _refused(Code.STATE_UNREACHABLE.value))
            with closing(sqlite3.connect(path)) as other:
                assert other.execute("SELECT count(*) FROM counts").fetchone() == (0,)
            return [each.missed for each in await one.accounts()]

    assert asyncio.run(told()) == [1]


def test_a_server_leaves_also_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    monkeypatch.setattr(sqlite_store, "LOCKED_SECONDS", 0.0)

    async def left() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            async with _shared(path) as (one,):
                _hit(one, "")
                other.execute("BEGIN IMMEDIATE")

    asyncio.run(left())
