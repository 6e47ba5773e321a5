"""The state of a run, its cursors and journals: of this process alone, or shared by several."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Protocol

from playhead.account import Account
from playhead.errors import Code, Refusal
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
        self._unwritten: list[Account] = []
        self._writing = asyncio.Lock()

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

        One at a time: whoever asks meanwhile is answered when all that was noted is written.
        """
        async with self._writing:
            noted = await asyncio.to_thread(_accounts, self.sessions.taken_out())
            unwritten, self._unwritten = self._unwritten + noted, []
            if not unwritten:
                return
            try:
                await self._store.write(unwritten)
            except Refusal:
                self._unwritten = unwritten + self._unwritten  # for the next time
                raise


def _accounts(journals: Iterable[Journal]) -> list[Account]:
    return [journal.account() for journal in journals]
