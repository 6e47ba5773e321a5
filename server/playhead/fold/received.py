"""The JSON events of a recorded stream, whatever form it streams in."""

import base64
import binascii
import re

from playhead import frames, sse
from playhead.cassette import Response
from playhead.lenient import Json, mapping, mappings, parse, text
from playhead.pieces import AWS, EVENTS, NDJSON, form_of, media_type, sniff

_EVENT_NAME = re.compile(rb"^event: ?([^\r\n]*)", re.MULTILINE)


def events(response: Response) -> list[dict[str, Json]]:
    """Return the JSON objects a stream consists of; [] where `response` is no stream.

    Comments, `[DONE]`, a last event that was cut and whatever else is no JSON object are left
    out. The body tells its form before its media type does: an error may come as plain JSON
    under the media type of a stream.
    """
    body = response.body
    form = sniff(body) or form_of(media_type(response.headers))
    if form is EVENTS:
        return _of_sse(body)
    if form is AWS:
        return _of_frames(body)
    if form is NDJSON:
        return mappings([parse(line) for line in body.splitlines()])
    return _unmarked(body)


def _of_sse(body: bytes) -> list[dict[str, Json]]:
    found = []
    for event in sse.split(body):
        value = parse(sse.data(event) or b"")
        if isinstance(value, dict):
            named = _EVENT_NAME.search(event)
            failed = named is not None and named[1] == b"error" and "error" not in value
            found.append({"error": value} if failed else value)
    return found


def _of_frames(body: bytes) -> list[dict[str, Json]]:
    """Each frame as `{name: payload}`, which is how AWS documents the members of its streams.

    A frame of `invoke-with-response-stream` holds an event of the model's own in base64: that
    event. An exception is told as an error, with the name that the header gives it.
    """
    found = []
    for frame in frames.read(body):
        payload = mapping(parse(frame.payload))
        name = frame.headers.get(":exception-type") or frame.headers.get(":error-code")
        if name:
            found.append({"error": {"type": name, **payload}})
        elif "bytes" in payload:
            found.extend(mappings([_inner(text(payload["bytes"]))]))
        else:
            found.append({frame.headers.get(":event-type", ""): payload})
    return found


def _inner(encoded: str) -> Json:
    try:
        return parse(base64.b64decode(encoded))
    except (binascii.Error, ValueError):
        return None


def _unmarked(body: bytes) -> list[dict[str, Json]]:
    """A JSON array as Gemini streams it, or lines of JSON that no media type announces."""
    whole = parse(body)
    if whole is None:
        return mappings([parse(line) for line in body.splitlines()])
    return mappings(whole)
