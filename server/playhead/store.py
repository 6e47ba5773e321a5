"""What a store of shared state has to do."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from playhead.account import Account


class Store(Protocol):
    """Cursors and journals that several servers share."""

    async def open(self, flush: Callable[[], Awaitable[None]]) -> int:
        """Join; return the number of this server among all that ever joined, from 1.

        `flush` is awaited whenever a server gathers, this one included.
        """

    async def take(self, session: str, sequence: str) -> int:
        """Return how often `sequence` was taken in a session before, and count this time.

        Atomic over all servers: no two calls return the same.
        """

    async def rewind(self, session: str | None) -> None:
        """Forget what was taken in a session, or in all."""

    async def write(self, accounts: Sequence[Account]) -> None:
        """Add these counts and entries to what is stored."""

    async def gather(self) -> None:
        """Return when every server has written what it holds, or does not answer."""

    async def read(self, session: str | None) -> list[Account]:
        """Return what is stored, by sessions, the default one first; or of one session."""

    async def close(self) -> None:
        """Leave."""
