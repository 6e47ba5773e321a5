"""When each piece of a response leaves. No clock here: times are counted from the request."""

from collections.abc import Iterator

from playhead.cassette import Response
from playhead.settings import Settings, Timing


class Pace:
    """The pace of a run, from its settings."""

    def __init__(self, settings: Settings) -> None:
        self._recorded = settings.timing is Timing.RECORDED
        self._gap = settings.event_gap
        self._speed = settings.speed
        self.off = not self._recorded and self._gap is None
        """Whether everything leaves at once, so that there is nothing to plan."""

    def headers_after(self, response: Response) -> float:
        """Return the seconds from the request to the response headers."""
        return response.duration / self._speed if self._recorded else 0.0

    def plan(self, response: Response, events: list[bytes]) -> Iterator[tuple[float, bytes]]:
        """Yield each piece of the body and the seconds from the request at which it is due.

        Events have their recorded offset where the cassette holds one for each, else the event
        gap, else none. Events due at the same time make one piece; joined, the pieces are the
        events joined.
        """
        offsets = self._offsets(response, len(events))
        start = self.headers_after(response)
        piece: list[bytes] = []
        due = 0.0
        for event, offset in zip(events, offsets, strict=True):
            if piece and offset != due:
                yield start + due / self._speed, b"".join(piece)
                piece.clear()
            due = offset
            piece.append(event)
        if piece:
            yield start + due / self._speed, b"".join(piece)

    def _offsets(self, response: Response, count: int) -> list[float] | tuple[float, ...]:
        if self._recorded and len(response.event_offsets) == count:
            return response.event_offsets
        return [at * (self._gap or 0.0) for at in range(count)]
