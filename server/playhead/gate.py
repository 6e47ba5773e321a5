"""The one gate in front of all of the control API: no page in a browser gets through it."""

import ipaddress
import re
from typing import Any

from playhead import refusal
from playhead.errors import Code
from playhead.player import AsgiApp, Receive, Send

_LOCAL_NAMES = ("localhost", "host.docker.internal")
_LOCAL_DOMAINS = (".localhost", ".svc.cluster.local")
_SINGLE_LABEL = re.compile(r"[a-z0-9_-]+")


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
        start, content = refused(f"playhead: {reason}", status=403)
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


def refused(
    message: str, *, status: int, code: Code = Code.BAD_REQUEST
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two ASGI messages with which the control API refuses a request."""
    return refusal.messages(code, message, status=status, request_id="0")


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
