"""go-vcr v2, as go-vcr v3 and v4 write and load it: their fields, in their order.

What a recording does not say is what Go says of a request that it sends itself, since go-vcr v4
compares all of it: `HTTP/1.1`, the host of the URL, the length of the body.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from playhead.cassette import Cassette, Headers, Interaction, Response
from playhead.formats.go_vcr import EXTENSION
from playhead.writers import LONGEST, Losses, Written, milliseconds
from playhead.writers.yaml_text import body, scalar

_IN_BODY = 6
"""The indent of a body: two spaces below its key, which stands below its message."""


def write(cassette: Cassette) -> Written:
    """Return `cassette` as a go-vcr v2 file."""
    losses = Losses()
    lines = ["---", "version: 2"]
    lines.append("interactions:" if cassette.interactions else "interactions: []")
    for interaction in cassette.interactions:
        lines += _interaction(interaction)
        _note(interaction, losses)
    content = "\n".join(lines) + "\n"
    return Written(content=content.encode(), lost=losses.sentences())


def _interaction(interaction: Interaction) -> Iterator[str]:
    request, response = interaction.request, interaction.response
    yield f"- id: {interaction.id}"
    yield "  request:"
    yield from _protocol(request.protocol or "HTTP/1.1")
    yield f"    content_length: {len(request.body)}"
    yield f"    host: {scalar(urlsplit(request.url).netloc)}"
    yield f"    body: {body(request.body, _IN_BODY)}"
    yield from _headers(request.headers)
    yield f"    url: {scalar(request.url)}"
    yield f"    method: {scalar(request.method)}"
    yield "  response:"
    yield from _protocol(response.protocol)
    yield f"    content_length: {-1 if response.uncompressed else len(response.body)}"
    if response.uncompressed or any(
        name.lower() == "content-encoding" for name, _ in response.headers
    ):
        yield "    uncompressed: true"
    yield f"    body: {body(response.body, _IN_BODY)}"
    yield from _extension(response)
    yield from _headers(response.headers)
    yield f"    status: {scalar(f'{response.status} {response.reason}'.strip())}"
    yield f"    code: {response.status}"
    yield f"    duration: {_duration(response.duration)}"


def _protocol(protocol: str) -> Iterator[str]:
    major, _, minor = protocol.removeprefix("HTTP/").partition(".")
    yield f"    proto: {scalar(protocol)}"
    yield f"    proto_major: {major or 0}"
    yield f"    proto_minor: {minor or 0}"


def _headers(headers: Headers) -> Iterator[str]:
    yield "    headers:" if headers else "    headers: {}"
    for name, values in _grouped(headers).items():
        yield f"      {scalar(name)}:"
        yield from (f"      - {scalar(value)}" for value in values)


def _grouped(headers: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(name, []).append(value)
    return grouped


def _extension(response: Response) -> Iterator[str]:
    if response.event_offsets or not response.complete:
        offsets = ", ".join(str(milliseconds(offset)) for offset in response.event_offsets)
        yield f"    {EXTENSION}:"
        yield f"      event_offsets_ms: [{offsets}]"
        yield f"      complete: {'true' if response.complete else 'false'}"


def _duration(seconds: float) -> str:
    """A Go duration, whole nanoseconds: `1.5s`."""
    if seconds > LONGEST:
        return "0s"
    whole, rest = divmod(round(seconds * 10**9), 10**9)
    return f"{whole}.{rest:09}".rstrip("0").rstrip(".") + "s"


def _note(interaction: Interaction, losses: Losses) -> None:
    request, response = interaction.request, interaction.response
    if request.started:
        losses.add(interaction.id, "go-vcr does not hold when the request was sent")
    if response.duration > LONGEST:
        losses.add(interaction.id, "a duration of more than a day is not written")
    for side, headers in (("request", request.headers), ("response", response.headers)):
        order = [name for name, values in _grouped(headers).items() for _ in values]
        if order != [name for name, _ in headers]:
            what = f"{side} headers of one name that stood apart now stand together"
            losses.add(interaction.id, what)
