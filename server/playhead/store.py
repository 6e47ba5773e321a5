"""Where servers keep the state they share: what a store does, and the store of a `--state`."""

import atexit
import os
import re
import shutil
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import parse_qsl, urlencode

from playhead.account import Account
from playhead.neighbours import private_folder

_REDIS_SCHEMES = ("redis", "rediss", "unix")
_RUN = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_FORMS = "sqlite, sqlite:PATH, redis://HOST[:PORT], rediss://HOST[:PORT] or unix:///PATH"


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


def store_at(url: str) -> Store:
    """Return the store that `--state` names; raise ValueError with what is wrong with `url`.

    `sqlite` is a new file in a private folder, gone when this process ends. `sqlite:PATH` is a
    file that servers on one machine share, whoever starts them. The others are one Redis, shared
    by servers on several machines; `?run=NAME` keeps runs apart. No message has the whole URL,
    which may hold a password.
    """
    scheme, colon, rest = url.partition(":")
    if url == "sqlite":
        return _sqlite(_temporary())
    if scheme == "sqlite" and rest:
        return _sqlite(Path(rest))
    if scheme in _REDIS_SCHEMES and colon:
        return _redis(url)
    raise ValueError(f"{scheme!r} is no shared state: {_FORMS}")


def _temporary() -> Path:
    folder = private_folder()
    atexit.register(_remove, folder, os.getpid())
    return folder / "state.sqlite"


def _remove(folder: Path, maker: int) -> None:
    """Remove the folder in the process that made it: one that it forked ends like it."""
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


def _sqlite(path: Path) -> Store:
    return cast("Store", import_module("playhead.sqlite_store").SqliteStore(path))


def _redis(url: str) -> Store:
    address, _, query = url.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    run = options.pop("run", "playhead")
    if not _RUN.fullmatch(run):
        raise ValueError(f"the run {run[:100]!r} is no name: letters, digits, '_', '.' and '-'")
    rest = f"{address}?{urlencode(options)}"
    try:
        module = import_module("playhead.redis_store")
    except ModuleNotFoundError:
        reason = "a state in Redis needs the package redis: pip install 'redis>=5.0.1'"
        raise ValueError(reason) from None
    return cast("Store", module.RedisStore(rest, run=run))
