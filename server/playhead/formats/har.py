"""HAR 1.2, as browsers, proxies and Polly.js write it (w3c.github.io/web-performance/specs/HAR).

Times are milliseconds. `timings.wait` is the time to the headers, what a cassette calls duration.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from playhead.cassette import Cassette, Headers, Interaction, Request, Response
from playhead.formats import bodies, extension
from playhead.formats.document import Document
from playhead.formats.fields import Fields
from playhead.formats.yaml_tree import Tree

_LONGEST_MS = 24 * 3600 * 1000  # more is no time anybody waited, and might be infinite

EXTENSION = "_playhead"
DECODED = "_decoded"
"""A field of ours beside a text: it is unpacked, however much it looks like compressed data."""

UNKNOWN_TIME = "1970-01-01T00:00:00.000Z"
"""What is written where no time was recorded: HAR demands one."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)

_OTHER_SCHEME = re.compile(r"(?!https?:)([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_NO_ANSWER = ("None", "null", "", "0", "-1", "0.0")

_MESSAGE = ("httpVersion", "headers", "bodySize")
_POSTED = ("mimeType", "text", "encoding", "params")
_REQUEST = (
    "method", "url", "queryString", *(f"postData.{name}" for name in _POSTED), *_MESSAGE,
)  # fmt: skip
_RESPONSE = (
    "status", "statusText", "content.size", "content.mimeType", "content.text",
    "content.encoding", f"content.{DECODED}", "content._isBinary", "redirectURL", *_MESSAGE,
)  # fmt: skip
KEPT = (
    "log.version",
    "log.creator",
    *(f"log.entries[].{name}" for name in ("startedDateTime", "time", "timings.wait")),
    *(f"log.entries[].request.{name}" for name in _REQUEST),
    *(f"log.entries[].response.{name}" for name in _RESPONSE),
    *(f"log.entries[].response.{EXTENSION}.{name}" for name in extension.KEPT),
)
"""What a cassette carries on, or what follows from it: `derived` compares that."""


def sniff(tree: Tree) -> bool:
    """Whether `tree` has a log of entries."""
    log = tree.get("log") if isinstance(tree, dict) else None
    return isinstance(log, dict) and "entries" in log


def read(document: Document, *, name: str) -> Cassette:
    """Return the cassette; raise CassetteError naming the field at fault.

    An entry that is no exchange over HTTP is left out, with a note.
    """
    interactions: list[Interaction] = []
    for entry in document.top.within("log").each("entries"):
        if left_out := why_no_exchange(entry.values):
            field, reason = left_out
            entry.note(field, f"{reason}, so the entry is left out")
            continue
        response = entry.within("response")
        interactions.append(
            Interaction(
                cassette=name,
                id=len(interactions),
                request=_request(entry.within("request"), _started(entry)),
                response=_response(response, _wait(entry)),
            )
        )
    return document.cassette(name, "HAR 1.2", tuple(interactions))


def why_no_exchange(entry: Mapping[str, Tree]) -> tuple[str, str] | None:
    """Return the field that shows an entry to be no answered HTTP request, and why.

    A browser lists WebSockets, what it took from the page itself (`data:`, `blob:`), and requests
    that it gave up: these have no response, or one of status 0.
    """
    request, response = entry.get("request"), entry.get("response")
    url = request.get("url") if isinstance(request, dict) else None
    if isinstance(url, str) and (scheme := _OTHER_SCHEME.match(url)):
        return "request.url", f"is of {scheme[1]}, not of HTTP"
    if isinstance(request, dict) and response is None:
        return "response", "is missing: there was none"
    if not isinstance(response, dict) or "status" not in response:
        return None
    status = str(response["status"])
    if status in _NO_ANSWER:
        return "response.status", f"is {status}: there was no response"
    return ("response.status", "is 101: the connection was upgraded") if status == "101" else None


def _started(entry: Fields) -> str:
    """The time of the request, as far as the file knows it."""
    started = entry.words("startedDateTime")
    return started if started != UNKNOWN_TIME and _TIME.fullmatch(started) else ""


def _request(request: Fields, started: str) -> Request:
    return Request(
        method=request.method(),
        url=request.url("url"),
        headers=_headers(request),
        body=_posted(request),
        protocol=request.protocol("httpVersion"),
        started=started,
    )


def _posted(request: Fields) -> bytes:
    if not isinstance(request.get("postData"), dict):
        return b""
    posted = request.within("postData")
    if posted.get("text"):
        return _text(posted, ())
    pairs = [
        (str(pair.get("name", "")), str(pair.get("value", "")))
        for pair in _listed(posted, "params")
    ]
    return urlencode(pairs, errors="surrogatepass").encode()


def _response(response: Fields, wait: float) -> Response:
    headers = _headers(response)
    body, unpacked = b"", False
    if isinstance(response.get("content"), dict):
        content = response.within("content")
        if "text" not in content and content.get("size") not in (None, 0, -1):
            content.note("text", "is missing, though there was a body: it is served empty")
        body = _text(content, headers)
        unpacked = content.get(DECODED) is True
        if not unpacked:
            body = bodies.decoded(body, headers, content)
    event_offsets, complete = extension.read(response, EXTENSION)
    return Response(
        status=response.status("status"),
        headers=headers,
        body=body,
        duration=wait,
        event_offsets=event_offsets,
        complete=complete,
        reason=response.words("statusText"),
        protocol=response.protocol("httpVersion"),
        uncompressed=unpacked
        and not any(name.lower() == "content-encoding" for name, _ in headers),
    )


def _text(content: Fields, headers: Headers) -> bytes:
    """The bytes of a text; Polly.js keeps a compressed body as a JSON list of encoded pieces."""
    text = str(content.get("text", ""))
    encoding = content.get("encoding")
    if encoding not in ("base64", "hex"):
        unmarked = _unmarked_hex(content, text, headers)
        return content.bytes_of("text") if unmarked is None else unmarked
    pieces = _pieces(text)
    if encoding == "base64":
        return b"".join(bodies.from_base64(piece, content, "text") for piece in pieces)
    try:
        return b"".join(bytes.fromhex(piece) for piece in pieces)
    except ValueError as error:
        raise content.error("text", f"is not hexadecimal: {error}") from None


def _unmarked_hex(content: Fields, text: str, headers: Headers) -> bytes | None:
    """The bytes of a hexadecimal text of Polly.js 2 to 5, which had no `encoding`; None if none.

    Those said `_isBinary` of what is no text, and nothing of the pieces of a compressed body.
    """
    said = content.get("_isBinary") is True
    if not said and not text.startswith('["'):
        return None
    try:
        body = b"".join(bytes.fromhex(piece) for piece in _pieces(text))
    except ValueError:
        return None
    return body if said or bodies.is_packed(body, headers) else None


def _pieces(text: str) -> list[str]:
    if not text.startswith("["):
        return [text]
    try:
        return [str(piece) for piece in json.loads(text)]
    except (ValueError, RecursionError):
        return [text]


def _headers(fields: Fields) -> Headers:
    pairs = (
        (str(pair.get("name", "")), pair.get("value", "")) for pair in _listed(fields, "headers")
    )
    return fields.legal(pairs)


def _listed(fields: Fields, name: str) -> list[Fields]:
    return list(fields.each(name)) if name in fields else []


def _wait(entry: Fields) -> float:
    """The seconds to the headers, as far as the file knows them; -1 means it does not."""
    timings = entry.get("timings")
    wait = timings.get("wait") if isinstance(timings, dict) else None
    if isinstance(wait, int | float) and 0 <= wait <= _LONGEST_MS:
        return round(wait / 1000, 9)  # no clock is finer, and a division is less exact
    return 0.0
