import json
from typing import Any

import pytest

from playhead.asked import asked
from playhead.wish import Wish, opposite_url, plain_url, wish_of

GEMINI = "/v1beta/models/gemini-2.5-flash:"
VERTEX = "/v1/projects/p/locations/l/publishers/anthropic/models/claude:"


def _wish(path: str, body: Any, query: str = "") -> Wish | None:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return wish_of(asked("POST", path.encode(), query.encode(), None, sent))


def _streams(path: str, **body: Any) -> bool:
    wish = _wish(path, body)
    assert wish is not None
    return wish.streams


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses", "/v1/messages"])
def test_the_body_tells_openai_and_anthropic(path: str) -> None:
    assert _streams(path, stream=True)
    assert not _streams(path)
    assert not _streams(path, stream=None)


@pytest.mark.parametrize(
    ("streamed", "plain"),
    [
        (f"{GEMINI}streamGenerateContent", f"{GEMINI}generateContent"),
        (f"{VERTEX}streamRawPredict", f"{VERTEX}rawPredict"),
    ],
)
def test_the_path_tells_google(streamed: str, plain: str) -> None:
    wish = _wish(streamed, {"a": 1})
    assert wish is not None
    assert wish.streams
    assert wish.plain.route == asked("POST", plain.encode(), b"", None, b"").route
    assert not _streams(plain)


def test_a_wish_is_no_part_of_the_plain_request() -> None:
    sent = {"model": "m", "stream": True, "stream_options": {"include_usage": True}}
    wish = _wish("/v1/chat/completions", sent)
    assert wish is not None
    assert json.loads(wish.plain.body) == {"model": "m"}


@pytest.mark.parametrize(
    ("options", "usage"),
    [({"include_usage": True}, True), ({"include_usage": False}, False), (None, False)],
)
def test_a_chat_may_wish_for_its_usage(*, options: Any, usage: bool) -> None:
    wish = _wish("/v1/chat/completions", {"stream": True, "stream_options": options})
    assert wish is not None
    assert wish.usage is usage


@pytest.mark.parametrize(
    ("query", "sse"), [("alt=sse", True), ("key=k&alt=sse", True), ("", False)]
)
def test_gemini_may_wish_for_events(*, query: str, sse: bool) -> None:
    wish = _wish(f"{GEMINI}streamGenerateContent", {}, query)
    assert wish is not None
    assert wish.sse is sse


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/embeddings", {}),
        ("/v1/chat/completions", b""),
        ("/v1/chat/completions", []),
        ("/v1/else", {"stream": True}),
    ],
)
def test_what_has_no_opposite_has_no_wish(path: str, body: Any) -> None:
    assert _wish(path, body) is None


@pytest.mark.parametrize(
    ("operation", "url", "plain", "opposite"),
    [
        ("generateContent", "https://g/m:generateContent?k=1", "https://g/m:generateContent?k=1",
         "https://g/m:streamGenerateContent?k=1"),
        ("streamRawPredict", "/m:streamRawPredict", "/m:rawPredict", "/m:rawPredict"),
        ("messages", "/v1/messages", "/v1/messages", "/v1/messages"),
    ],
)  # fmt: skip
def test_a_url_says_the_wish_only_to_google(
    operation: str, url: str, plain: str, opposite: str
) -> None:
    assert plain_url(url, operation) == plain
    assert opposite_url(url, operation) == opposite
