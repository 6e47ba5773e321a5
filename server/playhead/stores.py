"""Which store of shared state a `--state` names; each is imported when it is named."""

import atexit
import os
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from playhead.neighbours import private_folder
from playhead.store import Store

_REDIS_SCHEMES = ("redis", "rediss", "unix")
_RUN = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_FORMS = "sqlite, sqlite:PATH, redis://HOST[:PORT], rediss://HOST[:PORT] or unix:///PATH"


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
    from playhead.sqlite_store import SqliteStore

    return SqliteStore(path)


def _redis(url: str) -> Store:
    address, _, query = url.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    run = options.pop("run", "playhead")
    if not _RUN.fullmatch(run):
        raise ValueError(f"the run {run[:100]!r} is no name: letters, digits, '_', '.' and '-'")
    rest = f"{address}?{urlencode(options)}"
    try:
        from playhead.redis_store import RedisStore
    except ModuleNotFoundError:
        reason = "a state in Redis needs the package redis: pip install 'redis>=5.0.1'"
        raise ValueError(reason) from None
    return RedisStore(rest, run=run)
