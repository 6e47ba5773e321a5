"""A request from a file, looked up without a server: what answers it, or why nothing does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from playhead.asked import Asked, asked
from playhead.dialects import recorded_route
from playhead.errors import Refusal
from playhead.explainer import Explainer
from playhead.library import Library, Recordings
from playhead.miss import Miss

_WHOLE = {"method", "path", "url", "headers", "body"}
"""What a file holds that is a whole request and not a body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a file asks; `path` is None where it does not say."""

    method: str
    path: str | None
    body: bytes
    query: str = ""
    scope: str | None = None

    def at(self, path: str) -> Asked:
        """Return the request that this is, sent to `path`."""
        scope = None if self.scope is None else self.scope.encode()
        raw_path = path.encode("utf-8", "surrogateescape")
        return asked(self.method, raw_path, self.query.encode(), scope, self.body)


def read(raw: bytes, *, method: str | None, path: str | None, scope: str | None) -> Inquiry:
    """Return the request in a file; raise ValueError where it says what no request can.

    A file is a body as a client sends it, or an object with a `path` or `url`, a `method` and a
    `body`. What is given beside it wins.
    """
    fields = _whole_request(raw)
    body = raw if fields is None else _body(fields.get("body"))
    fields = fields or {}
    named = fields.get("method", "POST")
    place = fields.get("url", fields.get("path"))
    if not isinstance(named, str) or not isinstance(place, str | None):
        raise ValueError("the method, path and url of a request are texts")  # noqa: TRY004
    url = urlsplit(path or place or "")
    return Inquiry(
        method=(method or named).upper(),
        path=url.path or ("/" if path or place else None),
        query=url.query,
        body=body,
        scope=scope,
    )


def _whole_request(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if (
        isinstance(value, dict)
        and "body" in value
        and value.keys() <= {"method", "headers", *_WHOLE}
    ):
        return value
    return None


def _body(value: object) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def answer(library: Library, inquiry: Inquiry) -> Recordings | Miss:
    """Return what answers a request, or why nothing does.

    Where it names no path, it is tried at every operation that is recorded, and the miss is that
    of the operation with the nearest recording.
    """
    misses: list[Miss] = []
    explainer = Explainer(library, monotonic)
    for request in _requests(library, inquiry):
        try:
            return library.find(request)
        except Refusal as refusal:
            misses.append(explainer.explained(explainer.begun(request, refusal)))
    return min(misses, key=_cost)


def _requests(library: Library, inquiry: Inquiry) -> Iterator[Asked]:
    """The requests that an inquiry may mean: with its path, or with each that is recorded."""
    if inquiry.path is not None:
        yield inquiry.at(inquiry.path)
        return
    paths: dict[tuple[str, tuple[str, ...]], str] = {}
    for interaction in library.in_scope(inquiry.scope):
        if interaction.request.method == inquiry.method:
            route = recorded_route(interaction)
            paths.setdefault((route.operation, route.parameters), interaction.request.url)
    for url in paths.values():
        yield inquiry.at(urlsplit(url).path or "/")
    if not paths:
        yield inquiry.at("/")


def _cost(miss: Miss) -> float:
    return inf if miss.nearest is None else miss.nearest.cost
