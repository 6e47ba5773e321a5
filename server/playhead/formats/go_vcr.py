"""go-vcr cassettes, version 2: what go-vcr v3 and v4 write.

The schema is strict because YAML is not: of 10,000 random cuts through real cassettes 64 % are
still valid YAML. What is required is what tells a whole interaction from a cut one, and since
go-vcr writes `duration` last, a response that names its protocol and no duration was cut short.
Hand-written cassettes may leave out everything but `method`, `url` and `code`.
"""

import contextlib
import re
import sys
from itertools import pairwise
from math import inf
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from playhead import sse
from playhead.cassette import Cassette, Headers, Interaction, Request, Response
from playhead.formats.document import Document, Path
from playhead.formats.yaml_tree import Tree

_Fields: TypeAlias = dict[str, Any]

_METHOD = re.compile(r"[A-Za-z]+")
_URL = re.compile(r"(?:https?://[^/\s]+|(?=/))\S*")
_STATUS = re.compile(r"[2-5]\d\d")  # 1xx is not a final answer, and uvicorn closes on the rest
_DURATION = re.compile(r"(?!.{33})(?:(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|\d+)")
_DURATION_PART = re.compile(r"([\d.]+)(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2: a token
_NOT_IN_A_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110, 5.5
_CUT = "the file may be cut short"


def sniff(tree: Tree) -> bool:
    """Whether `tree` says it is a go-vcr cassette of version 2."""
    return isinstance(tree, dict) and "interactions" in tree and tree.get("version") == "2"


def read(document: Document, *, name: str) -> Cassette:
    """Return the cassette; raise CassetteError naming the line and the field at fault."""
    assert isinstance(document.tree, dict)  # noqa: S101 - `sniff` saw it
    listed = document.tree["interactions"]
    if not isinstance(listed, list):
        raise document.error(("interactions",), f"is not a list; {_CUT}")
    reader = _Reader(document, name)
    interactions = tuple(reader.interaction(fields, at) for at, fields in enumerate(listed))
    return Cassette(
        name=name,
        file=document.file,
        format="go-vcr v2",
        interactions=interactions,
        notes=tuple(reader.notes),
    )


def seconds(duration: str) -> float:
    """Return the seconds in a Go duration: `1.5s`, `1m18.0s`, `12µs`; a bare number is ns."""
    if duration.isdigit():
        return int(duration) * 1e-9
    parts = _DURATION_PART.findall(duration)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


class _Reader:
    """The fields of one document, checked as they are taken out."""

    def __init__(self, document: Document, name: str) -> None:
        self._document = document
        self._name = name
        self.notes: list[str] = []

    def interaction(self, fields: Tree, at: int) -> Interaction:
        path: Path = ("interactions", at)
        if not isinstance(fields, dict):
            raise self._document.error(path, f"is not a mapping; {_CUT}")
        request = self._request(self._mapping(fields, "request", path), (*path, "request"))
        response = self._response(self._mapping(fields, "response", path), (*path, "response"))
        return Interaction(cassette=self._name, id=at, request=request, response=response)

    def _request(self, fields: _Fields, path: Path) -> Request:
        return Request(
            method=self._text(fields, "method", path, _METHOD, "an HTTP method").upper(),
            url=self._url(fields, path),
            headers=self._headers(fields, path),
            body=self._body(fields, path),
        )

    def _response(self, fields: _Fields, path: Path) -> Response:
        status = int(self._text(fields, "code", path, _STATUS, "a status from 200 to 599"))
        duration = self._duration(fields, path)
        body = self._measured_body(fields, path)
        return Response(
            status=status,
            headers=self._headers(fields, path),
            body=body,
            duration=duration,
            event_offsets=self._event_offsets(fields, path, body),
        )

    def _mapping(self, fields: _Fields, name: str, path: Path) -> _Fields:
        value = fields.get(name)
        if not isinstance(value, dict):
            raise self._document.error((*path, name), f"is missing or no mapping; {_CUT}")
        return value

    def _text(
        self, fields: _Fields, name: str, path: Path, form: re.Pattern[str], what: str
    ) -> str:
        value = fields.get(name)
        if value is None:
            raise self._document.error((*path, name), f"is missing; {_CUT}")
        if not isinstance(value, str) or not form.fullmatch(value):
            raise self._document.error((*path, name), f"{_shown(value)} is not {what}")
        return value

    def _url(self, fields: _Fields, path: Path) -> str:
        url = self._text(fields, "url", path, _URL, "a URL")
        try:
            urlsplit(url)
        except ValueError as error:  # `http://[`
            raise self._document.error((*path, "url"), f"{_shown(url)}: {error}") from None
        return url

    def _duration(self, fields: _Fields, path: Path) -> float:
        if "duration" not in fields and not fields.get("proto"):
            return 0.0
        text = self._text(fields, "duration", path, _DURATION, "a duration like 1.2s")
        # Go ends every duration it writes with a whole unit of seconds, so `84m` or `84` without
        # the final newline that it writes as well is what a cut leaves of `84ms`.
        if not text.endswith("s") and self._document.raw.endswith(text.encode()):
            raise self._document.error((*path, "duration"), _CUT)
        return seconds(text)

    def _body(self, fields: _Fields, path: Path) -> bytes:
        body = fields.get("body", b"")
        if isinstance(body, str):
            return body.encode("utf-8", "surrogatepass")
        if not isinstance(body, bytes):
            raise self._document.error((*path, "body"), "is neither text nor !!binary")
        return body

    def _measured_body(self, fields: _Fields, path: Path) -> bytes:
        """The response body, put right where its recorded length shows that YAML changed it."""
        body = self._body(fields, path)
        length = fields.get("content_length")
        if not isinstance(length, str) or not length.isdigit() or length in ("0", str(len(body))):
            return body
        if not body.isascii():
            raw_body = self._document.source.raw_bytes((*path, "body"))
            if raw_body is not None and str(len(raw_body)) == length:
                return raw_body
        if body:  # the answer to HEAD has a length and no body
            reason = f"is {length[:20]}, but the body has {len(body)} bytes; edited or re-wrapped?"
            self.notes.append(self._document.note((*path, "content_length"), reason))
        return body

    def _headers(self, fields: _Fields, path: Path) -> Headers:
        recorded = fields.get("headers")
        if not recorded:
            return ()
        if not isinstance(recorded, dict):
            raise self._document.error((*path, "headers"), "is not a mapping of names to values")
        pairs = []
        for name, values in recorded.items():
            for value in values if isinstance(values, list) else (values,):
                if self._legal(name, value, path):
                    pairs.append((sys.intern(name), value))  # noqa: PERF401 - reads best so
        return tuple(pairs)

    def _legal(self, name: str, value: object, path: Path) -> bool:
        """Whether a header can be sent; one that cannot is left out, with a note."""
        if (
            isinstance(value, str)
            and _HEADER_NAME.fullmatch(name)
            and not _NOT_IN_A_HEADER.search(value)
        ):
            return True
        reason = f"the header {name!r} is left out: HTTP does not allow {_shown(value)}"
        self.notes.append(self._document.note((*path, "headers", name), reason))
        return False

    def _event_offsets(self, fields: _Fields, path: Path, body: bytes) -> tuple[float, ...]:
        """The times playhead stores and go-vcr ignores: `x_playhead.event_offsets_ms`."""
        extension = fields.get("x_playhead")
        if extension is None:
            return ()
        listed = extension.get("event_offsets_ms", []) if isinstance(extension, dict) else ""
        offsets: tuple[float, ...] = (-1.0,)
        if isinstance(listed, list):
            with contextlib.suppress(TypeError, ValueError):
                offsets = tuple(float(offset) / 1000 for offset in listed)
        if any(not early <= late < inf for early, late in pairwise((0.0, *offsets))):
            reason = "event_offsets_ms is not a list of milliseconds that never fall"
            raise self._document.error((*path, "x_playhead"), reason)
        if offsets and len(offsets) != (events := len(sse.split(body))):
            reason = f"has {len(offsets)} offsets for {events} events, so none is used"
            self.notes.append(self._document.note((*path, "x_playhead"), reason))
            return ()
        return offsets


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
