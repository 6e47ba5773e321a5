"""Fields that no writer copies: they follow from others, so they survive only where they agree.

A host is that of the URL, a length that of the body. Where a recording says something else, that
is lost, and named. Asked only by those who convert.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from playhead.cassette import Cassette, Headers, Interaction
from playhead.formats import har

_Recorded = Mapping[str, Any]
_Check = Callable[[_Recorded, Interaction], Iterable[str]]


def disagreeing(tree: Any, cassette: Cassette) -> Iterable[str]:
    """Yield the path of each field that says what is not written; once for each time it does."""
    prefix, recorded, check = _by_format(tree, cassette.format)
    for exchange, interaction in zip(recorded, cassette.interactions, strict=True):
        for path in check(exchange, interaction):
            yield f"{prefix}{path}"


def _by_format(tree: Any, form: str) -> tuple[str, list[_Recorded], _Check]:
    if form == "HAR 1.2":
        entries = tree["log"]["entries"]
        return "log.entries[].", [each for each in entries if not har.why_no_exchange(each)], _har
    if form == "Ruby VCR":
        return "http_interactions[].", tree["http_interactions"], _ruby_vcr
    if form != "vcrpy":
        return "interactions[].", tree["interactions"], _go_vcr
    if tree.get("interactions") is not None:
        return "interactions[].", tree["interactions"], _vcrpy
    pairs = zip(tree["requests"], tree["responses"], strict=True)
    return "", [{"request": sent, "response": got} for sent, got in pairs], _langchain


def _go_vcr(recorded: _Recorded, one: Interaction) -> Iterable[str]:
    request, response = recorded["request"], recorded["response"]
    if _says(recorded.get("id"), one.id):
        yield "id"
    if _says(request.get("host"), urlsplit(one.request.url).netloc):
        yield "request.host"
    if _says(request.get("content_length"), len(one.request.body)):
        yield "request.content_length"
    length = -1 if one.response.uncompressed else len(one.response.body)
    if _says(response.get("content_length"), length):
        yield "response.content_length"
    if _says(response.get("status"), f"{one.response.status} {one.response.reason}"):
        yield "response.status"
    for side, message, protocol in (
        ("request", request, one.request.protocol),
        ("response", response, one.response.protocol),
    ):
        yield from (f"{side}.{name}" for name in _protocol(message, protocol))


def _protocol(message: _Recorded, protocol: str) -> Iterable[str]:
    major, _, minor = protocol.removeprefix("HTTP/").partition(".")
    written = {"proto": protocol, "proto_major": major or 0, "proto_minor": minor or 0}
    return (name for name, value in written.items() if _says(message.get(name), value))


def _vcrpy(recorded: _Recorded, one: Interaction) -> Iterable[str]:
    request, response = recorded["request"], recorded["response"]
    if "parsed_body" in request and request.get("body"):
        yield "request.body"
    body = response.get("body")
    held = [response.get("content")]
    held += [body.get("base64_string"), body.get("string")] if isinstance(body, dict) else [body]
    used = 0 if "parsed_body" in response else 1
    if sum(map(bool, held)) > used:
        yield "response.body"
    if "status_code" in response and response.get("status"):
        yield "response.status"
    yield from _words_of(response, one)


def _langchain(recorded: _Recorded, one: Interaction) -> Iterable[str]:
    return (path.replace(".", "s[].", 1) for path in _vcrpy(recorded, one))


def _ruby_vcr(recorded: _Recorded, one: Interaction) -> Iterable[str]:
    for side in ("request", "response"):
        body = recorded[side].get("body")
        if isinstance(body, dict) and body.get("string") and body.get("base64_string"):
            yield f"{side}.body.string"
        encoding = body.get("encoding") if isinstance(body, dict) else None
        if encoding and not str(encoding).upper().startswith(_RUBYS_ENCODINGS):
            yield f"{side}.body.encoding"
    yield from _words_of(recorded["response"], one)


_RUBYS_ENCODINGS = ("UTF-8", "US-ASCII", "ASCII-8BIT", "BINARY", "ISO-8859-")


def _words_of(response: _Recorded, one: Interaction) -> Iterable[str]:
    """The words beside a status, and the version of HTTP, where they are none."""
    status = response.get("status")
    if isinstance(status, dict) and _says(status.get("message"), one.response.reason):
        yield "response.status.message"
    if response.get("http_version") and not one.response.protocol:
        yield "response.http_version"


def _har(recorded: _Recorded, one: Interaction) -> Iterable[str]:
    request, response = recorded["request"], recorded["response"]
    started = recorded.get("startedDateTime")
    if started != har.UNKNOWN_TIME and _says(started, one.request.started):
        yield "startedDateTime"
    timings = recorded.get("timings")
    wait = timings.get("wait") if isinstance(timings, dict) else None
    if wait not in _UNKNOWN and not _is_time(wait, one):
        yield "timings.wait"
    if recorded.get("time") not in _UNKNOWN and not _is_time(recorded.get("time"), one):
        yield "time"
    yield from (f"request.{name}" for name in _har_request(request, one))
    yield from (f"response.{name}" for name in _har_response(response, one))


_UNKNOWN = (None, 0, -1)
_LONGEST_MS = 1e12
_NANOSECOND_MS = 1e-6


def _is_time(milliseconds: Any, one: Interaction) -> bool:
    """Whether a time is the one that is written, to the nanosecond."""
    known = isinstance(milliseconds, int | float) and 0 <= milliseconds <= _LONGEST_MS
    return known and abs(milliseconds - one.response.duration * 1000) < _NANOSECOND_MS


def _har_request(request: _Recorded, one: Interaction) -> Iterable[str]:
    if not _pairs(request.get("queryString")) <= _query(urlsplit(one.request.url).query):
        yield "queryString"
    if request.get("httpVersion") and not one.request.protocol:
        yield "httpVersion"
    if request.get("bodySize") not in (*_UNKNOWN, len(one.request.body)):
        yield "bodySize"
    posted = request.get("postData")
    if isinstance(posted, dict):
        yield from (f"postData.{name}" for name in _posted(posted, one))


def _posted(posted: _Recorded, one: Interaction) -> Iterable[str]:
    if not _is_media_type(posted.get("mimeType"), one.request.headers):
        yield "mimeType"
    if posted.get("encoding") not in _ENCODINGS:
        yield "encoding"
    params = [each for each in _mappings(posted.get("params")) if any(each.values())]
    as_text = _query(one.request.body.decode("utf-8", "replace"))
    is_multipart = str(posted.get("mimeType")).lower().startswith("multipart/")
    if params and (is_multipart or not _pairs(params) <= as_text or any(map(_is_file, params))):
        yield "params"


def _is_file(param: _Recorded) -> bool:
    return bool(param.get("fileName") or param.get("contentType"))


def _har_response(response: _Recorded, one: Interaction) -> Iterable[str]:
    if _says(response.get("statusText"), one.response.reason):
        yield "statusText"
    if response.get("httpVersion") and not one.response.protocol:
        yield "httpVersion"
    if response.get("bodySize") not in _UNKNOWN:
        yield "bodySize"
    if _says(response.get("redirectURL"), _first(one.response.headers, "location")):
        yield "redirectURL"
    content = response.get("content")
    if isinstance(content, dict):
        if content.get("size") not in (*_UNKNOWN, len(one.response.body)):
            yield "content.size"
        if content.get("encoding") not in _ENCODINGS:
            yield "content.encoding"
        if not _is_media_type(content.get("mimeType"), one.response.headers):
            yield "content.mimeType"


_ENCODINGS = (None, "", "base64", "hex")


def _pairs(listed: Any) -> set[tuple[str, str]]:
    """Names and values as a person reads them; recorders differ in what they decode."""
    return {
        (unquote_plus(str(pair.get("name", ""))), unquote_plus(str(pair.get("value", ""))))
        for pair in _mappings(listed)
    }


def _mappings(listed: Any) -> list[_Recorded]:
    """The mappings in a list that no reader has checked."""
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _query(text: str) -> set[tuple[str, str]]:
    return {
        (unquote_plus(name), unquote_plus(value))
        for name, value in parse_qsl(text, keep_blank_values=True)
    }


def _is_media_type(recorded: Any, headers: Headers) -> bool:
    """Whether a media type is none, or that of the headers; Chrome's word for none is known."""
    held = _first(headers, "content-type").partition(";")[0].strip().lower()
    said = str(recorded or "").partition(";")[0].strip().lower()
    return said in ("", "x-unknown", held)


def _first(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _says(recorded: Any, written: object) -> bool:
    """Whether a field says something else than what is written in its place."""
    return recorded not in (None, "") and str(recorded).strip() != str(written).strip()
