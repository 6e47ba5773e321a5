"""Ruby VCR cassettes, YAML and JSON, and those of R's vcr, which are nearly the same."""

import codecs
import contextlib

from playhead.cassette import Cassette, Headers, Interaction, Request, Response
from playhead.formats import bodies
from playhead.formats.document import Document
from playhead.formats.fields import CUT, Fields
from playhead.formats.yaml_tree import Tree

_BODY = ("body.string", "body.base64_string", "body.encoding")
_REQUEST = ("method", "uri", "headers", *_BODY)
_RESPONSE = ("status.code", "status.message", "headers", "http_version", *_BODY)
KEPT = (
    *(f"http_interactions[].request.{name}" for name in _REQUEST),
    *(f"http_interactions[].response.{name}" for name in _RESPONSE),
)
"""What a cassette carries on."""


def sniff(tree: Tree) -> bool:
    """Whether `tree` has VCR's one list, `http_interactions`."""
    return isinstance(tree, dict) and "http_interactions" in tree


def read(document: Document, *, name: str) -> Cassette:
    """Return the cassette; raise CassetteError naming the line and the field at fault.

    VCR ends each interaction with `recorded_at` and the file with `recorded_with`.
    """
    if "recorded_with" not in document.top:
        raise document.top.error("recorded_with", f"is missing; {CUT}")
    interactions = tuple(
        Interaction(
            cassette=name,
            id=at,
            request=_request(fields.within("request")),
            response=_response(fields.within("response")),
        )
        for at, fields in enumerate(document.top.each("http_interactions"))
    )
    return document.cassette(name, "Ruby VCR", interactions)


def _request(request: Fields) -> Request:
    return Request(
        method=request.method(),
        url=request.url("uri"),
        headers=request.headers(),
        body=_body(request)[0],
    )


def _response(response: Fields) -> Response:
    headers = response.headers()
    status, reason = _status(response)
    return Response(
        status=status,
        headers=headers,
        body=_unpacked(response, headers),
        reason=reason,
        protocol=response.protocol("http_version"),
    )


def _status(response: Fields) -> tuple[int, str]:
    """The status and its text: a mapping of code and message, or in R a number alone."""
    if isinstance(response.get("status"), dict):
        status = response.within("status")
        return status.status("code"), status.words("message")
    return response.status("status"), ""


def _unpacked(response: Fields, headers: Headers) -> bytes:
    body, fields = _body(response)
    return bodies.decoded(body, headers, fields)


def _body(fields: Fields) -> tuple[bytes, Fields]:
    """The bytes of a body, and the mapping that it stands in."""
    if not isinstance(fields.get("body", ""), dict):
        return fields.bytes_of("body"), fields
    body = fields.within("body")
    if "base64_string" in body:
        text = str(body.get("base64_string"))
        return bodies.from_base64(text, body, "base64_string"), body
    return _in_encoding(body, str(body.get("encoding", "UTF-8"))), body


def _in_encoding(body: Fields, encoding: str) -> bytes:
    """The bytes of a string that Ruby held in `encoding`; ASCII-8BIT is its word for bytes."""
    text = body.get("string")
    with contextlib.suppress(LookupError, ValueError):  # an unknown encoding, or not all fits it
        if isinstance(text, str) and (name := codecs.lookup(encoding).name).startswith("iso8859"):
            return text.encode(name)
    return body.bytes_of("string")
