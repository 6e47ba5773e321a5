"""HAR 1.2, as browsers, proxies and Polly.js write it (w3c.github.io/web-performance/specs/HAR).

Times are milliseconds. `timings.wait` is the time to the headers, what a cassette calls duration.
"""

import json
from urllib.parse import urlencode

from playhead.cassette import Cassette, Headers, Interaction, Request, Response
from playhead.formats import bodies
from playhead.formats.document import Document
from playhead.formats.fields import Fields
from playhead.formats.yaml_tree import Tree

_LONGEST_MS = 24 * 3600 * 1000  # more is no time anybody waited, and might be infinite


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
                request=_request(entry.within("request")),
                response=_response(response, _wait(entry)),
            )
        )
    return document.cassette(name, "HAR 1.2", tuple(interactions))


def _request(request: Fields) -> Request:
    return Request(
        method=request.method(),
        url=request.url("url"),
        headers=_headers(request),
        body=_posted(request),
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
        body = bodies.decoded(_text(content), headers, content)
    return Response(status=response.status("status"), headers=headers, body=body, duration=wait)


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
        return wait / 1000
    return 0.0
