"""The state of servers on several machines, in one Redis; the only import of redis.

The rules of this file:

- Each change is one script, so that it is whole or not there, and one round trip. No take is tried
  twice: one whose answer was lost may have counted. A write has a nonce, and counts once.
- A server has a token in Redis. Where it is gone, so is all that was kept: that is counted, and
  the servers go on with what is there.
- Every key begins with the name of the run, and ends by itself a day after its last use.
- Who is there is who joined and listens. A server listens first and joins then, in one step: so of
  several that start at once exactly one finds nobody there and begins anew. Redis itself notices
  when one of them dies.
- What comes back may have been written by anybody: it is read as data.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from secrets import token_hex
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from playhead import redis_scripts
from playhead.account import Account
from playhead.errors import PlayheadError, StateUnreachable
from playhead.stored import (
    MISS,
    PATIENCE_SECONDS,
    REQUEST,
    as_name,
    as_text,
    counts,
    entries,
    in_order,
)

CONNECTIONS = 16
"""Connections of one server, beside the one that listens; a take needs one for 0.1 ms."""
ANSWER_SECONDS = 10
"""How long the answers to one who gathers are kept."""
AGAIN_SECONDS = 0.5
"""The pause before a lost connection to the channel is made anew."""

_NONCE = re.compile(rb"[0-9a-f]{32}")


class RedisStore:
    """A store in the Redis at `url`, under the name of a run. Raise ValueError for a bad URL."""

    def __init__(self, url: str, *, run: str) -> None:
        self._url = url
        self._prefix = f"playhead:{run}:"
        self._channel = f"{self._prefix}gather"
        self._token = token_hex(8)  # this server's and that of those forked from it
        try:
            self._place = _place(url)
            ConnectionPool.from_url(url).make_connection()  # type: ignore[no-untyped-call]
        except (TypeError, ValueError):  # their texts may quote the password
            raise ValueError(
                "the address of the shared state is no redis://HOST:PORT, or has options that "
                "the package redis does not know; in a password / is %2F, @ is %40 and ? is %3F"
            ) from None

    async def open(self, flush: Callable[[], Awaitable[None]], *, resumes: bool) -> int:
        """Join the servers of the run, or begin anew where there are none."""
        self._flush = flush
        never = Retry(NoBackoff(), 0)
        waits: dict[str, Any] = {"socket_connect_timeout": PATIENCE_SECONDS, "retry": never}
        pool = BlockingConnectionPool.from_url(
            self._url,
            max_connections=CONNECTIONS,
            timeout=PATIENCE_SECONDS,
            socket_timeout=PATIENCE_SECONDS,
            **waits,
        )
        self._redis = Redis.from_pool(pool)
        self._listening = Redis.from_url(self._url, socket_timeout=None, **waits)
        try:
            async with self._reached():
                channel = await self._subscribed()
            self._number = int(await self._run(redis_scripts.JOIN, "1" if resumes else ""))
        except StateUnreachable:
            await self._disconnect()
            raise
        # Not in a task group: it begins here and ends in another call, `close`.
        self._listener = asyncio.get_running_loop().create_task(self._listen(channel))
        return self._number

    async def take(self, session: str, sequence: str) -> int:
        """Return the next turn, from 0; raise StateUnreachable where Redis does not answer."""
        return int(await self._run(redis_scripts.TAKE, as_text(session), sequence))

    async def rewind(self, session: str | None) -> None:
        """Begin the turns of one session again, or of all."""
        await self._run(redis_scripts.REWIND, *_chosen(session))

    async def write(self, accounts: Sequence[Account], nonce: str = "") -> None:
        """Add what `accounts` hold, unless the last write had the same nonce."""
        told = as_text([_as_json(account) for account in accounts])
        await self._run(redis_scripts.WRITE, told, str(self._number), nonce)

    async def gather(self) -> None:
        """Return when all that listen have written what they hold, or after a while."""
        nonce = token_hex(16)
        async with self._reached():
            listeners = await self._redis.publish(self._channel, nonce)
        await self._flush()
        with contextlib.suppress(TimeoutError, RedisError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                for _ in range(listeners):
                    await cast("Awaitable[Any]", self._redis.blpop([self._answers(nonce)]))

    async def read(self, session: str | None) -> list[Account]:
        """Return the account of one session, or all and those of the ended sessions as one."""
        found = await self._run(redis_scripts.READ, *_chosen(session))
        try:
            return in_order(_account(*each) for each in found)
        except ValueError as reason:
            raise self._unreachable(reason) from None

    async def close(self) -> None:
        """Leave the other servers."""
        # Before Python 3.12 asyncio.wait_for, which redis uses, may swallow a cancellation.
        while not self._listener.done():
            self._listener.cancel()
            await asyncio.wait([self._listener], timeout=AGAIN_SECONDS)
        await self._disconnect()

    async def _run(self, script: str, *arguments: str) -> Any:
        async with self._reached():
            return await self._redis.register_script(script)(
                args=[self._prefix, self._token, *arguments]
            )

    @contextlib.asynccontextmanager
    async def _reached(self) -> AsyncIterator[None]:
        """Bound the wait for Redis; what goes wrong in the block is told as StateUnreachable."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                yield
        except (RedisError, OSError) as reason:
            raise self._unreachable(reason) from None

    def _unreachable(self, reason: Exception) -> StateUnreachable:
        why = str(reason) or f"no answer within {PATIENCE_SECONDS:.0f} s"
        return StateUnreachable(f"the shared state in Redis at {self._place} fails: {why}")

    def _answers(self, nonce: str) -> str:
        return f"{self._prefix}answers:{nonce}"

    async def _subscribed(self) -> PubSub:
        """Listen to the channel; when this returns, Redis knows of it."""
        channel = self._listening.pubsub()
        await channel.subscribe(self._channel, f"{self._prefix}here:{self._token}")
        await channel.get_message(timeout=PATIENCE_SECONDS)
        return channel

    async def _listen(self, channel: PubSub) -> None:
        """Do what those who gather ask for, also after Redis was away for a while."""
        while True:
            with contextlib.suppress(RedisError, OSError):
                async for message in channel.listen():
                    await self._told(message["data"])
            await channel.aclose()  # type: ignore[no-untyped-call]
            await asyncio.sleep(AGAIN_SECONDS)
            with contextlib.suppress(RedisError, OSError):
                channel = await self._subscribed()

    async def _told(self, nonce: object) -> None:
        if not isinstance(nonce, bytes) or not _NONCE.fullmatch(nonce):
            return
        with contextlib.suppress(PlayheadError):  # it stays here, and is written later
            await self._flush()
            key = self._answers(nonce.decode())
            async with self._reached(), self._redis.pipeline() as answer:
                answer.rpush(key, 1)
                answer.expire(key, ANSWER_SECONDS)
                await answer.execute()

    async def _disconnect(self) -> None:
        await self._redis.aclose()
        await self._listening.aclose()


def _place(url: str) -> str:
    """Where a URL points to, without who asks and the password."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return unquote(parts.path)
    return f"{parts.hostname or 'localhost'}:{parts.port or 6379}"


def _chosen(session: str | None) -> tuple[str, ...]:
    return () if session is None else (as_text(session),)


def _as_json(account: Account) -> list[object]:
    return [
        as_text(account.session),
        [
            *([as_text(what), times] for what, times in account.counts.items()),
            ["first", repr(account.first)],
            ["last", repr(account.last)],
        ],
        [as_text(entry) for entry in account.requests],
        [as_text(entry) for entry in account.misses],
    ]


def _account(
    session: bytes, kept: list[bytes], requests: list[bytes], misses: list[bytes]
) -> Account:
    fields = dict(zip(kept[::2], kept[1::2], strict=True))
    first, last = (float(fields.pop(name, 0.0)) for name in (b"first", b"last"))
    ended = int(fields.pop(b"ended", 0))
    return Account(
        session=as_name(session),
        counts=counts(fields.items()),
        requests=entries(requests, REQUEST),
        misses=entries(misses, MISS),
        first=first,
        last=last,
        sessions=ended or 1,
    )
