"""A recorded response as the two ASGI messages that send it: made once, sent many times."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from playhead import pieces
from playhead.cassette import Interaction
from playhead.pieces import Form
from playhead.retry_after import RetryAfter, told
from playhead.rules import Tier
from playhead.streaming import form_of

# What described the recorded connection, not the recorded answer. `content-encoding`: bodies are
# stored decoded. `set-cookie`: recorded sessions are private. `x-playhead-…`: ours to say.
_DROPPED = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade",
    "content-length", "content-encoding", "date", "server", "alt-svc", "set-cookie",
    "x-playhead-interaction", "x-playhead-match", "x-playhead-overlay",
})  # fmt: skip
_NO_BODY = frozenset({204, 304})  # RFC 9110, 15.3.5 and 15.4.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """One interaction, ready to be sent: `start` and `body` are ASGI messages, never changed."""

    interaction: Interaction
    start: dict[str, Any]
    body: dict[str, Any]
    form: Form | None
    """How the body streams; None where it does not."""

    def events(self) -> list[bytes]:
        """Return the pieces of a stream, or the whole body of anything else."""
        body: bytes = self.body["body"]
        return self.form.split(body) if self.form else [body]

    def with_length(self) -> "Answer":
        """Return the same for a client of HTTP/1.0, which knows no chunks (RFC 9112, 6.1)."""
        length = (b"content-length", b"%d" % len(self.body["body"]))
        headers = [pair for pair in self.start["headers"] if pair[0] != b"content-length"]
        return replace(self, start={**self.start, "headers": [*headers, length]})


def prepare(
    interaction: Interaction,
    *,
    cors_origin: str | None = None,
    tier: Tier = Tier.EXACT,
    retry_after: RetryAfter = RetryAfter.AS_RECORDED,
) -> Answer:
    """Return the messages that replay `interaction`, which was found at `tier`.

    Streams get no content length, so that they go out chunked, as the provider sent them.
    """
    response = interaction.response
    body = b"" if response.status in _NO_BODY else response.body
    recorded_type = pieces.media_type(response.headers)
    form = form_of(interaction)
    headers = [
        (name.lower().encode(), told(name.lower(), value, retry_after).encode())
        for name, value in response.headers
        if _is_kept(name.lower(), value, cors_origin)
    ]
    if not recorded_type and (sniffed := _sniffed(body)):
        headers.append((b"content-type", sniffed.encode()))
    if form is None and response.status not in _NO_BODY:
        headers.append((b"content-length", b"%d" % len(body)))
    headers.append((b"x-playhead-interaction", percent_encoded(interaction)))
    if interaction.overlay:
        headers.append((b"x-playhead-overlay", b"%d" % interaction.overlay))
    if tier is not Tier.EXACT:
        headers.append((b"x-playhead-match", tier.value.encode()))
    if cors_origin:
        headers += cors_headers(cors_origin)
    return Answer(
        interaction=interaction,
        start={"type": "http.response.start", "status": response.status, "headers": headers},
        body={"type": "http.response.body", "body": body},
        form=form,
    )


def _is_kept(name: str, value: str, cors_origin: str | None) -> bool:
    if name == "content-type":
        return "/" in value  # what redaction left of one is none
    return name not in _DROPPED and not (cors_origin and name.startswith("access-control-"))


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


def _sniffed(body: bytes) -> str:
    if form := pieces.sniff(body):
        return form.media_types[0]
    return "application/json" if body.lstrip()[:1] in (b"{", b"[") else ""
