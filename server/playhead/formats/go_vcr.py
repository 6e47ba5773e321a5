"""go-vcr cassettes: version 2, which go-vcr v3 and v4 write, and version 1 of the first releases.

The schema is strict because YAML is not: of 10,000 random cuts through real cassettes 64 % are
still valid YAML. What is required is what tells a whole interaction from a cut one, and since
go-vcr writes `duration` last, a response that names its protocol and no duration was cut short.
Hand-written cassettes may leave out everything but `method`, `url` and `code`.
"""

import re

from playhead.cassette import Cassette, Headers, Interaction, Request, Response
from playhead.formats import extension
from playhead.formats.document import Document
from playhead.formats.fields import CUT, Fields, first_mapping
from playhead.formats.yaml_tree import Tree

_DURATION = re.compile(r"(?!.{33})(?:(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|\d+)")
_DURATION_PART = re.compile(r"([\d.]+)(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}

EXTENSION = "x_playhead"

_REQUEST = (
    "proto",
    "proto_major",
    "proto_minor",
    "content_length",
    "host",
    "body",
    "headers",
    "url",
)
_RESPONSE = (*_REQUEST[:4], "uncompressed", "body", "headers", "status", "code", "duration")
KEPT = (
    "version",
    "interactions[].id",
    *(f"interactions[].request.{name}" for name in (*_REQUEST, "method")),
    *(f"interactions[].response.{name}" for name in _RESPONSE),
    *(f"interactions[].response.{EXTENSION}.{name}" for name in extension.KEPT),
)
"""What a cassette carries on, or what follows from it: `derived` compares that."""


def sniff(tree: Tree) -> bool:
    """Whether `tree` says it is a go-vcr cassette; vcrpy has the same top-level keys."""
    if not isinstance(tree, dict) or "interactions" not in tree:
        return False
    version = str(tree.get("version"))
    if version != "1":
        return version == "2"
    request = first_mapping(tree["interactions"]).get("request")
    return isinstance(request, dict) and "url" in request


def read(document: Document, *, name: str) -> Cassette:
    """Return the cassette; raise CassetteError naming the line and the field at fault."""
    interactions = tuple(
        _interaction(document, fields, name, at)
        for at, fields in enumerate(document.top.each("interactions"))
    )
    return document.cassette(name, f"go-vcr v{document.top.get('version')}", interactions)


def seconds(duration: str) -> float:
    """Return the seconds in a Go duration: `1.5s`, `1m18.0s`, `12µs`; a bare number is ns."""
    if duration.isdigit():
        return int(duration) * 1e-9
    parts = _DURATION_PART.findall(duration)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _interaction(document: Document, fields: Fields, name: str, at: int) -> Interaction:
    sent = _request(fields.within("request"))
    response = fields.within("response")
    headers = response.headers()
    body = _measured_body(document, response)
    encoded = any(name.lower() == "content-encoding" for name, _ in headers)
    unpacked = "uncompressed" in response and str(response.get("uncompressed")).lower() == "true"
    if encoded and not unpacked:
        body = _decoded(body, headers, response)
    event_offsets, complete = extension.read(response, EXTENSION)
    return Interaction(
        cassette=name,
        id=at,
        request=sent,
        response=Response(
            status=response.status("code"),
            headers=headers,
            body=body,
            duration=_duration(document, response),
            event_offsets=event_offsets,
            complete=complete,
            reason=_reason(response),
            protocol=response.protocol("proto"),
            uncompressed=unpacked and not encoded,
        ),
    )


def _request(request: Fields) -> Request:
    return Request(
        method=request.method(),
        url=request.url("url"),
        headers=request.headers(),
        body=request.bytes_of("body"),
        protocol=request.protocol("proto"),
    )


def _reason(response: Fields) -> str:
    """The text beside the status; go-vcr keeps `200 OK` in one field."""
    return response.words("status").removeprefix(str(response.get("code"))).strip()


def _duration(document: Document, response: Fields) -> float:
    """The time to the headers; version 1 leaves it empty, or knows none."""
    if str(document.top.get("version")) == "1" and not response.get("duration"):
        return 0.0
    if "duration" not in response.values and not response.get("proto"):
        return 0.0
    text = response.text("duration", _DURATION, "a duration like 1.2s")
    # Go ends every duration it writes with a whole unit of seconds, so `84m` or `84` without
    # the final newline that it writes as well is what a cut leaves of `84ms`.
    if not text.endswith("s") and document.raw.endswith(text.encode()):
        raise response.error("duration", CUT)
    return seconds(text)


def _decoded(body: bytes, headers: Headers, response: Fields) -> bytes:
    """The body unpacked; rare, so imported here."""
    from playhead.formats import bodies

    return bodies.decoded(body, headers, response)


def _measured_body(document: Document, response: Fields) -> bytes:
    """The response body, put right where its recorded length shows that YAML changed it."""
    body = response.bytes_of("body")
    length = str(response.get("content_length", ""))
    if not length.isdigit() or length in ("0", str(len(body))):
        return body
    if not body.isascii():
        raw_body = document.source.raw_bytes((*response.path, "body"))
        if raw_body is not None and str(len(raw_body)) == length:
            return raw_body
    if body:  # the answer to HEAD has a length and no body
        reason = f"is {length[:20]}, but the body has {len(body)} bytes; edited or re-wrapped?"
        response.note("content_length", reason)
    return body
