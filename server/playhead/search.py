"""The one thread in which misses are explained: with a budget, and with room for the event loop.

Python runs one thread at a time. So the search sleeps for a moment after every fraction of a
millisecond, and what it has learnt is kept: a request that misses again is explained at once. A
refusal that does not name the nearest recording is better than a late one.
"""

import asyncio
import contextlib
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from time import monotonic, sleep
from typing import Any, TypeVar

from playhead.asked import Asked
from playhead.errors import Code, Refusal
from playhead.explained import as_json, lines
from playhead.explainer import Explainer
from playhead.giving_way import giving_way
from playhead.library import Library
from playhead.miss import Miss

SECONDS = 0.2
"""The budget of one search, time in the queue included."""
LARGEST = 1024 * 1024
"""Bytes of a body above which no nearest is looked for: to parse it takes longer than there is."""
MOST_WAITING = 32
"""Searches under way and waiting; in a flood of misses most would come too late anyway."""
KEPT = 256
"""Explanations kept for the same request coming again."""
REMEMBERED = 10_000
"""Refused requests of which it is known that they came before."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_UNIT = 0.00015
_BREATH = 0.00005
_SLICE = 0.01
_LOGGED = 5
_SCOPED = frozenset({Code.BODY_DIFFERS, Code.UNKNOWN_OPERATION, Code.UNKNOWN_CASSETTE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A miss, and what is told of it: `told` as JSON, `lines` for the log."""

    miss: Miss
    told: dict[str, Any]
    lines: tuple[str, ...] = ()


class Search:
    """Explains the misses of one library."""

    def __init__(self, library: Library) -> None:
        self._explainer = Explainer(library, monotonic, _Breathing().breathe)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="playhead-nearest")
        self._is_retired = False
        self._waiting: dict[bytes, asyncio.Future[Explained | None]] = {}
        self._kept: OrderedDict[bytes, Explained] = OrderedDict()
        self._times: OrderedDict[tuple[str, bytes], tuple[int, int | str]] = OrderedDict()

    def retire(self) -> None:
        """Learn no more than what is asked: the library is replaced."""
        self._is_retired = True

    def close(self) -> None:
        """Drop what is still being thought about."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def explained(
        self, asked: Asked, refusal: Refusal, number: int | str, session: str = ""
    ) -> Explained:
        """Return why `asked`, which is request `number`, was refused, as far as found in time.

        How often it was, is counted for its session: a test is told of its own requests. The lines
        for the log come once for all sessions.
        """
        # Kept with its traceback it would keep the frames, and in them what keeps it: a library
        # that is replaced could never go.
        miss = self._explainer.begun(asked, refusal.with_traceback(None))
        mark = _mark(asked, refusal)
        times, first = self._count((session, mark), number)
        kept = self._kept.get(mark)
        found = replace(kept, lines=()) if kept else await self._found_in_time(mark, miss)
        if times == 1:
            return found
        again = replace(found.miss, times=times, first=first)
        return Explained(miss=again, told={**found.told, "times": times, "first": first})

    async def _found_in_time(self, mark: bytes, miss: Miss) -> Explained:
        asked, code = miss.asked, miss.refusal.code
        if code is not Code.BODY_DIFFERS and (code not in _SCOPED or asked.scope is None):
            return _told(miss)
        if len(asked.body) > LARGEST:
            return _told(replace(miss, why_no_nearest="The body is too large to be compared."))
        if mark not in self._waiting and len(self._waiting) >= MOST_WAITING:
            why = "Too many misses at once to look for the nearest recording."
            return _told(replace(miss, why_no_nearest=why))
        search = self._waiting.get(mark) or self._begin(mark, miss)
        await asyncio.wait((search,), timeout=SECONDS)
        found = _result(search) if search.done() else None
        why = "The nearest recording was not found in time."
        return found or _told(replace(miss, why_no_nearest=why))

    def _begin(self, mark: bytes, miss: Miss) -> "asyncio.Future[Explained | None]":
        loop = asyncio.get_running_loop()
        search = loop.run_in_executor(self._thread, self._look, miss, monotonic() + SECONDS)
        self._waiting[mark] = search
        search.add_done_callback(lambda done: self._keep(mark, done))
        return search

    def _keep(self, mark: bytes, search: "asyncio.Future[Explained | None]") -> None:
        del self._waiting[mark]
        found = _result(search)
        if found is not None and found.told["complete"]:
            _put(self._kept, mark, found, most=KEPT)

    def _count(self, request: tuple[str, bytes], number: int | str) -> tuple[int, int | str]:
        times, first = self._times.get(request, (0, number))
        _put(self._times, request, (times + 1, first), most=REMEMBERED)
        return times + 1, first

    # What follows runs in the thread.

    def _look(self, miss: Miss, deadline: float) -> Explained | None:
        if monotonic() > deadline:
            return None
        with giving_way():
            miss = self._explainer.explained(miss, deadline=deadline)
        if not miss.found.complete:
            self._grow()
        return _told(miss)

    def _grow(self) -> None:
        """Let the indexes grow for a moment, then let a search that waits have its turn."""
        with giving_way():
            is_more = self._explainer.grow(_SLICE)
        if is_more and not self._is_retired:
            with contextlib.suppress(RuntimeError):  # the thread is being ended
                self._thread.submit(self._grow)


class _Breathing:
    """Lets go of the interpreter for a moment whenever the thread has had it for a while."""

    def __init__(self) -> None:
        self._since = 0.0

    def breathe(self) -> None:
        if monotonic() - self._since > _UNIT:
            sleep(_BREATH)
            self._since = monotonic()


def _result(search: "asyncio.Future[Explained | None]") -> Explained | None:
    """What a search found; None where it came too late, or the server is being stopped."""
    return None if search.cancelled() else search.result()


def _told(miss: Miss) -> Explained:
    return Explained(miss=miss, told=as_json(miss), lines=tuple(lines(miss, most=_LOGGED)))


def _mark(asked: Asked, refusal: Refusal) -> bytes:
    parts = (refusal.code, asked.method, asked.route.path, asked.scope)
    return sha256(repr(parts).encode("utf-8", "surrogatepass") + asked.body).digest()


def _put(held: "OrderedDict[_Key, _Value]", key: _Key, value: _Value, *, most: int) -> None:
    """Put a value in as the newest, and drop the oldest where there is no room."""
    held.pop(key, None)
    held[key] = value
    if len(held) > most:
        held.popitem(last=False)
