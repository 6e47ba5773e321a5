import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import formats
from playhead.cassette import Cassette, Interaction
from playhead.errors import CassetteError

REQUEST: dict[str, Any] = {
    "method": "POST",
    "url": "https://api.openai.com/v1/chat/completions?a=b",
    "headers": [{"name": "Content-Type", "value": "application/json"}],
    "postData": {"mimeType": "application/json", "params": [], "text": '{"a": 1}'},
}
RESPONSE: dict[str, Any] = {
    "status": 200,
    "statusText": "OK",
    "headers": [{"name": ":status", "value": "200"}, {"name": "X", "value": "1"}],
    "content": {"mimeType": "application/json", "size": 8, "text": '{"b": 2}'},
}


def _entry(
    request: Mapping[str, Any] = {},
    response: Mapping[str, Any] = {},
    **entry: Any,
) -> dict[str, Any]:
    return {
        "request": {**REQUEST, **request},
        "response": {**RESPONSE, **response},
        "time": 700,
        "timings": {"wait": 500, "receive": 200},
        **entry,
    }


def _read(*entries: object) -> Cassette:
    raw = json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()
    return formats.read(raw, name="a", file="a.har")


def _one(
    request: Mapping[str, Any] = {},
    response: Mapping[str, Any] = {},
    **entry: Any,
) -> Interaction:
    (found,) = _read(_entry(request, response, **entry)).interactions
    return found


def _content(**content: Any) -> bytes:
    return _one(response={"content": content}).response.body


def _hex(body: bytes) -> str:
    return body.hex()


def _base64(body: bytes) -> str:
    return base64.b64encode(body).decode()


def test_an_entry_is_read() -> None:
    cassette = _read(_entry())
    (found,) = cassette.interactions
    assert (cassette.format, cassette.notes, found.id) == ("HAR 1.2", (), 0)
    assert (found.request.method, found.request.url) == ("POST", REQUEST["url"])
    assert found.request.headers == (("Content-Type", "application/json"),)
    assert (found.request.body, found.response.body) == (b'{"a": 1}', b'{"b": 2}')
    assert (found.response.status, found.response.headers) == (200, (("X", "1"),))
    assert found.response.duration == 0.5


@pytest.mark.parametrize(
    ("entry", "note"),
    [
        (_entry(response={"status": 0}), "response.status: is 0: there was no response"),
        (_entry(response={"status": -1}), "response.status: is -1: there was no response"),
        (_entry(response={"status": "0"}), "response.status: is 0: there was no response"),
        (_entry(response={"status": None}), "response.status: is None: there was no response"),
        (_entry(response={"status": 101}), "response.status: is 101: the connection was upgraded"),
        ({"request": REQUEST, "response": None}, "response: is missing: there was none"),
        ({"request": REQUEST}, "response: is missing: there was none"),
        (_entry(request={"url": "wss://a.b/ws"}), "request.url: is of wss, not of HTTP"),
        (_entry(request={"url": "blob:https://a.b/1"}), "request.url: is of blob, not of HTTP"),
        (_entry(request={"url": "data:,x"}), "request.url: is of data, not of HTTP"),
    ],
)
def test_what_is_no_answered_http_request_is_left_out_with_a_note(
    entry: dict[str, Any], note: str
) -> None:
    cassette = _read(entry, _entry())
    assert [each.id for each in cassette.interactions] == [0]
    assert cassette.notes == (f"log.entries[0].{note}, so the entry is left out",)


@pytest.mark.parametrize("said", [{}, {"_isBinary": True}, {"_isBinary": False}])
@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_the_unmarked_pieces_of_old_polly_are_unpacked(coding: str, said: dict[str, Any]) -> None:
    body = "some text é, some text".encode()
    packed = gzip.compress(body) if coding == "gzip" else brotli.compress(body)
    response = {
        "headers": [{"name": "content-encoding", "value": coding}],
        "content": {"text": json.dumps([packed[:10].hex(), packed[10:].hex()]), **said},
    }
    assert _one(response=response).response.body == body


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({"text": "89504e47", "_isBinary": True}, b"\x89PNG"),
        ({"text": "89504e47", "_isBinary": False}, b"89504e47"),
        ({"text": "89504e47"}, b"89504e47"),
        ({"text": "words", "_isBinary": True}, b"words"),
        ({"text": '["1f8b"]'}, b'["1f8b"]'),
        ({"text": '["words"]'}, b'["words"]'),
    ],
)
def test_a_text_is_hexadecimal_only_where_old_polly_meant_it(
    content: dict[str, Any], body: bytes
) -> None:
    assert _content(**content) == body


@pytest.mark.parametrize(
    ("posted", "body"),
    [
        (None, b""),
        ({"text": "é"}, "é".encode()),
        ({"text": "/w==", "encoding": "base64"}, b"\xff"),
        ({"params": [{"name": "a b", "value": "é"}, {"name": "c"}, {}]}, b"a+b=%C3%A9&c=&="),
        ({"text": "", "params": [{"name": "a", "value": "b"}]}, b"a=b"),
        ({"params": [{"name": "a", "value": "\ud83d"}]}, b"a=%ED%A0%BD"),
        ({}, b""),
    ],
)
def test_what_was_posted_is_text_or_parameters(posted: object, body: bytes) -> None:
    assert _one(request={"postData": posted}).request.body == body


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({"text": "é"}, "é".encode()),
        ({"text": "[1]"}, b"[1]"),
        ({"text": "/w==", "encoding": "base64"}, b"\xff"),
        ({"text": "/w==", "encoding": "base64", "_decoded": True}, b"\xff"),
        ({"text": "ff00", "encoding": "hex"}, b"\xff\0"),
        ({"text": '["ff", "00"]', "encoding": "hex"}, b"\xff\0"),
        ({"text": '["/w==", "AA=="]', "encoding": "base64"}, b"\xff\0"),
        ({"text": "text", "encoding": "utf-8"}, b"text"),
        ({"size": 0}, b""),
    ],
)
def test_a_body_is_text_or_encoded(content: dict[str, Any], body: bytes) -> None:
    assert _content(**content) == body


@pytest.mark.parametrize("content", [None, "text"])
def test_there_may_be_no_content(content: object) -> None:
    assert _one(response={"content": content}).response.body == b""


def test_a_body_that_the_browser_did_not_keep_is_noted() -> None:
    cassette = _read(_entry(response={"content": {"size": 8}}))
    assert "log.entries[0].response.content.text: is missing" in cassette.notes[0]


@pytest.mark.parametrize(("encoding", "spell"), [("base64", _base64), ("hex", _hex)])
def test_the_pieces_of_a_compressed_body_are_joined_and_unpacked(encoding: str, spell: Any) -> None:
    packed = gzip.compress(b"some text, some text")
    text = json.dumps([spell(packed[:10]), spell(packed[10:])])
    response = {
        "headers": [{"name": "Content-Encoding", "value": "gzip"}],
        "content": {"text": text, "encoding": encoding, "_isBinary": True},
    }
    assert _one(response=response).response.body == b"some text, some text"


@pytest.mark.parametrize(
    ("text", "encoding", "reason"),
    [
        ("*", "base64", "is not base64"),
        ("*", "hex", "is not hexadecimal"),
        ("[*", "hex", "is not hexadecimal"),
        ("[" * 100_000, "hex", "is not hexadecimal"),
        (["ff"], "hex", "is not hexadecimal"),
        (1, None, "is neither text nor !!binary"),
    ],
)
def test_a_body_that_is_not_as_it_says_is_an_error(
    text: object, encoding: str | None, reason: str
) -> None:
    with pytest.raises(CassetteError) as caught:
        _content(text=text, encoding=encoding)
    assert f"log.entries[0].response.content.text: {reason}" in caught.value.reason


@pytest.mark.parametrize(
    "timings",
    [None, {}, {"wait": -1}, {"wait": None}, {"wait": "5"}, {"wait": 1e400}, {"wait": 10**400}],
)
def test_a_wait_that_is_not_known_is_none(timings: object) -> None:
    assert _one(timings=timings).response.duration == 0.0


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("words", "log.entries[0]: is not a mapping"),
        ({}, "log.entries[0].response: is missing"),
        (_entry(response={"status": "101 "}), "response.status: '101 ' is not a status"),
        ({"request": REQUEST, "response": {}}, "response.status: is missing"),
        (_entry(response={"status": 42}), "response.status: '42' is not a status"),
        (_entry(response={"headers": {}}), "response.headers: is not a list"),
        (_entry(request={"url": None}), "request.url: is missing"),
    ],
)
def test_what_is_no_entry_is_an_error(entry: object, reason: str) -> None:
    with pytest.raises(CassetteError) as caught:
        _read(entry)
    assert reason in caught.value.reason


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(
    changed=st.dictionaries(
        st.sampled_from(["status", "headers", "content", "statusText"]), values, max_size=2
    ),
    content=st.dictionaries(st.sampled_from(["text", "encoding", "size"]), values),
    timings=values,
)
def test_an_entry_with_random_values_in_it_is_read_or_an_error(
    changed: dict[str, Any], content: dict[str, Any], timings: object
) -> None:
    response = {"content": content, **changed}
    try:
        assert len(_read(_entry(response=response, timings=timings)).interactions) <= 1
    except CassetteError as error:
        reason = error.reason
        assert reason.startswith("log.")
