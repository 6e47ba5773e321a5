"""The state of several servers on one machine, in a SQLite file in WAL mode.

The rules of this file:

- The event loop never waits for a lock. A take is one statement, tried there with no patience at
  all; where the database is locked it is tried again a moment later. All else has a connection of
  its own, and a thread.
- `synchronous` is off: what a process wrote is the kernel's at once, so a killed process loses
  nothing. A machine that stops may lose or break the file, but its servers are gone then as well,
  and the first one to come begins anew.
- Connections are opened in `open`, after any fork: SQLite forbids carrying one across.
"""

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, closing, suppress
from functools import partial
from pathlib import Path
from secrets import token_hex
from time import monotonic, time
from typing import Concatenate, ParamSpec, TypeVar

from playhead import sqlite_tables as tables
from playhead.account import Account
from playhead.errors import StateUnreachable
from playhead.neighbours import Doorbell, clear, is_there, ring
from playhead.sessions import MOST
from playhead.stored import as_text

LOCKED_SECONDS = 10.0
"""How long a lock is waited for; it is held for 10 µs, or some ms where much is written."""
PAUSE_SECONDS = 0.002
"""The longest pause before a take is tried again."""

TOUCH_SECONDS = 60.0
"""How exactly it is known when a session was last used."""

_T = TypeVar("_T")
_P = ParamSpec("_P")


class SqliteStore:
    """A store in the file at `path`, for servers on one machine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._token = token_hex(8)  # this server's and that of those forked from it
        self._busy = asyncio.Lock()
        self._touched: dict[str, float] = {}

    async def open(self, flush: Callable[[], Awaitable[None]], *, resumes: bool) -> int:
        """Join the servers that use the file, or begin anew where there are none."""
        self._flush = flush
        try:
            async with AsyncExitStack() as opened:
                bell = Doorbell(flush)
                self._address = await bell.open()
                opened.push_async_callback(bell.close)
                self._fast = opened.enter_context(closing(tables.connect(self.path, 0.0)))
                await self._as_soon_as_unlocked(partial(tables.has_tables, self._fast))
                await self._as_soon_as_unlocked(partial(tables.share, self._fast))
                self._slow = opened.enter_context(
                    closing(tables.connect(self.path, LOCKED_SECONDS))
                )
                await self._as_soon_as_unlocked(partial(tables.share, self._slow))
                joining = tables.Joining(address=self._address, token=self._token, resumes=resumes)
                number = await self._in_thread(tables.join, joining, is_there)
                self._opened = opened.pop_all()
        except (OSError, sqlite3.Error, ValueError) as reason:
            raise self._unreachable(reason) from None
        return number

    async def take(self, session: str, sequence: str) -> int:
        """Return the next turn, from 0; raise StateUnreachable where the file fails."""
        name = as_text(session)
        turn = await self._as_soon_as_unlocked(partial(tables.take, self._fast, name, sequence))
        now = time()
        if turn == 0 or now - self._touched.get(name, 0.0) > TOUCH_SECONDS:
            if len(self._touched) > MOST:
                self._touched.clear()
            self._touched[name] = now
            await self._in_thread(tables.touch, name, now)
        return turn

    async def rewind(self, session: str | None) -> None:
        """Begin the turns of one session again, or of all."""
        await self._in_thread(tables.rewind, None if session is None else as_text(session))

    async def write(self, accounts: Sequence[Account], nonce: str = "") -> None:  # noqa: ARG002
        """Add what `accounts` hold; a transaction that failed has not happened."""
        await self._in_thread(tables.write, accounts, time())

    async def gather(self) -> None:
        """Wait until all servers have written what they hold; forget those that were killed."""
        others = await self._in_thread(tables.others, self._address)
        _, gone = await asyncio.gather(self._flush(), ring(others))
        if gone:
            await self._in_thread(tables.forget, gone)
            clear(gone)

    async def read(self, session: str | None) -> list[Account]:
        """Return the account of one session, or all and those of the ended sessions as one."""
        name = None if session is None else as_text(session)
        return await self._in_thread(tables.read, name, time())

    async def close(self) -> None:
        """Leave the other servers."""
        with suppress(StateUnreachable):  # then others find out that nobody is there any more
            await self._in_thread(tables.forget, [self._address])
        await self._opened.aclose()

    async def _as_soon_as_unlocked(self, act: Callable[[], _T]) -> _T:
        """Do on the event loop what is done in microseconds, once no other server is at it."""
        deadline = monotonic() + LOCKED_SECONDS
        while True:
            try:
                return act()
            except sqlite3.Error as reason:
                if not _is_locked(reason) or monotonic() > deadline:
                    raise self._unreachable(reason) from None
            await asyncio.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311 - no secret

    async def _in_thread(
        self,
        act: Callable[Concatenate[sqlite3.Connection, _P], _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        """Do what may take long, to its end: a thread goes on where who asked has gone away."""
        return await asyncio.shield(self._alone(partial(act, self._slow, *args, **kwargs)))

    async def _alone(self, act: Callable[[], _T]) -> _T:
        """Do it in a thread; one at a time, as a connection serves one thread at a time."""
        async with self._busy:
            try:
                return await asyncio.to_thread(act)
            except (sqlite3.Error, ValueError) as reason:
                raise self._unreachable(reason) from None

    def _unreachable(self, reason: Exception) -> StateUnreachable:
        return StateUnreachable(f"the shared state in {self.path} cannot be used: {reason}")


def _is_locked(reason: sqlite3.Error) -> bool:
    """SQLite's result codes have the general reason in their lowest byte."""
    return reason.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
