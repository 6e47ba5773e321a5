"""The player: a raw ASGI app that answers requests with recorded bytes.

One request is a straight line: bytes in, key, take, pace, bytes out. A repeated request is known
by its raw body, or a digest of it, and is not parsed again. Nothing stands on that line that need
not: what is rare (a first sight, a pace, a refusal) branches off it.
"""

import asyncio
from array import array
from asyncio import to_thread
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from operator import itemgetter
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from playhead.answer import Answer, prepare
from playhead.asked import asked
from playhead.cassette import Interaction
from playhead.cursors import Cursors
from playhead.errors import Code, PlayheadError, Refusal
from playhead.journal import Journal, Request
from playhead.library import Library, Recordings
from playhead.pace import Pace
from playhead.retry_after import RetryAfter
from playhead.rules import Tier
from playhead.settings import Settings
from playhead.streams import Streams

if TYPE_CHECKING:
    from playhead.unrecorded import Unrecorded

Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Schedule: TypeAlias = "tuple[array[float], array[int]]"
Send: TypeAlias = Callable[[Message], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
_Known: TypeAlias = tuple[str, bytes, bytes, bytes | None, bytes | str]

MAX_BODY = 64 * 1024 * 1024
"""Bytes of a request body; the largest recorded one has 68 kB, but images are sent inline."""
BODY_SECONDS = 60.0
"""How long a body may take to arrive; uvicorn itself would wait for ever."""
KNOWN_BYTES = 256 * 1024 * 1024
"""Memory for the requests known by their raw bytes: 100,000 of 2 KB find room."""
KNOWN_OVERHEAD = 500
"""Bytes that one of them takes beside its own."""
LARGE_BODY = 256 * 1024
"""Bytes from which a body's key is made in a thread, so that others need not wait for it."""
SHORT_BODY = 4096
"""Bytes up to which a body stands for itself: to make a digest costs more than to compare."""

_NAME = itemgetter(0)


class ClientLeft(PlayheadError):
    """The client went away before its request was whole: there is nobody to answer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """A request that was answered before: what the cursors and the journal need of it.

    `constant` is the interaction that answers it every time, None where a cursor decides.
    `answers` are those prepared for requests found at the same tier.
    """

    request: Request
    recordings: Recordings
    constant: Interaction | None
    answers: dict[Interaction, Answer]


class Player:
    """Replays one library at one pace; the cursors and the journal are its state."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library = library
        self.cursors = Cursors(settings.repeat)
        self.journal = Journal()
        self.streams = Streams()
        self._pace = Pace(settings)
        self._cors_origin = settings.cors_origin
        self._retry_after = settings.retry_after
        self._unrecorded: Unrecorded | None = None
        self._seen: dict[_Known, _Seen] = {}
        self._seen_bytes = 0
        self._answers: defaultdict[Tier, dict[Interaction, Answer]] = defaultdict(dict)
        self._lengthened: dict[Answer, Answer] = {}
        self._schedules: dict[Interaction, Schedule] = {}

    def close(self) -> None:
        """Stop what runs beside the requests."""
        if self._unrecorded is not None:
            self._unrecorded.close()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one HTTP request from a recording, or refuse it with a reason."""
        body = b""
        try:
            message = await receive()
            if message.get("more_body", True):
                message = await _whole(message, receive)
            body = message.get("body", b"")
            headers = scope["headers"]
            cassette = None
            if b"x-playhead-cassette" in map(_NAME, headers):
                cassette = dict(headers)[b"x-playhead-cassette"]
            method, path, query = scope["method"], scope["raw_path"], scope["query_string"]
            mark = body if len(body) <= SHORT_BODY else sha256(body).hexdigest()
            known = (method, path, query, cassette, mark)
            seen = self._seen.get(known) or await self._learn(known, body)
            interaction = seen.constant or self.cursors.take(seen.recordings)
        except Refusal as reason:
            await self._answer_unrecorded(reason, scope, body, send)
            return
        except ClientLeft:
            return
        self.journal.hit(seen.request, interaction)
        answer = seen.answers.get(interaction) or self._prepare(interaction, seen)
        if scope["http_version"] == "1.0":
            answer = self._lengthened.setdefault(answer, answer.with_length())
        if self._pace.off:
            await send(answer.start)
            await send(answer.body)
        else:
            await self._send_paced(answer, receive, send)

    async def _answer_unrecorded(
        self, reason: Refusal, scope: dict[str, Any], body: bytes, send: Send
    ) -> None:
        # Imported when first needed, and in a thread: a run without a miss starts faster.
        module = await to_thread(import_module, "playhead.unrecorded")
        if self._unrecorded is None:
            self._unrecorded = module.Unrecorded(self.library, self.journal, self._cors_origin)
        start, content = await self._unrecorded.messages(reason, scope, body)
        await send(start)
        await send(content)

    async def _learn(self, known: _Known, body: bytes) -> _Seen:
        """Find the recordings of a request seen for the first time, and remember its bytes."""
        method, path, query, cassette, _ = known
        request = asked(method, path, query, cassette, body)
        if len(body) > LARGE_BODY or self.library.is_slow:
            recordings = await to_thread(self.library.find, request)
        else:
            recordings = self.library.find(request)
        is_exact = recordings.tier is Tier.EXACT
        seen = _Seen(
            request=(method, path, cassette, None if is_exact else recordings),
            recordings=recordings,
            constant=self.cursors.constant(recordings),
            answers=self._answers[recordings.tier],
        )
        size = len(path) + len(query) + len(cassette or b"") + len(known[-1])
        if self._seen_bytes + size > KNOWN_BYTES:
            self._seen.clear()  # to forget the oldest alone would cost more than to learn again
            self._seen_bytes = 0
        self._seen[known] = seen
        self._seen_bytes += size + KNOWN_OVERHEAD
        return seen

    def _schedule(self, answer: Answer) -> Schedule:
        """When each piece of a body is due, in seconds from the request, and where it ends."""
        dues, ends, end = array("d"), array("Q"), 0
        for due, piece in self._pace.plan(answer.interaction.response, answer.events()):
            end += len(piece)
            dues.append(due)
            ends.append(end)
        self._schedules[answer.interaction] = dues, ends
        return dues, ends

    def _prepare(self, interaction: Interaction, seen: _Seen) -> Answer:
        told = self.library.shelf.configuration(interaction.cassette).retry_after
        answer = prepare(
            interaction,
            cors_origin=self._cors_origin,
            tier=seen.recordings.tier,
            retry_after=told if self._retry_after is RetryAfter.AS_RECORDED else self._retry_after,
        )
        seen.answers[interaction] = answer
        return answer

    async def _send_paced(self, answer: Answer, receive: Receive, send: Send) -> None:
        """Send each message at its absolute deadline, until the client leaves."""
        started = monotonic()
        body, start = answer.body["body"], 0
        headers_due = self._pace.headers_after(answer.interaction.response)
        dues, ends = self._schedules.get(answer.interaction) or self._schedule(answer)
        stream = self.streams.open()
        try:
            async with asyncio.TaskGroup() as tasks:
                watcher = tasks.create_task(stream.watch(receive))
                if await stream.until(started + headers_due):
                    await send(answer.start)
                for due, end in zip(dues, ends, strict=True):
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
