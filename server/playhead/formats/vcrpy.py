"""vcrpy cassettes, YAML and JSON, in the variants that its users' suites hold.

Bodies are text, bytes, `parsed_body` (a JSON value in place of text), an inline mapping, or
compressed as they came; the stub of old httpx versions has `content` and `status_code`; LangChain
keeps `requests:` and `responses:` as two lists side by side.
"""

from collections.abc import Iterator

from playhead.cassette import Cassette, Interaction, Request, Response
from playhead.formats import bodies
from playhead.formats.document import Document
from playhead.formats.fields import CUT, Fields, first_mapping
from playhead.formats.yaml_tree import Tree

_REQUEST = ("method", "uri", "headers", "body", "parsed_body")
_RESPONSE = (
    "status.code", "status.message", "status_code", "headers", "body.string", "body.base64_string",
    "parsed_body", "content", "http_version",
)  # fmt: skip
KEPT = (
    "version",
    *(f"{at}.{name}" for at in ("interactions[].request", "requests[]") for name in _REQUEST),
    *(f"{at}.{name}" for at in ("interactions[].response", "responses[]") for name in _RESPONSE),
)
"""What a cassette carries on."""


def sniff(tree: Tree) -> bool:
    """Whether `tree` is laid out as vcrpy does: interactions whose requests have a `uri`."""
    if not isinstance(tree, dict):
        return False
    listed = tree.get("interactions")
    if isinstance(listed, list) and not listed:
        return str(tree.get("version", "1")) == "1"
    first = first_mapping(listed)
    request = first.get("request") if first else first_mapping(tree.get("requests"))
    return isinstance(request, dict) and "uri" in request


def read(document: Document, *, name: str) -> Cassette:
    """Return the cassette; raise CassetteError naming the line and the field at fault."""
    interactions = tuple(
        Interaction(cassette=name, id=at, request=_request(request), response=_response(response))
        for at, (request, response) in enumerate(_pairs(document))
    )
    return document.cassette(name, "vcrpy", interactions)


def _pairs(document: Document) -> Iterator[tuple[Fields, Fields]]:
    top = document.top
    if "interactions" in top:
        for fields in top.each("interactions"):
            yield fields.within("request"), fields.within("response")
        return
    requests, responses = list(top.each("requests")), list(top.each("responses"))
    if len(requests) != len(responses):
        reason = f"has {len(responses)} entries for {len(requests)} requests; {CUT}"
        raise top.error("responses", reason)
    yield from zip(requests, responses, strict=True)


def _request(request: Fields) -> Request:
    return Request(
        method=request.method(),
        url=request.url("uri"),
        headers=request.headers(),
        body=_request_body(request),
    )


def _request_body(request: Fields) -> bytes:
    if "parsed_body" in request.values:
        return bodies.from_json(request.values["parsed_body"], request, "parsed_body")
    if isinstance(request.get("body"), dict | list):  # written by hand; 5 in 10,698 are
        return bodies.from_json(request.as_json("body"), request, "body")
    return request.bytes_of("body")


def _response(response: Fields) -> Response:
    headers = response.headers()
    status = response.get("status")
    return Response(
        status=_status(response),
        headers=headers,
        body=bodies.decoded(_response_body(response), headers, response),
        reason=response.within("status").words("message") if isinstance(status, dict) else "",
        protocol=response.protocol("http_version"),
    )


def _status(response: Fields) -> int:
    """The status; vcrpy writes `message` after `code`, so where it is absent the file was cut."""
    if "status_code" in response:
        return response.status("status_code")
    status = response.within("status")
    if "message" not in status.values:
        raise status.error("message", f"is missing; {CUT}")
    return status.status("code")


def _response_body(response: Fields) -> bytes:
    if "parsed_body" in response.values:
        return bodies.from_json(response.values["parsed_body"], response, "parsed_body")
    if "content" in response.values:
        return response.bytes_of("content")
    if not isinstance(response.get("body"), dict):
        return response.bytes_of("body")
    body = response.within("body")
    if "base64_string" in body:
        return bodies.from_base64(str(body.get("base64_string")), body, "base64_string")
    if "string" not in body.values:
        raise body.error("string", f"is missing; {CUT}")
    return body.bytes_of("string")
