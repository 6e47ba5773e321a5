"""What is answered when no recording answers: a preflight, the list of models, or a refusal.

Off the path of a hit, and off the event loop where it takes long: the search for the nearest
recording runs in one thread with a budget, and a refusal without it is better than a late one.
"""

import asyncio
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, time
from typing import Any, TypeAlias

from playhead import models, refusal
from playhead.answer import cors_headers
from playhead.asked import Asked, asked
from playhead.errors import Code, Refusal
from playhead.journal import Journal, Refused
from playhead.library import Library
from playhead.miss import Miss, Nearest, Neighbours, explain

Messages: TypeAlias = tuple[dict[str, Any], dict[str, Any]]

NEAREST_SECONDS = 0.2
"""The budget of the search for the nearest recording, time in the queue included."""

_COUNT = re.compile(rb"[0-9]{1,9}")
LARGEST_COMPARED = 1024 * 1024
"""Bytes of a body above which no nearest is looked for: to parse it takes longer than there is."""

_HOST = re.compile(rb"[A-Za-z0-9.\[\]:_-]{1,80}")
_logger = logging.getLogger("playhead")


class Unrecorded:
    """Answers in the name of one library, and notes every refusal in the journal."""

    def __init__(self, library: Library, journal: Journal, cors_origin: str | None) -> None:
        self._library = library
        self._journal = journal
        self._cors_origin = cors_origin
        self._neighbours = Neighbours(monotonic)
        self._pages: dict[str | None, bytes] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="playhead-nearest")

    def close(self) -> None:
        """Drop what is still being thought about."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def messages(self, reason: Refusal, scope: dict[str, Any], body: bytes) -> Messages:
        """Return the two ASGI messages that answer a request that was refused for `reason`."""
        headers = dict(scope["headers"])
        cassette = headers.get(b"x-playhead-cassette")
        request = asked(scope["method"], scope["raw_path"], scope["query_string"], cassette, body)
        ours = self._preflight(request, headers) or await self._models(request, reason)
        if ours:
            target = (scope["method"], scope["raw_path"], cassette)
            self._journal.ours(target, ours[0]["status"])
        start, content = ours or await self._refuse(request, reason, headers)
        if self._cors_origin:
            start["headers"] += cors_headers(self._cors_origin)
        return start, content

    def _preflight(self, request: Asked, headers: dict[bytes, bytes]) -> Messages | None:
        """What a browser asks before a POST from another origin (WHATWG Fetch, 3.2.4)."""
        if request.method != "OPTIONS" or not self._cors_origin:
            return None
        allowed = [
            (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
            (b"access-control-max-age", b"600"),
        ]
        if wanted := headers.get(b"access-control-request-headers"):
            allowed.append((b"access-control-allow-headers", wanted))
        return _ok(b"", allowed, status=204)

    async def _models(self, request: Asked, reason: Refusal) -> Messages | None:
        if reason.code is not Code.UNKNOWN_OPERATION or request.method != "GET":
            return None
        if not models.PATH.fullmatch(request.route.path):
            return None
        page = self._pages.get(request.scope)
        if page is None:
            page = await asyncio.to_thread(models.listing, self._library, request.scope)
            self._pages[request.scope] = page
        length = (b"content-length", b"%d" % len(page))
        return _ok(page, [(b"content-type", b"application/json"), length])

    async def _refuse(
        self, request: Asked, reason: Refusal, headers: dict[bytes, bytes]
    ) -> Messages:
        number = self._journal.new_id()
        miss = Miss(refusal=reason, summary="")
        if reason.code is Code.BODY_DIFFERS:
            nearest, why_none = await self._nearest(request)
            miss = Miss(refusal=reason, summary="", nearest=nearest, why_no_nearest=why_none)
        methods = self._library.methods(request.route.operation)
        miss = explain(miss, request, methods, see=_see(headers, number))
        self._note(request, number, miss, headers)
        return refusal.messages(
            reason.code,
            miss.summary,
            status=reason.status,
            request_id=str(number),
            form=request.route.errors,
        )

    async def _nearest(self, request: Asked) -> tuple[Nearest | None, str]:
        """The nearest recording, or None and why there is none."""
        if len(request.body) > LARGEST_COMPARED:
            return None, "The body is too large to be compared."
        deadline = monotonic() + NEAREST_SECONDS
        loop = asyncio.get_running_loop()
        search = loop.run_in_executor(self._thread, self._search, request, deadline)
        try:
            async with asyncio.timeout(NEAREST_SECONDS):
                nearest = await search
        except TimeoutError:
            nearest = None
        return nearest, "" if nearest else "The nearest recording was not found in time."

    def _search(self, request: Asked, deadline: float) -> Nearest | None:
        candidates = list(self._library.alike(request))
        return self._neighbours.nearest(request, candidates, deadline=deadline)

    def _note(self, request: Asked, number: int, miss: Miss, headers: dict[bytes, bytes]) -> None:
        retry = headers.get(b"x-stainless-retry-count", b"0")
        entry = Refused(
            id=number,
            time=time(),
            method=request.method,
            target=request.route.path,
            scope=request.scope,
            status=miss.refusal.status,
            miss=miss,
            retry=int(retry) if _COUNT.fullmatch(retry) else 0,
        )
        self._journal.refuse(entry)
        _logger.warning("%s", miss.summary)


def _ok(body: bytes, headers: list[tuple[bytes, bytes]], *, status: int = 200) -> Messages:
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}


def _see(headers: dict[bytes, bytes], number: int) -> str:
    """Where the whole story stands: under the name by which the client reached us."""
    host = headers.get(b"host", b"")
    origin = f"http://{host.decode()}" if _HOST.fullmatch(host) else ""
    return f"{origin}/__playhead/requests/{number}"
