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
from playhead.account import Account
from playhead.configuration import Configuration
from playhead.errors import Code, Refusal
from playhead.library import Library
from playhead.player import AsgiApp, Player, Receive, Send
from playhead.proof import NOTHING, Requirements
from playhead.settings import Settings
from playhead.state import Memory, State

_logger = logging.getLogger("playhead")


class App:
    """A library, replayed. Two apps in one process share nothing but the state they are given."""

    def __init__(
        self,
        library: Library,
        settings: Settings,
        state: State | None = None,
        requirements: Requirements = NOTHING,
    ) -> None:
        self.settings = settings
        self.requirements = requirements
        self.state = state or Memory()
        self.player = Player(library, settings, self.state)
        self.accounts: list[Account] = []
        """What became of all requests, by sessions; known when the app has ended."""
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
            self._control = control.create_control(self.player, self.settings, self.requirements)
        await self._control(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "lifespan.startup":
            await self.state.open()
            await send({"type": "lifespan.startup.complete"})
        self.player.close()
        self.accounts = await self._last_accounts()
        await self.state.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _last_accounts(self) -> list[Account]:
        """The accounts of all servers that share a state; of this one where it is not reached."""
        try:
            return await self.state.accounts()
        except Refusal as reason:
            _logger.warning("playhead: only this server's requests are told of: %s", reason)
            return [Account(session="", counts=self.state.sessions.counts())]


def create_app(
    *paths: str | Path,
    settings: Settings | None = None,
    state: State | None = None,
    requirements: Requirements | None = None,
) -> App:
    """Return an ASGI app that serves the cassettes below `paths`; its own state is in memory.

    What `requirements` has is required by every `GET /__playhead/verify`.
    Files that cannot be served are in `app.library.shelf.skipped`, each with its reason.
    """
    settings = settings or Settings()
    flags = Configuration(rules=settings.rules, bridge=settings.bridge)
    shelf = folder.load([Path(path) for path in paths], flags)
    return App(Library(shelf), settings, state, requirements or NOTHING)


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
