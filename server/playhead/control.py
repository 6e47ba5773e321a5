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
from playhead.account import Account, together
from playhead.errors import Code, Refusal
from playhead.player import AsgiApp, Player, Receive, Send
from playhead.settings import Settings

_LOCAL_NAMES = ("localhost", "host.docker.internal")
_LOCAL_DOMAINS = (".localhost", ".svc.cluster.local")
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
        Route(f"{prefix}/sessions", api.sessions, methods=["GET"]),
        Route(f"{prefix}/rewind", api.rewind, methods=["POST"]),
    ]
    app = Starlette(
        routes=routes, exception_handlers={HTTPException: _refused, Refusal: _unreachable}
    )
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
        account = Account(session="", counts=self._player.state.sessions.counts())
        return _json({
            "status": "ok",
            "version": __version__,
            "cassettes": len(shelf.cassettes),
            "interactions": shelf.interactions,
            "present": shelf.present,
            "skipped": len(shelf.skipped),
            "broken": len(shelf.broken),
            "served": account.served,
            "missed": account.missed,
            "loosely": {tier: sum(names.values()) for tier, names in account.loosely().items()},
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

    async def requests(self, request: Request) -> Response:
        account = together(await self._accounts(request))
        return _json({"requests": account.in_order()})

    async def request(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        for account in await self._player.state.accounts():
            for entry in (*account.requests, *account.misses):
                if str(entry["id"]) == wanted:
                    return _json(entry)
        raise HTTPException(404, "no such request, or it is too long ago to be kept")

    async def misses(self, request: Request) -> Response:
        return _json({"misses": together(await self._accounts(request)).misses})

    async def sessions(self, _: Request) -> Response:
        accounts = await self._player.state.accounts()
        return _json({"sessions": [_session(account) for account in accounts]})

    async def rewind(self, request: Request) -> Response:
        await self._player.state.rewind(_session_in(await request.body()))
        return _json({"rewound": True})

    async def _accounts(self, request: Request) -> list[Account]:
        """The accounts that a request asks for: of one session, or of all."""
        return await self._player.state.accounts(request.query_params.get("session"))


def _session(account: Account) -> dict[str, Any]:
    return {
        "session": account.session or None,
        "served": account.served,
        "missed": account.missed,
        "since": account.first,
        "last": account.last,
    }


def _session_in(body: bytes) -> str | None:
    """The session that a body names, `""` for the default one; None where it means all."""
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        told = None
    match told:
        case {"session": None, **rest} if not rest:
            return ""
        case {"session": str(name), **rest} if not rest:
            return name
        case {} if told == {}:
            return None
        case _:
            raise HTTPException(400, 'the body is to be {} or {"session": "NAME"}')


async def _refused(_request: Request, error: Exception) -> Response:
    """Starlette's own errors are plain text, which the AI SDK throws away."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    start, content = _messages(f"playhead: {error.detail}", status=error.status_code)
    answer = Response(content["body"], error.status_code)
    answer.raw_headers = [*start["headers"], *_as_raw(error.headers)]
    return answer


async def _unreachable(_request: Request, error: Exception) -> Response:
    """What several servers share cannot be reached: it has the counts and the journal."""
    assert isinstance(error, Refusal)  # noqa: S101 - what it is registered for
    return await _refused(_request, HTTPException(error.status, error.message))


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
