"""The state of a run, its cursors and journals: of this process alone, or shared by several."""

import asyncio
import contextlib
from collections.abc import Iterable
from secrets import token_hex
from typing import Protocol

from playhead.account import Account
from playhead.errors import Code, Refusal, StateUnreachable
from playhead.journal import Journal, Refused
from playhead.sessions import Session, Sessions
from playhead.store import Store


class State(Protocol):
    """Which recording is next in each session, and what became of the requests."""

    sessions: Sessions
    """The sessions that this process knows."""
    resumes: bool
    """Whether `open` comes back to what a process forked from the same parent has opened."""

    async def open(self) -> None:
        """Begin; called once, before the first request, in the event loop that serves."""

    async def take(self, session: Session, sequence: str) -> int:
        """Return how often `sequence` was taken in a session before, and count this time."""

    async def rewind(self, session: str | None) -> None:
        """Begin one session again, or all: their cursors, not what is known of their requests."""

    async def refused(self, session: Session, entry: Refused) -> None:
        """Note a request that was refused."""

    async def accounts(self, session: str | None = None) -> list[Account]:
        """Return what became of all requests, by sessions, the default one first; or of one's."""

    async def close(self) -> None:
        """End; what was not written yet is written."""


class Memory:
    """The state of a server that is alone.

    `take` does not wait for anything, so that between finding an interaction and moving its
    cursor nothing else runs. On one event loop that is the whole of the concurrency design.
    """

    def __init__(self) -> None:
        self.sessions = Sessions(merges=True)
        self.resumes = False

    async def open(self) -> None:
        """There is nothing to begin."""

    async def take(self, session: Session, sequence: str) -> int:
        """Return how often `sequence` was taken in a session before, and count this time."""
        turn = session.turns.get(sequence, 0)
        session.turns[sequence] = turn + 1
        return turn

    async def rewind(self, session: str | None) -> None:
        """Begin one session again, or all."""
        self.sessions.rewind(session)

    async def refused(self, session: Session, entry: Refused) -> None:
        """Note a request that was refused."""
        session.journal.refuse(entry)

    async def accounts(self, session: str | None = None) -> list[Account]:
        """Return what became of all requests, by sessions; or of one's."""
        return await asyncio.to_thread(_accounts, self.sessions.copied(session))

    async def close(self) -> None:
        """There is nothing to end."""


class Shared:
    """The state of several servers, in a store that all of them reach.

    What recordings answered stays in this process until somebody asks any of the servers, until a
    request is refused, or until it stops: an interaction that occurs once needs the store for
    nothing. A refusal is written at once, since it must not be lost; but for one that says that the
    store is not reached.
    """

    def __init__(self, store: Store) -> None:
        self.sessions = Sessions(merges=False)
        self.resumes = False
        self._store = store
        self._batch: list[Account] = []  # what was sent, until it is known to be written
        self._nonce = ""
        self._writing = asyncio.Lock()
        self._failures = 0
        self._reason = ""

    async def open(self) -> None:
        """Join the other servers."""
        self.sessions.numbers.server = await self._store.open(self._write, resumes=self.resumes)

    async def take(self, session: Session, sequence: str) -> int:
        """Return how often any server took `sequence` in a session, and count this time."""
        return await self._store.take(session.journal.session, sequence)

    async def rewind(self, session: str | None) -> None:
        """Begin one session again, or all, for every server."""
        await self._store.rewind(session)

    async def refused(self, session: Session, entry: Refused) -> None:
        """Note a request that was refused, and write it."""
        session.journal.refuse(entry)
        if entry.told["code"] == Code.STATE_UNREACHABLE.value:
            return  # to wait for the store a second time would hold up the answer in vain
        with contextlib.suppress(Refusal):  # it stays here, and is written later
            await self._write()

    async def accounts(self, session: str | None = None) -> list[Account]:
        """Return what became of all requests to any server, by sessions; or of one's."""
        await self._store.gather()
        return await self._store.read(session)

    async def close(self) -> None:
        """Write what recordings answered, and leave the other servers."""
        with contextlib.suppress(Refusal):  # there is nobody left to write it later
            await self._write()
        await self._store.close()

    async def _write(self) -> None:
        """Write what this server has noted, and begin to note anew.

        To the end, also where who asked goes away: nobody else has what was taken out by then.
        """
        await asyncio.shield(self._write_to_the_end())

    async def _write_to_the_end(self) -> None:
        """Write what is noted.

        One at a time: whoever asks meanwhile is answered when all that was noted is written. Where
        that fails, all of them fail, since each would wait for the store in vain.
        """
        failures = self._failures
        async with self._writing:
            if self._failures > failures:
                raise StateUnreachable(self._reason)
            try:
                await self._send()  # what may not have come the last time
                self._batch = await asyncio.to_thread(_accounts, self.sessions.taken_out())
                self._nonce = token_hex(8)
                await self._send()
            except StateUnreachable as reason:
                self._failures += 1
                self._reason = reason.message
                raise

    async def _send(self) -> None:
        """Write the batch; it stays the same batch until the store says that it has it."""
        if self._batch:
            await self._store.write(self._batch, self._nonce)
            self._batch = []


def _accounts(journals: Iterable[Journal]) -> list[Account]:
    return [journal.account() for journal in journals]
