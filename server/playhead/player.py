"""The player: a raw ASGI app that answers requests with recorded bytes.

One request is a straight line: bytes in, key, take, pace, bytes out. Nothing stands on that line
that need not: what is rare (a first sight, a pace, a refusal) branches off it.
"""

import asyncio
import contextlib
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from hashlib import sha256
from importlib import import_module
from time import monotonic, perf_counter_ns
from typing import Any, TypeAlias

from playhead.account import MISSED, STREAMS
from playhead.answer import Answer
from playhead.asked import addressed
from playhead.cassette import Interaction
from playhead.cursors import chosen
from playhead.errors import Code, PlayheadError, Refusal
from playhead.known import Known, Schedule
from playhead.library import Library, Recordings
from playhead.pace import Pace
from playhead.sessions import Session
from playhead.settings import Settings
from playhead.state import State
from playhead.streams import Streams

Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
_Came: TypeAlias = tuple[Session, bytes, dict[str, Any], bytes]

MAX_BODY = 64 * 1024 * 1024
"""Bytes of a request body; the largest recorded one has 68 kB, but images are sent inline."""
BODY_SECONDS = 60.0
"""How long a body may take to arrive; uvicorn itself would wait for ever."""
SHORT_BODY = 4096
"""Bytes up to which a body stands for itself: to make a digest costs more than to compare."""


class ClientLeft(PlayheadError):
    """The client went away before its request was whole: there is nobody to answer."""


class Player:
    """Replays a library at one pace; `state` has the cursors and the journals."""

    def __init__(self, library: Library, settings: Settings, state: State) -> None:
        self.state = state
        self.streams = Streams()
        self._settings = settings
        self._pace = Pace(settings)
        self._known = Known(library, settings)

    @property
    def library(self) -> Library:
        """The library that is served now."""
        return self._known.library

    def replace(self, library: Library) -> None:
        """Serve another library from the next request on; those under way keep the old one."""
        old, self._known = self._known, Known(library, self._settings)
        old.retire()
        self.state.sessions.forget_interactions()

    def close(self) -> None:
        """Stop what runs beside the requests."""
        self._known.close()

    def count_failed(self, scope: dict[str, Any]) -> None:
        """Count a request that met a bug of ours as missed, in its session if that is known."""
        session = self.state.sessions.default
        with contextlib.suppress(Exception):  # the bug may be there
            name, *_ = addressed(scope["raw_path"], scope["query_string"], scope["headers"])
            session = self.state.sessions.named(name)
        session.journal.count(MISSED, Code.INTERNAL.value)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one HTTP request from a recording, or refuse it with a reason."""
        known = self._known  # one library for the whole of a request
        session, path, body = self.state.sessions.default, scope["raw_path"], b""
        try:
            message = await receive()
            if message.get("more_body", True):
                message = await _whole(message, receive)
            began = perf_counter_ns()
            body = message.get("body", b"")
            query = scope["query_string"]
            name, path, cassette = addressed(path, query, scope["headers"])
            if name:
                session = self.state.sessions.named(name)
            mark = body if len(body) <= SHORT_BODY else sha256(body).hexdigest()
            sight = (scope["method"], path, query, cassette, mark)
            seen = known.seen.get(sight) or await known.learn(sight, body)
            interaction = seen.constant or await self._take(session, seen.recordings)
        except Refusal as reason:
            await self._answer_unrecorded(reason, known, (session, path, scope, body), send)
            return
        except ClientLeft:
            return
        session.journal.hit(seen.request, interaction, perf_counter_ns() - began)
        answer = seen.answers.get(interaction) or known.prepared(interaction, seen)
        if scope["http_version"] == "1.0":
            answer = known.lengthened(answer)
        if self._pace.off:
            await send(answer.start)
            await send(answer.body)
        else:
            await self._send_paced(answer, known.schedule(answer), receive, send)

    async def _take(self, session: Session, recordings: Recordings) -> Interaction:
        turn = await self.state.take(session, recordings.id)
        return chosen(recordings, turn, self._settings.repeat)

    async def _answer_unrecorded(
        self, reason: Refusal, known: Known, came: _Came, send: Send
    ) -> None:
        # Imported when first needed, and in a thread: a run without a miss starts faster.
        module = await to_thread(import_module, "playhead.unrecorded")
        if known.unrecorded is None:
            cors_origin = self._settings.cors_origin
            known.unrecorded = module.Unrecorded(known.library, self.state, cors_origin)
        start, content = await known.unrecorded.messages(reason, *came)
        await send(start)
        await send(content)

    async def _send_paced(
        self, answer: Answer, schedule: Schedule, receive: Receive, send: Send
    ) -> None:
        """Send each message at its absolute deadline, until the client leaves."""
        started = monotonic()
        body, start = answer.body["body"], 0
        headers_due = self._pace.headers_after(answer.interaction.response)
        stream = self.streams.open()
        self.state.sessions.default.journal.count(STREAMS, "opened")
        try:
            async with asyncio.TaskGroup() as tasks:
                watcher = tasks.create_task(stream.watch(receive))
                if await stream.until(started + headers_due):
                    await send(answer.start)
                for due, end in zip(*schedule, strict=True):
                    if not await stream.until(started + due):
                        break
                    await send({
                        "type": "http.response.body", "body": body[start:end], "more_body": True
                    })  # fmt: skip
                    start = end
                await send({"type": "http.response.body", "body": b""})
                watcher.cancel()
        finally:
            self.streams.close(stream)
            self.state.sessions.default.journal.count(STREAMS, "closed")


async def _whole(message: Message, receive: Receive) -> Message:
    """The message that holds a request's whole body, which came in several.

    A body over the limit is read to its end and thrown away: a connection closed on a client
    that is still sending shows it a broken pipe, not our reason.
    """
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while message["type"] == "http.request":
                pieces.append(message.get("body", b""))
                size += len(pieces[-1])
                if size > MAX_BODY:
                    pieces.clear()
                if not message.get("more_body", False):
                    break
                message = await receive()
            else:
                raise ClientLeft
    except TimeoutError:
        reason = f"the body did not arrive within {BODY_SECONDS:.0f} s"
        raise Refusal(Code.BAD_REQUEST, reason, status=408) from None
    if size > MAX_BODY:
        reason = f"the body has {size} bytes, more than {MAX_BODY}"
        raise Refusal(Code.BODY_TOO_LARGE, reason, status=413)
    return {"body": b"".join(pieces)}
