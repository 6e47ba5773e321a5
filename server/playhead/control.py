"""The control API, `/__playhead/…`: its paths, the form of its refusals, and its gate in front."""

import asyncio
from collections.abc import Mapping
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playhead.endpoints import Endpoints
from playhead.errors import Refusal
from playhead.gate import Gate, refused
from playhead.player import AsgiApp, Player
from playhead.proof import Requirements
from playhead.reload import Reloader
from playhead.settings import Settings


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
    prefix = "/__playhead"
    routes = [
        Route(f"{prefix}/health", api.health, methods=["GET"]),
        Route(f"{prefix}/cassettes", api.cassettes, methods=["GET"]),
        Route(f"{prefix}/requests", api.requests, methods=["GET"]),
        Route(f"{prefix}/requests/{{id}}", api.request, methods=["GET"]),
        Route(f"{prefix}/misses", api.misses, methods=["GET"]),
        Route(f"{prefix}/verify", api.verify, methods=["GET"]),
        Route(f"{prefix}/unused", api.unused, methods=["GET"]),
        Route(f"{prefix}/sessions", api.sessions, methods=["GET"]),
        Route(f"{prefix}/events", api.events, methods=["GET"]),
        Route(f"{prefix}/metrics", api.metrics, methods=["GET"]),
        Route(f"{prefix}/rewind", api.rewind, methods=["POST"]),
        Route(f"{prefix}/reload", api.reload, methods=["POST"]),
    ]
    app = Starlette(
        routes=routes, exception_handlers={HTTPException: _refused, Refusal: _unreachable}
    )
    app.router.redirect_slashes = False  # its answer is none of ours
    return Gate(cast("AsgiApp", app), settings.allowed_hosts)


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
