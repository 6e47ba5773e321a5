"""What is answered when no recording answers: a preflight, the list of models, or a refusal.

Off the path of a hit; what takes long, the search for the nearest recording, is in `search`.
"""

import asyncio
import logging
import re
from time import time
from typing import Any, TypeAlias

from playhead import models, refusal
from playhead.answer import cors_headers
from playhead.asked import Asked, asked
from playhead.errors import Code, Refusal
from playhead.journal import Refused
from playhead.library import Library
from playhead.printable import printable
from playhead.search import Search
from playhead.sessions import Session
from playhead.state import State

Messages: TypeAlias = tuple[dict[str, Any], dict[str, Any]]

_COUNT = re.compile(rb"[0-9]{1,9}")
_HOST = re.compile(rb"[A-Za-z0-9.\[\]:_-]{1,80}")
_logger = logging.getLogger("playhead")


class Unrecorded:
    """Answers in the name of one library, and notes every refusal in the state."""

    def __init__(self, library: Library, state: State, cors_origin: str | None) -> None:
        self._library = library
        self._state = state
        self._cors_origin = cors_origin
        self._search = Search(library)
        self._pages: dict[tuple[str | None, models.Form], bytes] = {}

    def close(self) -> None:
        """Drop what is still being thought about."""
        self._search.close()

    def retire(self) -> None:
        """Learn no more of a library that is replaced; what is asked of it is still answered."""
        self._search.retire()

    async def messages(
        self, reason: Refusal, session: Session, path: bytes, scope: dict[str, Any], body: bytes
    ) -> Messages:
        """Return the two ASGI messages that answer a request that was refused for `reason`.

        `path` is the raw one, without the session.
        """
        headers = dict(scope["headers"])
        cassette = headers.get(b"x-playhead-cassette")
        request = asked(scope["method"], path, scope["query_string"], cassette, body)
        ours = self._preflight(request, headers) or await self._models(request, reason)
        if ours:
            session.journal.ours((scope["method"], path, cassette, None), ours[0]["status"])
        start, content = ours or await self._refuse(request, reason, session, headers)
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
        path = request.route.path
        if not models.PATH.fullmatch(path):
            return None
        form = models.form(path)
        page = self._pages.get((request.scope, form))
        if page is None:
            page = await asyncio.to_thread(models.listing, self._library, request.scope, form)
            self._pages[request.scope, form] = page
        length = (b"content-length", b"%d" % len(page))
        return _ok(page, [(b"content-type", b"application/json"), length])

    async def _refuse(
        self, request: Asked, reason: Refusal, session: Session, headers: dict[bytes, bytes]
    ) -> Messages:
        numbers = self._state.sessions.numbers
        number, when = numbers.next(), time()
        called = numbers.written(number)
        name = session.journal.session
        explained = await self._search.explained(request, reason, called, name)
        message = explained.miss.summary(_see(headers, called))
        retry = headers.get(b"x-stainless-retry-count", b"0")
        entry = Refused(
            id=number,
            time=when,
            session=name,
            method=request.method,
            target=request.route.path,
            scope=request.scope,
            status=reason.status,
            message=message,
            told=explained.told,
            retry=int(retry) if _COUNT.fullmatch(retry) else 0,
        )
        await self._state.refused(session, entry)
        _logger.warning("%s", "\n".join((printable(message), *explained.lines)))
        return refusal.messages(
            reason.code,
            message,
            status=reason.status,
            request_id=str(called),
            form=request.route.errors,
        )


def _ok(body: bytes, headers: list[tuple[bytes, bytes]], *, status: int = 200) -> Messages:
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}


def _see(headers: dict[bytes, bytes], called: int | str) -> str:
    """Where the whole story stands: under the name by which the client reached us."""
    host = headers.get(b"host", b"")
    origin = f"http://{host.decode()}" if _HOST.fullmatch(host) else ""
    return f"{origin}/__playhead/requests/{called}"
