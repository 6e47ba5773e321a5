"""The ASGI app: the player, and the control API behind its gate.

The player comes first, and Starlette is not imported before the control API is asked for: a
route inside Starlette would cost each replayed request a third, and its import each start.
"""

import asyncio
import contextlib
import logging
from importlib import import_module
from pathlib import Path
from typing import Any

from playhead import folder, refusal
from playhead.configuration import Configuration
from playhead.errors import Code
from playhead.library import Library
from playhead.player import AsgiApp, Player, Receive, Send
from playhead.settings import Settings
from playhead.state import Memory, State

_logger = logging.getLogger("playhead")


class App:
    """A library, replayed. Two apps in one process share nothing but the state they are given."""

    def __init__(self, library: Library, settings: Settings, state: State | None = None) -> None:
        self.settings = settings
        self.state = state or Memory()
        self.player = Player(library, settings, self.state)
        self._control: AsgiApp | None = None

    @property
    def library(self) -> Library:
        """The library that is served now."""
        return self.player.library

    def replace(self, library: Library) -> None:
        """Serve another library from the next request on; those under way keep the old one."""
        self.player.replace(library)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one ASGI scope: an HTTP request, or the lifespan."""
        if scope["type"] == "http":
            try:
                if scope["path"].startswith("/__playhead"):
                    await self._to_control(scope, receive, send)
                else:
                    await self.player(scope, receive, send)
            except Exception:
                _logger.exception("playhead: a bug of ours; please report it")
                with contextlib.suppress(RuntimeError):  # an answer has begun: it is cut off
                    await _apologise(send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _to_control(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if self._control is None:
            control = await asyncio.to_thread(import_module, "playhead.control")
            self._control = control.create_control(self.player, self.settings)
        await self._control(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "lifespan.startup":
            await self.state.open()
            await send({"type": "lifespan.startup.complete"})
        self.player.close()
        await self.state.close()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(
    *paths: str | Path, settings: Settings | None = None, state: State | None = None
) -> App:
    """Return an ASGI app that serves the cassettes below `paths`; its own state is in memory.

    Files that cannot be served are in `app.library.shelf.skipped`, each with its reason.
    """
    settings = settings or Settings()
    flags = Configuration(rules=settings.rules, bridge=settings.bridge)
    shelf = folder.load([Path(path) for path in paths], flags)
    return App(Library(shelf), settings, state)


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
