"""An incoming request, taken apart: what it asks for, and the scope it is confined to."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from playhead.dialects import Route, route

_SCOPE = re.compile(r"/+cassette/(?P<name>.*?)/-(?P<path>/.*)", re.DOTALL)
_UNENDED_SCOPE = re.compile(r"/+cassette/(?P<name>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. `scope` names a cassette or a folder; None is the whole library."""

    method: str
    route: Route
    query: str = ""
    body: bytes = b""
    scope: str | None = None


def asked(method: str, raw_path: bytes, query: bytes, header: bytes | None, body: bytes) -> Asked:
    """Return the request in these parts, as they came in.

    The scope stands in the path, `/cassette/<name>/-/v1/…`, or in `header`, the value of
    `x-playhead-cassette`; the path wins, since frameworks drop headers. Names and paths may be
    percent-encoded. Nothing here ever becomes the name of a file.
    """
    scope, path = scope_and_path(raw_path, header)
    return Asked(
        method=method, route=route(path), query=query.decode("latin-1"), body=body, scope=scope
    )


def scope_and_path(raw_path: bytes, header: bytes | None) -> tuple[str | None, str]:
    """Return the scope that a request is confined to, and its path without that, still encoded."""
    path = raw_path.decode("latin-1")
    scope = _decoded(header.decode("latin-1")) if header is not None else None
    if found := _SCOPE.fullmatch(path):
        scope, path = _decoded(found["name"]), found["path"]
    elif found := _UNENDED_SCOPE.fullmatch(path):
        scope = _decoded(found["name"])  # names nothing: better a miss than the wrong cassette
    return (scope.strip("/") if scope is not None else None), path


def _decoded(name: str) -> str:
    return unquote(name, errors="surrogateescape")
