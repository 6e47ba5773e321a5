"""Whether a request wishes for a stream, and what is left of it without that wish."""

import json
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit

from playhead import key
from playhead.asked import Asked
from playhead.lenient import mapping

_BY_BODY = frozenset({"chat.completions", "responses", "messages"})
_BY_PATH = {"streamGenerateContent": "generateContent", "streamRawPredict": "rawPredict"}
_STREAMED = {plain: streamed for streamed, plain in _BY_PATH.items()}
_OF_THE_WISH = ("stream", "stream_options")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a request wishes to be answered; `plain` is the same request without any wish.

    `usage` is chat's `stream_options.include_usage`, `sse` Google's `alt=sse`.
    """

    plain: Asked
    streams: bool
    usage: bool
    sse: bool


def wish_of(asked: Asked) -> Wish | None:
    """Return the wish of a request; None where it has none that could be fulfilled otherwise.

    OpenAI and Anthropic are told in the body (`stream`), Google in the path. Anthropic's clients
    tell Vertex in both.
    """
    operation = asked.route.operation
    if operation not in _BY_BODY and operation not in _BY_PATH and operation not in _STREAMED:
        return None
    try:
        body = key.parse(asked.body)
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    rest = {name: value for name, value in body.items() if name not in _OF_THE_WISH}
    plain = _BY_PATH.get(operation, operation)
    path = _renamed(asked.route.path, operation, plain)
    return Wish(
        plain=replace(
            asked,
            route=replace(asked.route, operation=plain, path=path),
            body=json.dumps(rest).encode(),
        ),
        streams=operation in _BY_PATH or (operation in _BY_BODY and body.get("stream") is True),
        usage=mapping(body.get("stream_options")).get("include_usage") is True,
        sse="alt=sse" in asked.query.split("&"),
    )


def plain_url(url: str, operation: str) -> str:
    """Return a URL of `operation` as that of a request without the wish for a stream."""
    return _with_verb(url, operation, _BY_PATH.get(operation, operation))


def opposite_url(url: str, operation: str) -> str:
    """Return a URL of `operation` as that of a request with the opposite wish."""
    return _with_verb(url, operation, {**_BY_PATH, **_STREAMED}.get(operation, operation))


def _with_verb(url: str, verb: str, other: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=_renamed(parts.path, verb, other)))


def _renamed(path: str, verb: str, other: str) -> str:
    if verb == other:
        return path
    before, _, after = path.rpartition(verb)
    return f"{before}{other}{after}"
