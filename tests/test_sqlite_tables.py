import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from playhead import sqlite_tables as tables
from playhead.account import ENDED, Account
from playhead.sessions import IDLE_SECONDS
from playhead.stored import as_text
from support.stores import account, hit

DAY = 86_400.0


def _nobody(_: str) -> bool:
    return False


def _anybody(_: str) -> bool:
    return True


def _server(address: str) -> tables.Joining:
    return tables.Joining(address=address, token=address)


@pytest.fixture
def connection(tmp_path: Path) -> sqlite3.Connection:
    opened = tables.connect(tmp_path / "state.sqlite", 0.0)
    tables.share(opened)
    tables.join(opened, _server("here"), _nobody)
    return opened


def _read(connection: sqlite3.Connection, now: float) -> dict[str, Account]:
    return {each.session: each for each in tables.read(connection, None, now)}


def test_readers_and_a_writer_do_not_lock_each_other_out(connection: sqlite3.Connection) -> None:
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_take_leaves_no_transaction_open(connection: sqlite3.Connection) -> None:
    assert tables.take(connection, "a", "one") == 0
    assert not connection.in_transaction


def test_a_session_idle_for_an_hour_ends_and_the_default_one_does_not(
    connection: sqlite3.Connection,
) -> None:
    tables.write(connection, [account("a", times=2, when=5.0), account("", when=6.0)], DAY)
    tables.take(connection, as_text("a"), "one")
    found = _read(connection, DAY + IDLE_SECONDS + 1)
    assert set(found) == {"", ENDED}
    assert (found[ENDED].served, found[ENDED].sessions, found[ENDED].last) == (2, 1, 5.0)
    assert tables.take(connection, as_text("a"), "one") == 0


def test_a_session_in_use_does_not_end(connection: sqlite3.Connection) -> None:
    tables.write(connection, [account("a")], DAY)
    tables.touch(connection, as_text("a"), DAY + IDLE_SECONDS)
    assert set(_read(connection, DAY + IDLE_SECONDS + 1)) == {"a"}


def test_the_entries_of_all_sessions_together_are_bounded(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_ENTRIES", 3)
    for number in range(5):
        tables.write(connection, [account(f"s{number}", requests=[hit(number)])], DAY)
    kept = [len(each.requests) for each in _read(connection, DAY).values()]
    assert sum(kept) == 3


def test_what_fails_halfway_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    broken = Account(session="b", counts=Counter({("served", "x"): {}}))
    with pytest.raises(sqlite3.Error):
        tables.write(connection, [account("a"), broken], DAY)
    assert _read(connection, DAY) == {}


def test_joining_servers_that_are_there_keeps_what_they_share(
    connection: sqlite3.Connection,
) -> None:
    tables.take(connection, "a", "one")
    assert tables.join(connection, _server("there"), _anybody) == 2
    assert tables.take(connection, "a", "one") == 1
    assert tables.others(connection, "there") == ["here"]


def test_joining_servers_that_were_all_killed_begins_anew(connection: sqlite3.Connection) -> None:
    tables.take(connection, "a", "one")
    assert tables.join(connection, _server("there"), _nobody) == 1
    assert tables.take(connection, "a", "one") == 0
    assert tables.others(connection, "there") == []


def test_a_server_that_is_forgotten_gives_its_number_to_nobody(
    connection: sqlite3.Connection,
) -> None:
    tables.join(connection, _server("there"), _anybody)
    tables.forget(connection, ["there"])
    assert tables.join(connection, _server("elsewhere"), _anybody) == 3


def test_a_file_that_another_server_fills_meanwhile_is_not_another_programs(
    tmp_path: Path,
) -> None:
    one, other = (tables.connect(tmp_path / "state.sqlite", 0.0) for _ in range(2))
    begun: list[str] = []

    def fill_before_the_second(statement: str) -> None:
        begun.append(statement)
        if len(begun) == 2:
            tables.join(other, _server("there"), _nobody)

    one.set_trace_callback(fill_before_the_second)
    assert not tables.has_tables(one)
    assert tables.has_tables(one)


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.sqlite"
    theirs = tables.connect(path, 0.0)
    theirs.execute("CREATE TABLE sessions(precious TEXT)")
    with pytest.raises(ValueError, match="it is a database of another program"):
        tables.join(theirs, _server("here"), _nobody)
    assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("sessions",)]
