"""Open paced streams: each waits for its deadlines, and can be woken early.

Two things wake a stream before its time: its client has gone, so that it must end at once; or the
server is stopping and its drain is over, so that what is left must be sent without waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any


class Streams:
    """The streams that are open now."""

    def __init__(self) -> None:
        self._open: set[Stream] = set()
        self.hurried = False

    def __len__(self) -> int:
        return len(self._open)

    def open(self) -> "Stream":
        """Return a new stream, which counts as open until it is closed."""
        stream = Stream(self)
        self._open.add(stream)
        return stream

    def close(self, stream: "Stream") -> None:
        """Forget `stream`."""
        self._open.discard(stream)

    def hurry(self) -> None:
        """Let all streams, and any that open later, send the rest without waiting."""
        self.hurried = True
        for stream in self._open:
            stream.wake()


class Stream:
    """One paced response: knows when to wait, and when there is nobody to wait for."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._loop = asyncio.get_running_loop()
        self._alarm: asyncio.Future[None] | None = None
        self._client_left = False

    async def until(self, due: float) -> bool:
        """Wait until `due` on the monotonic clock; return False when the client has left.

        Never returns early, except in a hurry: uvloop's timers fire up to 1.35 ms before their
        time, so the clock is looked at again on waking. `time.monotonic` and not `loop.time`,
        which uvloop caches.
        """
        while not self._client_left and not self._streams.hurried:
            wait = due - monotonic()
            if wait <= 0:
                break
            self._alarm = self._loop.create_future()
            timer = self._loop.call_later(wait, self.wake)
            try:
                await self._alarm
            finally:
                timer.cancel()
        return not self._client_left

    def wake(self) -> None:
        """End the wait that is going on, if any."""
        if self._alarm is not None and not self._alarm.done():
            self._alarm.set_result(None)

    async def watch(self, receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        """Wake the stream for good when its client leaves; run beside it until it is done."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._client_left = True
        self.wake()
