"""What the pieces of a recorded stream are, whatever its form; joined, they are its bytes again.

A form of streaming is a row: how it is recognised, and how it is cut.
"""

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from playhead import frames, sse
from playhead.cassette import Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to stream: its media types, and the function that cuts a body of it."""

    name: str
    media_types: tuple[str, ...]
    split: Callable[[bytes], list[bytes]]


def _lines(body: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", body)


def _elements(body: bytes) -> list[bytes]:
    """The elements of a JSON array as Gemini streams it without `alt=sse`.

    Each goes with the comma and white space before it, the last with the closing bracket.
    """
    if not body:
        return []
    text = body.decode("utf-8", "surrogateescape")
    decoder = json.JSONDecoder()
    cuts = [0]
    at = len(text) - len(text.lstrip()) + 1
    try:
        while (start := _next_element(text, at)) is not None:
            _, at = decoder.raw_decode(text, start)
            cuts.append(at)
    except (ValueError, RecursionError):
        return [body]
    cuts[max(1, len(cuts) - 1) :] = [len(text)]
    spans = itertools.pairwise(cuts)
    return [text[start:end].encode("utf-8", "surrogateescape") for start, end in spans]


_SEPARATOR = re.compile(r"[\s,]*")


def _next_element(text: str, at: int) -> int | None:
    start = _SEPARATOR.match(text, at).end()  # type: ignore[union-attr] # it may match nothing
    return start if start < len(text) and text[start] != "]" else None


EVENTS = Form(name="server-sent events", media_types=("text/event-stream",), split=sse.split)
AWS = Form(
    name="AWS event stream",
    media_types=("application/vnd.amazon.eventstream",),
    split=frames.split,
)
NDJSON = Form(
    name="lines of JSON",
    media_types=(
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonl",
        "application/jsonlines",
        "application/stream+json",  # Cohere's v1
    ),
    split=_lines,
)
JSON_ARRAY = Form(name="JSON array", media_types=(), split=_elements)

FORMS = (EVENTS, AWS, NDJSON)


def media_type(headers: Headers) -> str:
    """Return the recorded media type without parameters; empty where there is none.

    What redaction left of a type is none.
    """
    for name, value in headers:
        if name.lower() == "content-type" and "/" in value:
            return value.partition(";")[0].strip().lower()
    return ""


def form_of(recorded_type: str) -> Form | None:
    """Return the form of streaming that a media type means; None where it means none."""
    return next((form for form in FORMS if recorded_type in form.media_types), None)


def sniff(body: bytes) -> Form | None:
    """Return the form that `body` shows to be in; None where it looks like no stream."""
    if sse.looks_like_events(body):
        return EVENTS
    if body.startswith(b"{"):
        return NDJSON if _BETWEEN_LINES.search(body) else None
    return AWS if frames.is_whole(body) else None


# In one JSON value a comma stands between two objects, and a string holds no line end.
_BETWEEN_LINES = re.compile(rb"\}\r?\n\{")
