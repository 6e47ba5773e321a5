"""HAR 1.2; what it has no field for stands below `_playhead`, which other readers ignore."""

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from playhead import __version__
from playhead.cassette import Cassette, Headers, Interaction, Request, Response
from playhead.formats.har import DECODED, EXTENSION, UNKNOWN_TIME
from playhead.writers import LONGEST, Losses, Written, milliseconds

_UNKNOWN = -1
"""HAR's word for a size that is not known."""


def write(cassette: Cassette) -> Written:
    """Return `cassette` as a HAR file."""
    losses = Losses()
    for interaction in cassette.interactions:
        if interaction.response.duration > LONGEST:
            losses.add(interaction.id, "a duration of more than a day is not written")
    log = {
        "version": "1.2",
        "creator": {"name": "playhead", "version": __version__},
        "entries": [_entry(interaction) for interaction in cassette.interactions],
    }
    content = json.dumps({"log": log}, indent=2, ensure_ascii=False) + "\n"
    return Written(content=content.encode(), lost=losses.sentences())


def _entry(interaction: Interaction) -> dict[str, Any]:
    duration = interaction.response.duration
    wait = milliseconds(duration) if duration <= LONGEST else 0
    return {
        "startedDateTime": interaction.request.started or UNKNOWN_TIME,
        "time": wait,
        "request": _request(interaction.request),
        "response": _response(interaction.response),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": 0},
    }


def _request(request: Request) -> dict[str, Any]:
    query = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    fields: dict[str, Any] = {
        "method": request.method,
        "url": request.url,
        "httpVersion": request.protocol,
        "cookies": [],
        "headers": _pairs(request.headers),
        "queryString": _pairs(tuple(query)),
        "headersSize": _UNKNOWN,
        "bodySize": len(request.body),
    }
    if request.body:
        media_type = _first(request.headers, "content-type")
        fields["postData"] = {"mimeType": media_type, **_text(request.body)}
    return fields


def _response(response: Response) -> dict[str, Any]:
    content = {
        "size": len(response.body),
        "mimeType": _first(response.headers, "content-type"),
        **_text(response.body),
    }
    if response.uncompressed or _first(response.headers, "content-encoding"):
        content[DECODED] = True
    fields: dict[str, Any] = {
        "status": response.status,
        "statusText": response.reason,
        "httpVersion": response.protocol,
        "cookies": [],
        "headers": _pairs(response.headers),
        "content": content,
        "redirectURL": _first(response.headers, "location"),
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }
    if response.event_offsets or not response.complete:
        fields[EXTENSION] = {
            "event_offsets_ms": [milliseconds(offset) for offset in response.event_offsets],
            "complete": response.complete,
        }
    return fields


def _text(body: bytes) -> dict[str, str]:
    """A body as HAR holds it; `encoding` stands beside a request's text as beside a response's."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _pairs(pairs: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _first(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")
