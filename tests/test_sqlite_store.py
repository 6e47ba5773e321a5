import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL

import pytest

from playhead import sqlite_store
from playhead.account import Account
from playhead.errors import StateUnreachable
from support.recordings import CHAT, chat, interaction, write
from support.refusals import error_in
from support.server import serve
from support.stores import Member, account, members
from support.taker import taker


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


def _kill_one_that_takes(path: Path) -> None:
    with taker(f"sqlite:{path}", 100_000) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline()
        killed.send_signal(SIGKILL)
        killed.wait()


def _servers(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        (count,) = connection.execute("SELECT count(*) FROM servers").fetchone()
    connection.close()
    return int(count)


def test_a_server_that_was_killed_is_forgotten_by_who_gathers(path: Path) -> None:
    async def gathered() -> tuple[int, int]:
        async with members(f"sqlite:{path}") as (one,):
            await asyncio.to_thread(_kill_one_that_takes, path)
            before = _servers(path)
            await one.store.gather()
            return before, _servers(path)

    assert asyncio.run(gathered()) == (2, 1)


def test_where_all_were_killed_the_next_server_begins_anew(path: Path) -> None:
    _kill_one_that_takes(path)

    async def joined() -> tuple[int, list[int]]:
        async with members(f"sqlite:{path}") as (one,):
            return one.number, await one.takes(1, "shared")

    assert asyncio.run(joined()) == (1, [0])


def test_a_take_waits_for_a_lock_without_holding_up_the_event_loop(path: Path) -> None:
    async def taken() -> tuple[int, bool]:
        async with members(f"sqlite:{path}") as (one,):
            await one.takes(1)
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            async with asyncio.TaskGroup() as tasks:
                take = tasks.create_task(one.store.take("", "one"))
                await asyncio.sleep(0)
                waiting = not take.done()
                other.execute("ROLLBACK")
            other.close()
            return take.result(), waiting

    assert asyncio.run(taken()) == (1, True)


def test_a_take_gives_up_where_the_file_stays_locked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def taken() -> None:
        async with members(f"sqlite:{path}") as (one,):
            monkeypatch.setattr(sqlite_store, "LOCKED_SECONDS", 0.0)
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            try:
                await one.takes(1)
            finally:
                other.close()

    with pytest.raises(StateUnreachable, match=r"state\.sqlite cannot be used: database is locked"):
        asyncio.run(taken())


def test_a_session_is_noted_as_used_only_now_and_then(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A take is one statement; what more than that is known of many sessions is forgotten."""
    monkeypatch.setattr(sqlite_store, "MOST", 1)

    async def taken() -> list[int]:
        async with members(f"sqlite:{path}") as (one,):
            return [*await one.takes(2, "a"), *await one.takes(1, "b"), *await one.takes(1, "c")]

    assert asyncio.run(taken()) == [0, 1, 0, 0]


def _no_folder(path: Path) -> Path:
    return path / "missing" / "state"


def _no_database(path: Path) -> Path:
    path.write_text("this is no database, and long enough to be seen as none" * 20)
    return path


def _others(path: Path) -> Path:
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE precious(a)")
    theirs.close()
    return path


@pytest.mark.parametrize("made", [_no_database, _others])
def test_a_file_of_another_program_stays_as_it_was(
    path: Path, made: Callable[[Path], Path]
) -> None:
    before = made(path).read_bytes()
    with pytest.raises(StateUnreachable):
        asyncio.run(Member(f"sqlite:{path}").open())
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (_no_folder, "unable to open database file"),
        (_no_database, "file is not a database"),
        (_others, "it is a database of another program"),
    ],
)
def test_a_file_that_cannot_be_used_keeps_a_server_from_starting(
    path: Path, made: Callable[[Path], Path], reason: str
) -> None:
    file = made(path)

    with pytest.raises(StateUnreachable, match=reason) as caught:
        asyncio.run(Member(f"sqlite:{file}").open())
    assert str(file) in caught.value.message


def test_what_somebody_else_wrote_into_the_file_is_not_believed(path: Path) -> None:
    async def read() -> list[Account]:
        async with members(f"sqlite:{path}") as (one,):
            await one.store.write([account()])
            with sqlite3.connect(path) as other:
                other.execute("UPDATE counts SET what = '[1]'")
            other.close()
            return await one.store.read(None)

    with pytest.raises(StateUnreachable, match="cannot be used"):
        asyncio.run(read())


@pytest.mark.parametrize("entry", ['{"time": 1.0}', '{"id": "1-1", "time": 1.0}', "[]"])
def test_an_entry_that_somebody_else_wrote_is_told_as_such(
    path: Path, tmp_path: Path, entry: str
) -> None:
    write(tmp_path / "served", "a", interaction(chat("a")))
    with serve(tmp_path / "served", "--state", f"sqlite:{path}") as running:
        assert running.post(CHAT, chat("b")).status == 404
        with sqlite3.connect(path) as other:
            other.execute(
                "INSERT INTO entries(session, kind, entry) VALUES('\"\"', 'miss', ?)", [entry]
            )
        other.close()
        answer = running.get("/__playhead/verify")
        assert (answer.status, error_in(answer)["code"]) == (500, "state_unreachable")
        assert "it holds what playhead did not write" in error_in(answer)["message"]
        assert "a bug of ours" not in running.log()


def test_a_server_leaves_also_where_its_file_is_locked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "LOCKED_SECONDS", 0.0)
    other = sqlite3.connect(path, isolation_level=None)

    async def left() -> None:
        async with members(f"sqlite:{path}"):
            other.execute("BEGIN IMMEDIATE")

    asyncio.run(left())
    other.close()
    assert _servers(path) == 1
