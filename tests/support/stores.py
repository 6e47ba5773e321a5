"""Stores of one run, opened for a test and closed after it."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from playhead.account import Account
from playhead.store import Store
from playhead.stores import store_at


class Member:
    """One server of a run: a store, and what this server holds and has not written."""

    def __init__(self, url: str) -> None:
        self.store: Store = store_at(url)
        self.held: list[Account] = []
        self.number = 0

    async def flush(self) -> None:
        held, self.held = self.held, []
        await self.store.write(held)

    async def open(self) -> None:
        self.number = await self.store.open(self.flush, resumes=False)

    async def come_back(self) -> None:
        """Leave, and be the next process that was forked from the same parent."""
        await self.store.close()
        self.number = await self.store.open(self.flush, resumes=True)

    async def takes(self, times: int, session: str = "", sequence: str = "one") -> list[int]:
        return [await self.store.take(session, sequence) for _ in range(times)]


@contextlib.asynccontextmanager
async def members(url: str, count: int = 1) -> AsyncIterator[list[Member]]:
    """Run `count` servers of one run, joined one after the other."""
    joined = [Member(url) for _ in range(count)]
    for member in joined:
        await member.open()
    try:
        yield joined
    finally:
        await asyncio.gather(*(member.store.close() for member in joined))


def account(
    session: str = "",
    *,
    times: int = 1,
    requests: Sequence[dict[str, Any]] = (),
    misses: Sequence[dict[str, Any]] = (),
    when: float = 0.0,
) -> Account:
    """What became of `times` requests that were all answered by one recording."""
    return Account(
        session=session,
        counts=Counter({("served", "chat#0"): times}),
        requests=requests,
        misses=misses,
        first=when,
        last=when,
    )


def hit(number: int = 1, time: float = 1.0, **more: Any) -> dict[str, Any]:
    """A request that was answered, as a journal has it."""
    return {"id": f"1-{number}", "time": time, "outcome": "served", **more}


def miss(number: int = 1, time: float = 1.0, **more: Any) -> dict[str, Any]:
    """A request that was refused, as a journal has it."""
    asked = {"method": "POST", "path": "/v1/x", "message": "no", "code": "unknown_operation"}
    return {**hit(number, time), "outcome": "refused", **asked, **more}


@contextlib.contextmanager
def sqlite_url(folder: Path) -> Iterator[str]:
    """The `--state` of a file in `folder`."""
    yield f"sqlite:{folder}/state.sqlite"
