"""A real socket under the app: the only module that imports uvicorn.

Stopping order: stop accepting; let streams run at their pace for the drain; then send what is
left at once, so that no client sees a broken stream; then end.
"""

import asyncio
import contextlib
import gc
import logging
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import uvicorn
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from playhead import refusal
from playhead.app import App
from playhead.errors import Code

MAX_HEADER_BYTES = 64 * 1024
"""Of one request's line and headers; httptools has no limit of its own, h11 stops near this."""
KEEP_ALIVE_SECONDS = 75
"""httpx's and aiohttp's pools and nginx keep connections for 5 to 60 s; be the last to close."""
SENDING_SECONDS = 3
"""What clients get to take in the rest after the drain; with the drain it stays below the 10 s
after which Docker kills."""
_BALANCED = sys.platform == "linux"


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to `host` and `port`, 0 for any free one; raise OSError.

    The port is nobody else's from then on, long before anybody listens: of two servers that load
    at once, uvloop would let both believe that they listen.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    except OSError:
        bound.close()
        raise
    return bound


def hold(host: str, port: int) -> socket.socket:
    """Return a socket that keeps `port` for `own_socket`, and does not listen; raise OSError.

    It is shared, but only once a port in use would have been noticed, with other sockets of this
    user that ask for it: which is what ours do and nobody else's should.
    """
    held = bind(host, port)
    if _BALANCED:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return held


def own_socket(held: socket.socket) -> socket.socket:
    """Return a socket of one worker's own at the port that is held; raise OSError.

    The kernel spreads connections over such sockets. From one that all share, the first worker to
    wake takes the whole queue: of 4 workers, one had no connection of 64 in 21 of 25 tries. Other
    systems than Linux do not spread, and share.
    """
    if not _BALANCED:
        return held
    bound = socket.socket(held.family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(held.getsockname())
    return bound


def run(app: App, bound: socket.socket, *, on_ready: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT, and return when every client has its whole answer."""
    Server(app, on_ready=on_ready).run(sockets=[bound])


_HEAD_SEARCH = 2048
_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)

_logger = logging.getLogger("playhead")


class Server(uvicorn.Server):
    """uvicorn with a stop that breaks no stream, and signal handlers of our own.

    uvicorn raises the signal again after a clean stop, so that the shell would see -15; and
    importing sse-starlette replaces `handle_exit`. Neither is relied on.
    """

    def __init__(self, app: App, *, on_ready: Callable[[], None]) -> None:
        drain = app.settings.drain
        super().__init__(_config(app, int(drain) + 1 + SENDING_SECONDS))
        self._app = app
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept, and say so."""
        for each in sockets or ():
            # What is left of connections to the server before, or to this one, keeps nobody away.
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        await super().startup(sockets)
        # What is loaded stays: to search it for garbage again and again would hold up streams.
        gc.freeze()
        self._on_ready()

    def stop(self) -> None:
        """Begin to stop; a second time, stop waiting."""
        if self.should_exit:
            self._app.player.streams.hurry()
            return
        self.should_exit = True
        self._app.stop()
        if streams := len(self._app.player.streams):
            seconds = self._app.settings.drain
            _logger.warning(
                "playhead: stopping; %s on for %g s, a second signal sends the rest now",
                "1 stream goes" if streams == 1 else f"{streams} streams go",
                seconds,
            )
        loop = asyncio.get_running_loop()
        drain = self._app.settings.drain
        loop.call_later(drain, self._app.player.streams.hurry)
        loop.call_later(drain + SENDING_SECONDS, self._drop_connections)

    def _drop_connections(self) -> None:
        """Cut off clients that take nothing in or send no end; uvicorn would log each of them."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGINT and SIGTERM, in the main thread only: elsewhere none arrive."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.stop)
        yield


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with the limits it lacks, and our form for a malformed request.

    Two methods are on the path of every request: they do little, and call their base class by
    name, which costs less than `super()`.
    """

    _head: object = None
    _head_bytes = 0
    _running: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give a client that connects and says nothing as long as an idle one gets."""
        super().connection_made(transport)
        self._arm_idle_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the answer that is being sent know; uvicorn tells only the newest request's."""
        super().connection_lost(exc)
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Parse what came; refuse a head that is too large or does not come to its end."""
        before = self._running
        if b"pgrade:" in data[:_HEAD_SEARCH] and (before is None or before.response_complete):
            data = _without_upgrade(data)
        HttpToolsProtocol.data_received(self, data)
        running = self._running
        if running is None or running.response_complete:
            self._wait_for_a_head(len(data) if running is before else 0)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        HttpToolsProtocol._start_asgi_task(self, cycle, app)  # noqa: SLF001 - our base class

    def _wait_for_a_head(self, size: int) -> None:
        """Count `size` bytes of a head that is not whole, and bound how long it may take."""
        # uvicorn makes a scope when a request begins.
        if self._head is None or self.scope is not self._head:
            self._head, self._head_bytes = self.scope, 0
        self._head_bytes += size
        if self.transport.is_closing():
            return
        if self._head_bytes > MAX_HEADER_BYTES:
            self.send_400_response(f"the headers have more than {MAX_HEADER_BYTES} bytes")
        else:
            self._arm_idle_timer()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP request, and close; in the middle of an answer only close."""
        running = self._running
        if running is None or running.response_complete or not running.response_started:
            start, content = refusal.messages(
                Code.BAD_REQUEST, f"playhead: {msg}", status=400, request_id="0"
            )
            lines = [STATUS_LINE[400], b"connection: close\r\n"]
            lines += [name + b": " + value + b"\r\n" for name, value in start["headers"]]
            self.transport.write(b"".join([*lines, b"\r\n", content["body"]]))
        self.transport.close()

    def _arm_idle_timer(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )


def _without_upgrade(data: bytes) -> bytes:
    """`data` with its `upgrade` header renamed: a server may ignore it (RFC 9110, 7.8).

    Java's HttpClient offers h2c with every first request; the parser would take the offer for
    accepted and lose the body.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"\r\nx-upgrade:", head) + end + rest


def _config(app: App, graceful_seconds: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        interface="asgi3",
        lifespan="on",
        workers=1,  # or WEB_CONCURRENCY in the environment would ask for more
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=graceful_seconds,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        access_log=False,
        log_config=None,
        backlog=2048,
    )
