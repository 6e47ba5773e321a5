"""A server in a thread of this process, beside what its caller does."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from playhead.app import App
from playhead.serve import Server

_LEFT_SECONDS = 1.0
"""What clients get that come between the end of those who asked and the server's own."""
_PASSES = 8
"""Of the event loop, from a connection in the backlog to its request: 200 at once took one."""


@contextlib.contextmanager
def serving(app: App, bound: socket.socket) -> Iterator[None]:
    """Serve while the block lasts; at its end stop at once, without a drain, and close `bound`.

    What keeps the server from starting is raised before the block, and what ended it after.
    """
    ready = Event()
    server = _Beside(app, ready)
    with bound, ThreadPoolExecutor(1, thread_name_prefix="playhead-server") as threads:
        running = threads.submit(server.run, [bound])
        running.add_done_callback(lambda _: ready.set())
        ready.wait()
        if running.done():
            running.result()
        try:
            yield
        finally:
            server.end()
    running.result()


class _Beside(Server):
    """A server that another thread ends."""

    def __init__(self, app: App, ready: Event) -> None:
        super().__init__(app, on_ready=self._is_ready)
        self._streams = app.player.streams
        self._ready = ready
        self._loop: asyncio.AbstractEventLoop

    def _is_ready(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready.set()

    def end(self) -> None:
        """Stop: those who asked have ended, and nobody waits for an answer.

        What they sent before is still taken in, and counted. A server that has ended is let be.
        """
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end, _PASSES)

    def _end(self, passes: int) -> None:
        if passes:
            self._loop.call_soon(self._end, passes - 1)
            return
        self.should_exit = True
        self._streams.hurry()
        self._drop_connections()
        self._loop.call_later(_LEFT_SECONDS, self._drop_connections)
