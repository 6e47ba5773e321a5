"""A real server on a real socket in a thread of this process, so that its loop can be looked at."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from playhead.app import App
from playhead.serve import Server, bind
from support.wire import DEADLINE_SECONDS

_T = TypeVar("_T")


@dataclass(kw_only=True)
class Inside:
    """A server that runs beside the test."""

    port: int
    loop: asyncio.AbstractEventLoop

    def look(self, at: Callable[[], _T]) -> _T:
        """Return what `at` returns when it is called in the server's loop."""

        async def looked() -> _T:
            return at()

        return asyncio.run_coroutine_threadsafe(looked(), self.loop).result(DEADLINE_SECONDS)

    def tasks(self) -> int:
        """How many tasks there are, this look excluded."""
        return self.look(lambda: len(asyncio.all_tasks())) - 1


@contextlib.contextmanager
def inside(app: App, *, keep_alive: int | None = None) -> Iterator[Inside]:
    """Run `app` on a free port; stop it the way a signal does when the block ends."""
    bound = bind("127.0.0.1", 0)
    port = bound.getsockname()[1]
    ready: Future[asyncio.AbstractEventLoop] = Future()
    server = Server(app, on_ready=lambda: ready.set_result(asyncio.get_running_loop()))
    server.config.timeout_keep_alive = keep_alive or server.config.timeout_keep_alive
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    loop = ready.result(DEADLINE_SECONDS)
    try:
        yield Inside(port=port, loop=loop)
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join()
