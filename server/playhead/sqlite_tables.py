"""The tables of the shared state in a SQLite file, and each change to them as one transaction.

The statements only: who waits for a lock, and where, is `sqlite_store`'s affair. Nothing here may
be left half done: a statement with RETURNING is ended by reading all its rows.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playhead.account import ENDED, LIMIT, LOST, Account
from playhead.sessions import IDLE_SECONDS, MOST
from playhead.stored import MISS, REQUEST, as_name, as_text, counts, entries, in_order

MAX_ENTRIES = 20_000
"""Entries kept of all sessions together: the file may be in 64 MB of shared memory."""
APPLICATION_ID = 0x706C6179
"""Marks a file as ours (sqlite.org, "PRAGMA application_id"): no other is ever emptied."""

_TABLES = ("servers", "tokens", "sessions", "turns", "counts", "entries")
_SCHEMA = (
    "CREATE TABLE servers(number INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT)",
    "CREATE TABLE tokens(token TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE sessions(session TEXT PRIMARY KEY, used REAL, first REAL, last REAL,"
    " ended INTEGER DEFAULT 0)",
    "CREATE INDEX sessions_by_use ON sessions(used)",
    "CREATE TABLE turns(session TEXT, sequence TEXT, turn INTEGER,"
    " PRIMARY KEY(session, sequence)) WITHOUT ROWID",
    "CREATE TABLE counts(session TEXT, what TEXT, times INTEGER,"
    " PRIMARY KEY(session, what)) WITHOUT ROWID",
    "CREATE TABLE entries(id INTEGER PRIMARY KEY, session TEXT, kind TEXT, entry TEXT)",
    "CREATE INDEX entries_of_sessions ON entries(session, kind, id)",
)
_TAKE = """
INSERT INTO turns VALUES(?, ?, 0) ON CONFLICT DO UPDATE SET turn = turn + 1 RETURNING turn
"""
_TOUCH = """
INSERT INTO sessions(session, used, first, last) VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    used = max(used, excluded.used),
    first = coalesce(min(nullif(first, 0), nullif(excluded.first, 0)), first + excluded.first),
    last = max(last, excluded.last)
"""
_COUNT = """
INSERT INTO counts VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET times = times + excluded.times
"""
_COUNTS = """
SELECT what, times FROM counts WHERE session = ? OR (? AND session = ? AND what = ?)
"""
_FOLD = """
INSERT INTO counts SELECT ?, what, times FROM counts WHERE session = ?
ON CONFLICT DO UPDATE SET times = times + excluded.times
"""
_TRIM = """
DELETE FROM entries WHERE id IN (
    SELECT id FROM entries WHERE session = ? AND kind = ? ORDER BY id DESC LIMIT -1 OFFSET ?)
"""
_TRIM_ALL = "DELETE FROM entries WHERE id <= (SELECT max(id) FROM entries) - ?"
_OVERDUE = """
SELECT session, first, last FROM (
    SELECT *, row_number() OVER (ORDER BY used DESC) AS place
    FROM sessions WHERE session NOT IN (?, ?))
WHERE used < ? OR place > ?
"""
_DEFAULT, _ENDED, _LOST = as_text(""), as_text(ENDED), as_text((LOST, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """A server that comes: where it listens, and the token it has in common with its workers.

    It `resumes` where one of these was here before.
    """

    address: str
    token: str
    resumes: bool = False


def connect(path: Path, patience: float) -> sqlite3.Connection:
    """Return a connection for one thread at a time that waits `patience` seconds for a lock."""
    return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)


def has_tables(connection: sqlite3.Connection) -> bool:
    """Return whether a file is not new; raise ValueError where it is another program's.

    It changes nothing, not even of another's file.
    """
    # In this order: both come at once, and perhaps between these two, from a server that joins.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    if tables and mark != APPLICATION_ID:
        raise ValueError("it is a database of another program")
    return bool(tables)


def share(connection: sqlite3.Connection) -> None:
    """Let others read while one writes: WAL mode, which stays with the file.

    Servers that start together lock each other out of this at once, busy timeout or not; and out
    of any other pragma while one of them is at it.
    """
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is done in the block is done, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def join(connection: sqlite3.Connection, server: Joining, is_there: Callable[[str], bool]) -> int:
    """Add a server; return its number, from 1.

    Where nobody is at any of the addresses in the file, all begins anew: numbers as well. Not for
    one that resumes; but where the file is not the one that it left, that is counted. Raise
    ValueError where the file is another program's.
    """
    with transaction(connection):
        is_old = has_tables(connection)
        others = _addresses(connection) if is_old else []
        if not (is_old and server.resumes) and not any(is_there(other) for other in others):
            _begin_anew(connection)
        new = connection.execute("INSERT OR IGNORE INTO tokens VALUES(?)", (server.token,)).rowcount
        if new and server.resumes:
            connection.execute(_TOUCH, (_DEFAULT, 0.0, 0.0, 0.0))
            connection.execute(_COUNT, (_DEFAULT, _LOST, 1))
        added = connection.execute("INSERT INTO servers(address) VALUES(?)", (server.address,))
        return int(added.lastrowid or 0)


def _begin_anew(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _addresses(connection: sqlite3.Connection) -> list[str]:
    return [str(address) for (address,) in connection.execute("SELECT address FROM servers")]


def others(connection: sqlite3.Connection, address: str) -> list[str]:
    """Return where the other servers listen, those that were killed included."""
    return [other for other in _addresses(connection) if other != address]


def forget(connection: sqlite3.Connection, addresses: Iterable[str]) -> None:
    """Remove the servers at `addresses`."""
    with transaction(connection):
        connection.executemany("DELETE FROM servers WHERE address = ?", ((a,) for a in addresses))


def take(connection: sqlite3.Connection, session: str, sequence: str) -> int:
    """Return the next turn, from 0; one statement, so that no two servers get the same."""
    ((turn,),) = connection.execute(_TAKE, (session, sequence)).fetchall()
    return int(turn)


def rewind(connection: sqlite3.Connection, session: str | None) -> None:
    """Begin the turns of one session again, or of all."""
    chosen = "" if session is None else " WHERE session = ?"
    connection.execute(f"DELETE FROM turns{chosen}", () if session is None else (session,))  # noqa: S608 - no value is put into it


def touch(connection: sqlite3.Connection, session: str, now: float) -> None:
    """Note that a session is in use, and end those that were idle too long."""
    with transaction(connection):
        connection.execute(_TOUCH, (session, now, 0.0, 0.0))
        _end_overdue(connection, now)


def write(connection: sqlite3.Connection, accounts: Sequence[Account], now: float) -> None:
    """Add what `accounts` hold."""
    with transaction(connection):
        for account in accounts:
            session = as_text(account.session)
            connection.execute(_TOUCH, (session, now, account.first, account.last))
            connection.executemany(
                _COUNT,
                ((session, as_text(what), times) for what, times in account.counts.items()),
            )
            for kind, told in (("request", account.requests), ("miss", account.misses)):
                connection.executemany(
                    "INSERT INTO entries(session, kind, entry) VALUES(?, ?, ?)",
                    ((session, kind, as_text(entry)) for entry in told),
                )
                connection.execute(_TRIM, (session, kind, LIMIT))
        connection.execute(_TRIM_ALL, (MAX_ENTRIES,))
        _end_overdue(connection, now)


def _end_overdue(connection: sqlite3.Connection, now: float) -> None:
    """End sessions; what was counted in them stays, under a name of its own."""
    wanted = (_DEFAULT, _ENDED, now - IDLE_SECONDS, MOST)
    for session, first, last in connection.execute(_OVERDUE, wanted).fetchall():
        connection.execute(_TOUCH, (_ENDED, now, first, last))
        connection.execute(_FOLD, (_ENDED, session))
        connection.execute("UPDATE sessions SET ended = ended + 1 WHERE session = ?", (_ENDED,))
        for table in ("sessions", "turns", "counts", "entries"):
            connection.execute(f"DELETE FROM {table} WHERE session = ?", (session,))  # noqa: S608 - names of ours


def read(connection: sqlite3.Connection, session: str | None, now: float) -> list[Account]:
    """Return one account for each session, or for the one asked for, as of one moment."""
    with transaction(connection):
        _end_overdue(connection, now)
        rows = connection.execute("SELECT session, first, last, ended FROM sessions").fetchall()
        # What was lost is counted once, in the default session, and told with one read alone.
        alone = session is not None
        return in_order(
            _account(connection, *row, with_lost=alone) for row in rows if session in (None, row[0])
        )


def _account(  # noqa: PLR0913 - a row
    connection: sqlite3.Connection,
    session: str,
    first: float,
    last: float,
    ended: int,
    *,
    with_lost: bool,
) -> Account:
    def told(kind: str) -> Iterator[str]:
        query = "SELECT entry FROM entries WHERE session = ? AND kind = ? ORDER BY id"
        return (entry for (entry,) in connection.execute(query, (session, kind)))

    kept = connection.execute(_COUNTS, (session, with_lost, _DEFAULT, _LOST))
    return Account(
        session=as_name(session),
        counts=counts(kept),
        requests=entries(told("request"), REQUEST),
        misses=entries(told("miss"), MISS),
        first=first,
        last=last,
        sessions=ended or 1,
    )
