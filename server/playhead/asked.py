"""An incoming request, taken apart: what it asks for, and the scope it is confined to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

from playhead.dialects import Route, route
from playhead.errors import Code, Refusal

Address: TypeAlias = tuple[str, bytes, bytes | None]
"""Where a request goes: its session, its raw path without that, and the header with its scope."""

LONGEST_SESSION = 256
"""Bytes of a session's name: a test's own name has room."""

_SESSION = re.compile(
    rb"/+session/(?P<id>[^/]+)(?:/-(?=/)|(?=/+cassette/))(?P<path>/.*)", re.DOTALL
)
_SESSION_BEGINS = re.compile(rb"/+session/")
_KEY = re.compile(rb"playhead-session-([^\s/,;:&\"']+)")

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


def addressed(raw_path: bytes, query: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Address:
    """Return where a request goes; raise Refusal for a session in its path that has no end.

    A session stands in the path, `/session/<id>/-/v1/…` or `/session/<id>/cassette/<name>/-/v1/…`,
    else in the header `x-playhead-session`, else in an API key, `playhead-session-<id>`, whichever
    header or parameter the provider has for it. On the path of every request: one search through
    all that came at once tells whether there is a session to find.
    """
    named = dict(headers)
    scope = named.get(b"x-playhead-cassette")
    came = b"\n".join([raw_path, query, *named.values()])
    if b"session" not in came and b"x-playhead-session" not in named:
        return "", raw_path, scope
    session = named.get(b"x-playhead-session") or _in_a_key(headers, query)
    if _SESSION_BEGINS.match(raw_path):
        found = _SESSION.fullmatch(raw_path)
        if found is None:
            reason = "a session in the path ends with /-/, as in /session/ID/-/v1/..."
            raise Refusal(Code.BAD_REQUEST, reason, status=404)
        session, raw_path = found["id"], found["path"]
    if len(session) > LONGEST_SESSION:
        reason = f"the session's name is longer than {LONGEST_SESSION} bytes"
        raise Refusal(Code.BAD_REQUEST, reason, status=404)
    return _decoded(session.decode("latin-1")), raw_path, scope


def _in_a_key(headers: Iterable[tuple[bytes, bytes]], query: bytes) -> bytes:
    for name, value in (*headers, (b"", query)):
        if name != b"host" and (found := _KEY.search(value)):
            return found[1]
    return b""


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
