"""The live feed: a server-sent event for each request, soon after what became of it was noted.

The only module that imports sse-starlette, which adds pings and replaces a method of uvicorn's when
it is imported; a replayed byte never passes it. Nothing of the feed is on the path of a request: it
reads the journals again and again, and so tells of every server that shares them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from operator import itemgetter
from time import monotonic
from typing import Any, TypeAlias

from sse_starlette import EventSourceResponse, ServerSentEvent

from playhead.errors import Refusal
from playhead.state import State

INTERVAL = 0.25
"""Seconds between two looks at the journals."""
SHARE = 20
"""How much longer the time between two looks is than a look, where there are many sessions."""

_EVENTS = {"served": "served", "refused": "missed", "answered": "answered"}
"""The name of the event that tells of an outcome."""

_Entry: TypeAlias = dict[str, Any]


class News:
    """What comes new into the journals of one session, or of all; `since` is the id of a request.

    Without it all is old that is there at the first look. With it all is new that came after that
    request, or all that is kept where that request is not.
    """

    def __init__(self, state: State, *, session: str | None, since: str | None) -> None:
        self._state = state
        self._session = session
        self._since = since
        self._seen: set[object] | None = None

    async def look(self) -> list[_Entry]:
        """Return what is new since the last look, oldest first; raise Refusal as `accounts`."""
        accounts = await self._state.accounts(self._session)
        entries = [each for account in accounts for each in (*account.requests, *account.misses)]
        if self._seen is None:
            self._seen = self._known_at_first(entries)
        new = [entry for entry in entries if entry["id"] not in self._seen]
        # A request that is not kept any more does not come again, so its id need not be kept.
        self._seen = {entry["id"] for entry in entries}
        return sorted(new, key=itemgetter("time"))

    def _known_at_first(self, entries: list[_Entry]) -> set[object]:
        if self._since is None:
            return {entry["id"] for entry in entries}
        ids = [entry["id"] for entry in sorted(entries, key=itemgetter("time"))]
        last = next((at for at, each in enumerate(ids) if str(each) == self._since), -1)
        return set(ids[: last + 1])


async def response(
    news: News, stopping: asyncio.Event, text: Callable[[object], str]
) -> EventSourceResponse:
    """Return the answer that sends what is new from this moment on, until `stopping` is set.

    `text` writes an entry of the journal as one line of JSON.
    """
    first = await news.look()
    return EventSourceResponse(_events(news, first, stopping, text), sep="\n")


async def _events(
    news: News, first: list[_Entry], stopping: asyncio.Event, text: Callable[[object], str]
) -> AsyncIterator[ServerSentEvent]:
    entries, wait = first, INTERVAL
    with contextlib.suppress(Refusal):  # what servers share is out of reach: the client comes back
        while True:
            for entry in entries:
                name = _EVENTS[entry["outcome"]]
                yield ServerSentEvent(text(entry), event=name, id=str(entry["id"]), sep="\n")
            if stopping.is_set():
                return
            await _until(stopping, wait)
            began = monotonic()
            entries = await news.look()
            wait = max(INTERVAL, SHARE * (monotonic() - began))


async def _until(stopping: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()
