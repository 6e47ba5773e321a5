"""The control API of a server that runs elsewhere, asked over HTTP."""

import json
import re
import socket
from typing import Any
from urllib.parse import urlencode

from playhead.errors import PlayheadError

_ORIGIN = re.compile(r"(http://(\[[\da-f:.]+\]|[^\s/:?#@\[\]]+)(?::(\d{1,5}))?)/?", re.ASCII | re.I)
_SECONDS = 10.0
"""How long one answer may take; what `unused` and `verify` gather may take two of them."""

_Socket = socket.socket
_addresses = socket.getaddrinfo
"""As they were when this module was imported: tests replace them, to forbid or to count."""


class Unreachable(PlayheadError):
    """A server that gave no answer of playhead's; the text says which server, and why."""


class Remote:
    """A server at `origin`, such as `http://127.0.0.1:8080`; raises ValueError for what is none.

    Proxies from the environment do not count: no proxy could reach the loopback of this machine.
    """

    def __init__(self, origin: str) -> None:
        found = _ORIGIN.fullmatch(origin)
        if found is None:
            raise ValueError(f"{origin!r} is no address of a server like http://127.0.0.1:8080")
        self.origin = found[1]
        self._host, self._port = found[2].strip("[]"), int(found[3] or 80)

    def get(self, path: str, **query: str) -> Any:
        """Return what `/__playhead/<path>` answers, whatever its status; raise Unreachable."""
        asked = urlencode({name: value for name, value in query.items() if value})
        return self._ask("GET", f"{path}?{asked}" if asked else path, None)

    def post(self, path: str, value: object) -> Any:
        """Return what `/__playhead/<path>` answers to a JSON value; raise Unreachable."""
        return self._ask("POST", path, json.dumps(value).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        from http.client import HTTPConnection, HTTPException

        connection = HTTPConnection(self._host, self._port)
        headers = {"content-type": "application/json"}
        try:
            connection.sock = self._connected()
            connection.request(method, f"/__playhead/{path}", body, headers)
            answer = json.loads(connection.getresponse().read())
        except (OSError, HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise Unreachable(f"the server at {self.origin} does not answer: {reason}") from None
        finally:
            connection.close()
        if isinstance(answer, dict) and "error" in answer:
            raise Unreachable(f"the server at {self.origin} refuses: {answer['error']['message']}")
        return answer

    def _connected(self) -> socket.socket:
        """A connection to the first address of the host that accepts one; raise OSError."""
        problem = OSError(f"{self._host} has no address")
        for family, kind, protocol, _, address in _addresses(
            self._host, self._port, type=socket.SOCK_STREAM
        ):
            connected = _Socket(family, kind, protocol)
            try:
                connected.settimeout(_SECONDS)
                connected.connect(address)
            except OSError as error:
                connected.close()
                problem = error
            else:
                return connected
        raise problem
