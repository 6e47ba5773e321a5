"""An HTTP client of raw bytes: it shows chunks, when each arrived, and how the connection ended.

HTTP libraries join chunks, decode bodies and repair requests: just what is to be tested.
"""

import contextlib
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Self

DEADLINE_SECONDS = 60
"""How long anything may take that must happen at all; no statement about speed."""
POLL_SECONDS = 0.01

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """One chunk of a chunked body; `at` is the monotonic time at which it was whole."""

    data: bytes
    at: float


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer; `chunks` is empty where the body was not chunked."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    chunks: list[Chunk] = field(default_factory=list)
    at: float = 0.0

    def header(self, name: str) -> str | None:
        """The value of a header that comes at most once."""
        found = [value for each, value in self.headers if each == name]
        assert len(found) < 2, found
        return found[0] if found else None


class Connection:
    """One connection to 127.0.0.1; closed with a FIN when its block ends."""

    def __init__(self, port: int, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(DEADLINE_SECONDS)
        self._buffer = b""
        try:
            self.socket.connect(("127.0.0.1", port))
        except ConnectionError:
            self.socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Leave without a goodbye: the server gets a RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        self.send(request(method, path, body, headers))
        return self.reply(method)

    def reply(self, method: str = "GET") -> Reply:
        """Read one whole answer."""
        head = self.head()
        if method == "HEAD" or head.status in (204, 304):
            return head
        if head.header("transfer-encoding") == "chunked":
            chunks = list(iter(self.chunk, None))
            body = b"".join(chunk.data for chunk in chunks)
            return Reply(status=head.status, headers=head.headers, body=body, chunks=chunks)
        length = head.header("content-length")
        body = self.rest() if length is None else self.read(int(length))
        return Reply(status=head.status, headers=head.headers, body=body)

    def head(self) -> Reply:
        """Read the status line and the headers."""
        lines = self.until(HEAD_END).split(b"\r\n")
        pairs = [line.decode("latin-1").partition(": ") for line in lines[1:]]
        return Reply(
            status=int(lines[0].split(b" ")[1]),
            headers=[(name, value) for name, _, value in pairs],
            at=monotonic(),
        )

    def chunk(self) -> Chunk | None:
        """Read one chunk; None for the last, empty one."""
        size = int(self.until(b"\r\n"), 16)
        data = self.read(size)
        assert self.read(2) == b"\r\n"
        return Chunk(data=data, at=monotonic()) if size else None

    def until(self, end: bytes) -> bytes:
        """Read up to and without `end`."""
        while end not in self._buffer:
            self._buffer += self._more()
        found, _, self._buffer = self._buffer.partition(end)
        return found

    def read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._buffer += self._more()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def rest(self) -> bytes:
        """Read until the server closes the connection, in whatever way."""
        pieces = [self._buffer]
        self._buffer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := self.socket.recv(65536):
                pieces.append(piece)
        return b"".join(pieces)

    def _more(self) -> bytes:
        piece = self.socket.recv(65536)
        assert piece, f"the server closed the connection; before: {self._buffer!r}"
        return piece


def request(
    method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """The bytes of a request as a plain client sends it."""
    fields = {"host": "127.0.0.1", **(headers or {})}
    if body:
        fields = {"content-type": "application/json", "content-length": str(len(body)), **fields}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode("latin-1") + HEAD_END + body


def eventually(happened: Callable[[], bool]) -> bool:
    """Whether something happens at all before a generous deadline."""
    deadline = monotonic() + DEADLINE_SECONDS
    while not (done := happened()) and monotonic() < deadline:
        sleep(POLL_SECONDS)
    return done
