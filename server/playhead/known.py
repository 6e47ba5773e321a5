"""What is known of one library while it is served: requests seen before, answers made before.

A repeated request is known by its raw body, or a digest of it, and is not parsed again. All of
this belongs to one library, and goes with it when another takes its place.
"""

from array import array
from asyncio import to_thread
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from playhead.answer import Answer, prepare
from playhead.asked import asked
from playhead.cassette import Interaction
from playhead.cursors import constant
from playhead.journal import Request
from playhead.library import Library, Recordings
from playhead.pace import Pace
from playhead.retry_after import RetryAfter
from playhead.rules import Tier
from playhead.settings import Settings

if TYPE_CHECKING:
    from playhead.unrecorded import Unrecorded

Schedule: TypeAlias = "tuple[array[float], array[int]]"
Sight: TypeAlias = tuple[str, bytes, bytes, bytes | None, bytes | str]
"""What a request is known by: method, raw path, query, the header with its scope, body's mark."""

KNOWN_BYTES = 256 * 1024 * 1024
"""Memory for the requests known by their raw bytes: 100,000 of 2 KB find room."""
KNOWN_OVERHEAD = 500
"""Bytes that one of them takes beside its own."""
LARGE_BODY = 256 * 1024
"""Bytes from which a body's key is made in a thread, so that others need not wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """A request that was answered before: what the cursors and the journal need of it.

    `constant` is the interaction that answers it every time, None where a cursor decides.
    `answers` are those prepared for requests found at the same tier.
    """

    request: Request
    recordings: Recordings
    constant: Interaction | None
    answers: dict[Interaction, Answer]


class Known:
    """One library, and what was learnt of it. `unrecorded` answers for it where it has nothing."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library = library
        self.unrecorded: Unrecorded | None = None
        self.seen: dict[Sight, Seen] = {}
        self._settings = settings
        self._pace = Pace(settings)
        self._seen_bytes = 0
        self._answers: defaultdict[Tier, dict[Interaction, Answer]] = defaultdict(dict)
        self._lengthened: dict[Answer, Answer] = {}
        self._schedules: dict[Interaction, Schedule] = {}

    def retire(self) -> None:
        """Learn no more: another library has taken the place of this one."""
        if self.unrecorded is not None:
            self.unrecorded.retire()

    def close(self) -> None:
        """Stop what runs beside the requests."""
        if self.unrecorded is not None:
            self.unrecorded.close()

    async def learn(self, sight: Sight, body: bytes) -> Seen:
        """Find the recordings of a request seen for the first time, and remember its bytes."""
        method, path, query, cassette, mark = sight
        request = asked(method, path, query, cassette, body)
        if len(body) > LARGE_BODY or self.library.is_slow:
            recordings = await to_thread(self.library.find, request)
        else:
            recordings = self.library.find(request)
        is_plain = recordings.tier is Tier.EXACT and not recordings.is_ambiguous
        seen = Seen(
            request=(method, path, cassette, None if is_plain else recordings),
            recordings=recordings,
            constant=constant(recordings, self._settings.repeat),
            answers=self._answers[recordings.tier],
        )
        size = len(path) + len(query) + len(cassette or b"") + len(mark)
        if self._seen_bytes + size > KNOWN_BYTES:
            self.seen.clear()  # to forget the oldest alone would cost more than to learn again
            self._seen_bytes = 0
        self.seen[sight] = seen
        self._seen_bytes += size + KNOWN_OVERHEAD
        return seen

    def prepared(self, interaction: Interaction, seen: Seen) -> Answer:
        """Return the answer with which an interaction answers a request, made the first time."""
        told = self.library.shelf.configuration(interaction.cassette).retry_after
        flag = self._settings.retry_after
        answer = prepare(
            interaction,
            cors_origin=self._settings.cors_origin,
            tier=seen.recordings.tier,
            retry_after=told if flag is RetryAfter.AS_RECORDED else flag,
        )
        seen.answers[interaction] = answer
        return answer

    def lengthened(self, answer: Answer) -> Answer:
        """Return an answer with its length, for a client of HTTP/1.0, which knows no chunks."""
        return self._lengthened.setdefault(answer, answer.with_length())

    def schedule(self, answer: Answer) -> Schedule:
        """Return when each piece of a body is due, in seconds, and at which byte it ends."""
        return self._schedules.get(answer.interaction) or self._scheduled(answer)

    def _scheduled(self, answer: Answer) -> Schedule:
        dues, ends, end = array("d"), array("Q"), 0
        for due, piece in self._pace.plan(answer.interaction.response, answer.events()):
            end += len(piece)
            dues.append(due)
            ends.append(end)
        self._schedules[answer.interaction] = dues, ends
        return dues, ends
