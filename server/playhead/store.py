"""What a store of shared state has to do, for several servers."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from playhead.account import Account


class Store(Protocol):
    """The turns and accounts of several servers. Made before a fork, opened after it.

    Every method but `close` may raise StateUnreachable, once it has waited for as long as the
    store has patience: 2 s for Redis, 10 s for a file that stays locked.
    """

    async def open(self, flush: Callable[[], Awaitable[None]], *, resumes: bool) -> int:
        """Join; return the number of this server among those that ever joined, from 1.

        The first server of a run begins anew, one that joins others finds what they share. One
        that `resumes`, since a process forked from the same parent was there before, never begins
        anew; where what it comes back to is gone, `account.LOST` is counted.
        `flush` is awaited whenever any server gathers; it is to `write` what this one holds.
        """

    async def take(self, session: str, sequence: str) -> int:
        """Return the next turn of a sequence in a session, from 0; no two servers get the same."""

    async def rewind(self, session: str | None) -> None:
        """Begin the turns of one session again, or of all for None; accounts stay."""

    async def write(self, accounts: Sequence[Account], nonce: str = "") -> None:
        """Add these counts and entries to what is kept.

        A write that failed may have happened all the same. With the `nonce` of the last one it is
        tried again: then what was added is not added a second time.
        """

    async def gather(self) -> None:
        """Return when every live server has written what it holds, or after 2 s."""

    async def read(self, session: str | None) -> list[Account]:
        """Return what is kept, by sessions, the default one first; or of one session.

        What was counted in sessions that ended is in the account of the session `account.ENDED`.
        What was lost is in the default one's, and in that of one session that is read alone.
        """

    async def close(self) -> None:
        """Leave; what was taken and written stays while other servers are there."""
