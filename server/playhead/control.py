"""The control API, `/__playhead/…`: its paths, the form of its refusals, and its gate in front."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from playhead.endpoints import Endpoints, in_json
from playhead.errors import Refusal
from playhead.gate import Gate, refused
from playhead.parameters import Parameters, parameters
from playhead.player import AsgiApp, Player
from playhead.proof import Requirements
from playhead.reload import Reloader
from playhead.settings import Settings

_PREFIX = "/__playhead"

_Answer: TypeAlias = Callable[[Endpoints, Request, Parameters], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Listed:
    """An endpoint in the list: what it is for, what answers it, what its query may name.

    `hint` is said where the query names anything else.
    """

    method: str
    path: str
    purpose: str
    answer: _Answer
    parameters: tuple[str, ...] = ()
    hint: str = ""


async def _list(_api: Endpoints, _request: Request, _asked: Parameters) -> Response:
    """List the endpoints."""
    return in_json([
        {"method": each.method, "path": f"{_PREFIX}{each.path}", "purpose": each.purpose}
        for each in _LISTED
    ])  # fmt: skip


_LISTED = (
    _Listed("GET", "/", "this list", _list),
    _Listed("GET", "/health", "200 once it serves, with counts", Endpoints.health),
    _Listed("GET", "/cassettes", "every cassette, and every skipped file", Endpoints.cassettes),
    _Listed("GET", "/requests", "the last requests", Endpoints.requests, ("session",)),
    _Listed("GET", "/requests/{id}", "one request", Endpoints.request),
    _Listed("GET", "/misses", "the last refused requests", Endpoints.misses, ("session",)),
    _Listed(
        "GET", "/verify", "200 where a run is proved, 409 with the reasons where it is not",
        Endpoints.verify, ("session", "scope", "all_used", "require_served"),
    ),
    _Listed(
        "GET", "/unused", "the interactions that answered nothing",
        Endpoints.unused, ("session", "scope"),
    ),
    _Listed("GET", "/sessions", "the sessions, with counts", Endpoints.sessions),
    _Listed("GET", "/events", "each request as it comes", Endpoints.events, ("session", "since")),
    _Listed("GET", "/metrics", "counts for Prometheus", Endpoints.metrics),
    _Listed("POST", "/reload", "read what changed of the cassettes", Endpoints.reload),
    _Listed(
        "POST", "/rewind", 'begin again: all sessions, or the one in the body {"session": "NAME"}',
        Endpoints.rewind, hint='; a session goes into the body: {"session": "NAME"}',
    ),
)  # fmt: skip


def create_control(
    player: Player,
    settings: Settings,
    requirements: Requirements,
    reloader: Reloader,
    stopping: asyncio.Event,
) -> AsgiApp:
    """Return the control API of `player` as an ASGI app, gate included.

    What `requirements` has is required by every `verify`. The live feeds end when `stopping` is
    set.
    """
    api = Endpoints(player, requirements, reloader, stopping)
    routes = [
        Route(f"{_PREFIX}{each.path}", _asked(each, api, player), methods=[each.method])
        for each in _LISTED
    ]
    routes.append(Route(_PREFIX, routes[0].endpoint))
    app = Starlette(
        routes=routes, exception_handlers={HTTPException: _refused, Refusal: _unreachable}
    )
    app.router.redirect_slashes = False  # its answer is none of ours
    app.router.default = _unknown
    return Gate(cast("AsgiApp", app), settings.allowed_hosts)


def _asked(
    listed: _Listed, api: Endpoints, player: Player
) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers an endpoint, once its query is known to be one that it takes."""

    async def answer(request: Request) -> Response:
        pairs = request.query_params.multi_items()
        scopes = player.library.scopes if "scope" in listed.parameters else ()
        try:
            asked = parameters(pairs, listed.parameters, scopes)
        except ValueError as error:
            raise HTTPException(400, f"{error}{listed.hint}") from None
        return await listed.answer(api, request, asked)

    return answer


async def _unknown(scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer a path that is none of ours."""
    names = dict.fromkeys(each.path.split("/")[1] for each in _LISTED[1:])
    path = scope["path"]
    raise HTTPException(
        404, f"there is nothing at {path[:80]!r}; {_PREFIX}/ has {', '.join(names)}"
    )


async def _refused(_request: Request, error: Exception) -> Response:
    """Starlette's own errors are plain text, which the AI SDK throws away."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    start, content = refused(f"playhead: {error.detail}", status=error.status_code)
    answer = Response(content["body"], error.status_code)
    answer.raw_headers = [*start["headers"], *_as_raw(error.headers)]
    return answer


async def _unreachable(_request: Request, error: Exception) -> Response:
    """What several servers share cannot be reached: it has the counts and the journal."""
    assert isinstance(error, Refusal)  # noqa: S101 - what it is registered for
    start, content = refused(f"playhead: {error.message}", status=error.status, code=error.code)
    answer = Response(content["body"], error.status)
    answer.raw_headers = start["headers"]
    return answer


def _as_raw(headers: Mapping[str, str] | None) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
