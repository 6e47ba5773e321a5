"""The ASGI app: the player, and the control API behind its gate.

The player comes first, and Starlette is not imported before the control API is asked for: a
route inside Starlette would cost each replayed request a third, and its import each start.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from playhead import refusal
from playhead.account import LOST, RELOADS, Account
from playhead.configuration import Configuration
from playhead.errors import Code, PlayheadError, Refusal
from playhead.library import Library
from playhead.player import AsgiApp, Player, Receive, Send
from playhead.proof import NOTHING, Requirements
from playhead.reload import Reloader, in_loop
from playhead.settings import Settings
from playhead.state import Memory, State

_logger = logging.getLogger("playhead")


class App:
    """A library, replayed. Two apps in one process share nothing but the state they are given.

    `reloader` made the library and makes the next one when it is told to; and, where `watch` is
    set before the app begins to live, whenever files change.
    """

    def __init__(
        self,
        reloader: Reloader,
        settings: Settings,
        state: State | None = None,
        requirements: Requirements = NOTHING,
    ) -> None:
        self.settings = settings
        self.requirements = requirements
        self.state = state or Memory()
        self.player = Player(reloader.library, settings, self.state)
        self.reloader = reloader
        self.watch = False
        self.accounts: list[Account] = []
        """What became of all requests, by sessions; known when the app has ended."""
        self.stopping = asyncio.Event()
        self.has_the_last_word = True
        """Whether accounts are wanted; several workers leave them to their parent."""
        self._control: AsgiApp | None = None

    @property
    def library(self) -> Library:
        """The library that is served now."""
        return self.player.library

    def stop(self) -> None:
        """End what would not end by itself: the live feeds. Streams that are replayed go on."""
        self.stopping.set()

    def replace(self, library: Library) -> None:
        """Serve another library from the next request on; those under way keep the old one."""
        self.player.replace(library)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one ASGI scope: an HTTP request, or the lifespan."""
        if scope["type"] == "http":
            is_control = scope["path"].startswith("/__playhead")
            try:
                if is_control:
                    await self._to_control(scope, receive, send)
                else:
                    await self.player(scope, receive, send)
            except Exception:
                _logger.exception("playhead: a bug of ours; please report it")
                if not is_control:
                    self.player.count_failed(scope)
                with contextlib.suppress(RuntimeError):  # an answer has begun: it is cut off
                    await _apologise(send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _to_control(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if self._control is None:
            control = await asyncio.to_thread(import_module, "playhead.control")
            self._control = control.create_control(
                self.player, self.settings, self.requirements, self.reloader, self.stopping
            )
        await self._control(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        with self._watching():
            while (await receive())["type"] == "lifespan.startup":
                try:
                    await self.state.open()
                except PlayheadError as reason:
                    message = f"playhead: {reason}"
                    await send({"type": "lifespan.startup.failed", "message": message})
                    return
                self._count_reloads()
                await send({"type": "lifespan.startup.complete"})
            self.stop()
        self.player.close()
        if self.has_the_last_word:
            self.accounts = await self._last_accounts()
        await self.state.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _count_reloads(self) -> None:
        loop, journal = asyncio.get_running_loop(), self.state.sessions.default.journal
        self.reloader.count = lambda result: loop.call_soon_threadsafe(
            journal.count, RELOADS, result
        )

    @contextlib.contextmanager
    def _watching(self) -> Iterator[None]:
        """Watch while the block lasts, if that was asked for."""
        if not self.watch:
            yield
            return
        from playhead.watch import Watcher

        watcher = Watcher(self.reloader, in_loop(self.replace))
        watcher.start()
        try:
            yield
        finally:
            watcher.stop()

    async def _last_accounts(self) -> list[Account]:
        """The accounts of all servers that share a state; of this one where it is not reached."""
        try:
            return await self.state.accounts()
        except Refusal as reason:
            _logger.warning("playhead: only this server's requests are told of: %s", reason)
            counts = self.state.sessions.counts()
            counts[LOST, ""] += 1  # what the others counted
            return [Account(session="", counts=counts)]


def create_app(
    *paths: str | Path,
    settings: Settings | None = None,
    state: State | None = None,
    requirements: Requirements | None = None,
    watch: bool = False,
) -> App:
    """Return an ASGI app that serves the cassettes below `paths`; its own state is in memory.

    What `requirements` has is required by every `GET /__playhead/verify`. With `watch` it reloads
    what changes.

    Files that cannot be served are in `app.library.shelf.skipped`, each with its reason.
    """
    settings = settings or Settings()
    flags = Configuration(rules=settings.rules, bridge=settings.bridge)
    reloader = Reloader([Path(path) for path in paths], flags)
    app = App(reloader, settings, state, requirements or NOTHING)
    app.watch = watch
    return app


async def _apologise(send: Send) -> None:
    """Say that we failed.

    `x-should-retry: false` goes with it, or most clients would send the request three times.
    """
    start, content = refusal.messages(
        Code.INTERNAL,
        "playhead: internal error; its log has the details",
        status=500,
        request_id="0",
    )
    await send(start)
    await send(content)
