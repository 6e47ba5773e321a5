"""HAR 1.2, as browsers, proxies and Polly.js write it (w3c.github.io/web-performance/specs/HAR).

Times are milliseconds. `timings.wait` is the time to the headers, what a cassette calls duration.
"""

import json
import re
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

_MESSAGE = ("httpVersion", "headers", "headersSize", "bodySize")
_REQUEST = ("method", "url", "queryString", "postData", *_MESSAGE)
_RESPONSE = (
    "status", "statusText", "content.size", "content.mimeType", "content.text",
    "content.encoding", f"content.{DECODED}", "redirectURL", *_MESSAGE,
)  # fmt: skip
KEPT = (
    "log.version",
    *(f"log.entries[].{name}" for name in ("startedDateTime", "time", "timings.wait")),
    *(f"log.entries[].request.{name}" for name in _REQUEST),
    *(f"log.entries[].response.{name}" for name in _RESPONSE),
    *(f"log.entries[].response.{EXTENSION}.{name}" for name in extension.KEPT),
)
"""What a cassette carries on, or what a writer knows without it: a size, the query of a URL."""


def sniff(tree: Tree) -> bool:
    """Whether `tree` has a log of entries."""
    log = tree.get("log") if isinstance(tree, dict) else None
    return isinstance(log, dict) and "entries" in log


def read(document: Document, *, name: str) -> Cassette:
    """Return the cassette; raise CassetteError naming the field at fault.

    An entry with status 0 has no response: a browser gave that request up. It is left out, with
    a note.
    """
    interactions: list[Interaction] = []
    for entry in document.top.within("log").each("entries"):
        response = entry.within("response")
        if response.get("status") in (0, -1, "0"):
            response.note("status", "is 0: there was no response, so the entry is left out")
            continue
        interactions.append(
            Interaction(
                cassette=name,
                id=len(interactions),
                request=_request(entry.within("request"), _started(entry)),
                response=_response(response, _wait(entry)),
            )
        )
    return document.cassette(name, "HAR 1.2", tuple(interactions))


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
    if "text" in posted:
        return _text(posted)
    pairs = [
        (str(pair.get("name", "")), str(pair.get("value", "")))
        for pair in _listed(posted, "params")
    ]
    return urlencode(pairs, errors="surrogatepass").encode()


def _response(response: Fields, wait: float) -> Response:
    headers = _headers(response)
    body = b""
    if isinstance(response.get("content"), dict):
        content = response.within("content")
        if "text" not in content and content.get("size") not in (None, 0, -1):
            content.note("text", "is missing, though there was a body: it is served empty")
        body = _text(content)
        if content.get(DECODED) is not True:
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
    )


def _text(content: Fields) -> bytes:
    """The bytes of a text; Polly.js keeps a compressed body as a JSON list of encoded pieces."""
    text = str(content.get("text", ""))
    encoding = content.get("encoding")
    if encoding not in ("base64", "hex"):
        return content.bytes_of("text")
    pieces = _pieces(text)
    if encoding == "base64":
        return b"".join(bodies.from_base64(piece, content, "text") for piece in pieces)
    try:
        return b"".join(bytes.fromhex(piece) for piece in pieces)
    except ValueError as error:
        raise content.error("text", f"is not hexadecimal: {error}") from None


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
