"""A recorded response as the two ASGI messages that send it: made once, sent many times."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from playhead import sse
from playhead.cassette import Interaction, Response

# What described the recorded connection, not the recorded answer. `content-encoding`: bodies are
# stored decoded. `set-cookie`: recorded sessions are private. `x-playhead-…`: ours to say.
_DROPPED = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade",
    "content-length", "content-encoding", "date", "server", "alt-svc", "set-cookie",
    "x-playhead-interaction", "x-playhead-match",
})  # fmt: skip
_NO_BODY = frozenset({204, 304})  # RFC 9110, 15.3.5 and 15.4.5

_EVENT_STREAM = "text/event-stream"
_AWS_EVENT_STREAM = "application/vnd.amazon.eventstream"
_STREAMS = (_EVENT_STREAM, _AWS_EVENT_STREAM, "application/x-ndjson")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """One interaction, ready to be sent: `start` and `body` are ASGI messages, never changed."""

    interaction: Interaction
    start: dict[str, Any]
    body: dict[str, Any]
    is_event_stream: bool

    def events(self) -> list[bytes]:
        """Return the events of a stream, or the whole body of anything else."""
        body: bytes = self.body["body"]
        return sse.split(body) if self.is_event_stream else [body]

    def with_length(self) -> "Answer":
        """Return the same for a client of HTTP/1.0, which knows no chunks (RFC 9112, 6.1)."""
        length = (b"content-length", b"%d" % len(self.body["body"]))
        headers = [pair for pair in self.start["headers"] if pair[0] != b"content-length"]
        return replace(self, start={**self.start, "headers": [*headers, length]})


def prepare(interaction: Interaction, *, cors_origin: str | None = None) -> Answer:
    """Return the messages that replay `interaction`.

    Streams get no content length, so that they go out chunked, as the provider sent them.
    """
    response = interaction.response
    body = b"" if response.status in _NO_BODY else response.body
    content_type = _content_type(response)
    headers = [
        (name.lower().encode(), value.encode())
        for name, value in response.headers
        if name.lower() not in _DROPPED
        and not (cors_origin and name.lower().startswith("access-control-"))
    ]
    if content_type and not any(name == b"content-type" for name, _ in headers):
        headers.append((b"content-type", content_type.encode()))
    if not content_type.startswith(_STREAMS) and response.status not in _NO_BODY:
        headers.append((b"content-length", b"%d" % len(body)))
    headers.append((b"x-playhead-interaction", percent_encoded(interaction)))
    if cors_origin:
        headers += cors_headers(cors_origin)
    return Answer(
        interaction=interaction,
        start={"type": "http.response.start", "status": response.status, "headers": headers},
        body={"type": "http.response.body", "body": body},
        is_event_stream=content_type.startswith(_EVENT_STREAM),
    )


def percent_encoded(interaction: Interaction) -> bytes:
    """Return the interaction's full name as a header value."""
    name = interaction.cassette.encode("utf-8", "surrogateescape")
    return f"{quote(name)}#{interaction.id}".encode()


def cors_headers(origin: str) -> list[tuple[bytes, bytes]]:
    """Return what lets a page from `origin` read an answer (WHATWG Fetch, "CORS protocol")."""
    return [
        (b"access-control-allow-origin", origin.encode()),
        (b"access-control-expose-headers", b"*"),
        (b"vary", b"Origin"),
    ]


def _content_type(response: Response) -> str:
    """The recorded content type, or what the body shows it to be; empty where nothing does."""
    for name, value in response.headers:
        if name.lower() == "content-type":
            return value.strip().lower()
    return _sniffed(response.body)


def _sniffed(body: bytes) -> str:
    if sse.looks_like_events(body):
        return _EVENT_STREAM
    if body.lstrip()[:1] in (b"{", b"["):
        return "application/json"
    if _is_aws_frame(body):
        return _AWS_EVENT_STREAM
    return ""


def _is_aws_frame(body: bytes) -> bool:
    """Whether an AWS event stream message begins here: total and header length, CRC, headers.

    The length of the headers is below that of the whole, and both are below 16 MiB.
    """
    total, of_headers = body[:4], body[4:8]
    return body[:1] == b"\0" and 16 <= int.from_bytes(total) <= len(body) and of_headers < total
