"""The control API, `/__playhead/…`, and the one gate in front of all of it.

The only module that imports Starlette. Nothing from the network becomes a file name here.
"""

import ipaddress
import json
import re
from asyncio import to_thread
from collections.abc import Mapping
from typing import Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playhead import __version__, refusal
from playhead.errors import Code
from playhead.player import AsgiApp, Player, Receive, Send
from playhead.settings import Settings

_LOCAL_NAMES = ("localhost", "host.docker.internal")
_LOCAL_DOMAINS = (".localhost", ".svc.cluster.local")
_NUMBER = re.compile(r"[0-9]{1,18}")
_SINGLE_LABEL = re.compile(r"[a-z0-9_-]+")


def create_control(player: Player, settings: Settings) -> AsgiApp:
    """Return the control API of `player` as an ASGI app, gate included."""
    api = _Api(player)
    prefix = "/__playhead"
    routes = [
        Route(f"{prefix}/health", api.health, methods=["GET"]),
        Route(f"{prefix}/cassettes", api.cassettes, methods=["GET"]),
        Route(f"{prefix}/requests", api.requests, methods=["GET"]),
        Route(f"{prefix}/requests/{{id}}", api.request, methods=["GET"]),
        Route(f"{prefix}/misses", api.misses, methods=["GET"]),
        Route(f"{prefix}/rewind", api.rewind, methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    app.router.redirect_slashes = False  # its answer is none of ours
    return Gate(cast("AsgiApp", app), settings.allowed_hosts)


class Gate:
    """Lets a request through to the control API, or answers 403.

    A page in a browser must not reach it: not by DNS rebinding (the Host must be a name that no
    public server can have), not from another origin, and not by a form post, which cannot carry
    JSON. 403 and not 421, which Node's fetch repeats.
    """

    def __init__(self, app: AsgiApp, allowed_hosts: tuple[str, ...]) -> None:
        self._app = app
        self._allowed = frozenset(host.lower() for host in allowed_hosts)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        reason = self._objection(scope["method"], dict(scope["headers"]))
        if reason is None:
            await self._app(scope, receive, send)
            return
        start, content = _messages(f"playhead: {reason}", status=403)
        await send(start)
        await send(content)

    def _objection(self, method: str, headers: dict[bytes, bytes]) -> str | None:
        host = headers.get(b"host", b"").decode("latin-1")
        if not self._is_allowed(_hostname(host)):
            return (
                f"the Host {host[:80]!r} may be anybody's; "
                "start playhead with --allowed-host to let it in"
            )
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1").partition("://")[2] != host:
            return "the control API answers no page of another origin"
        content_type = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if method == "POST" and content_type != b"application/json":
            return "a POST needs the header content-type: application/json"
        return None

    def _is_allowed(self, host: str) -> bool:
        if host in _LOCAL_NAMES or host in self._allowed or host.endswith(_LOCAL_DOMAINS):
            return True
        return _SINGLE_LABEL.fullmatch(host) is not None or _is_ip_address(host)


class _Api:
    """The handlers: each reads what the player holds and answers JSON from memory."""

    def __init__(self, player: Player) -> None:
        self._player = player

    async def health(self, _: Request) -> Response:
        shelf = self._player.library.shelf
        return _json({
            "status": "ok",
            "version": __version__,
            "cassettes": len(shelf.cassettes),
            "interactions": shelf.interactions,
            "present": shelf.present,
            "skipped": len(shelf.skipped),
            "broken": len(shelf.broken),
            "served": self._player.journal.served,
            "missed": self._player.journal.missed,
            "loosely": self._player.journal.by_tier(),
            "streams": len(self._player.streams),
        })  # fmt: skip

    async def cassettes(self, _: Request) -> Response:
        return await to_thread(self._cassettes)

    def _cassettes(self) -> Response:
        shelf = self._player.library.shelf
        return _json({
            "cassettes": [
                {
                    "name": cassette.name,
                    "file": cassette.file,
                    "format": cassette.format,
                    "interactions": len(cassette.interactions),
                    "notes": cassette.notes,
                }
                for cassette in shelf.cassettes
            ],
            "skipped": [
                {"file": skip.file, "line": skip.line, "reason": skip.reason, "broken": skip.broken}
                for skip in shelf.skipped
            ],
        })  # fmt: skip

    async def requests(self, _: Request) -> Response:
        return _json({"requests": await to_thread(self._player.journal.requests)})

    async def request(self, request: Request) -> Response:
        number = request.path_params["id"]
        known = self._player.journal.request(int(number)) if _NUMBER.fullmatch(number) else None
        if known is None:
            raise HTTPException(404, "no such request, or it is too long ago to be kept")
        return _json(known)

    async def misses(self, _: Request) -> Response:
        return _json({"misses": await to_thread(self._player.journal.misses)})

    async def rewind(self, _: Request) -> Response:
        self._player.cursors.rewind()
        return _json({"rewound": True})


async def _refused(_request: Request, error: Exception) -> Response:
    """Starlette's own errors are plain text, which the AI SDK throws away."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    start, content = _messages(f"playhead: {error.detail}", status=error.status_code)
    answer = Response(content["body"], error.status_code)
    answer.raw_headers = [*start["headers"], *_as_raw(error.headers)]
    return answer


def _as_raw(headers: Mapping[str, str] | None) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]


def _messages(message: str, *, status: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return refusal.messages(Code.BAD_REQUEST, message, status=status, request_id="0")


def _json(value: object) -> Response:
    # Paths and names may hold what is not Unicode: orjson refuses them, others cannot read them.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), media_type="application/json")


def _hostname(host: str) -> str:
    """The Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0].lower() if ":" in host else host.lower()


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
