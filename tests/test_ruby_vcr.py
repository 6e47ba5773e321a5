import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from playhead import formats
from playhead.cassette import Cassette, Response
from playhead.errors import CassetteError, NotACassette

REQUEST: dict[str, Any] = {
    "method": "post",
    "uri": "https://api.openai.com/v1/responses",
    "body": {"encoding": "UTF-8", "string": '{"a": 1}'},
    "headers": {"Content-Type": ["application/json"]},
}
RESPONSE: dict[str, Any] = {
    "status": {"code": 200, "message": "OK"},
    "headers": {"Content-Type": ["application/json"], "X": "in R no list"},
    "body": {"encoding": "UTF-8", "string": '{"b": 2}'},
}


def _tree(response: Mapping[str, Any], **request: Any) -> dict[str, Any]:
    recorded_at = "Mon, 17 Mar 2025 00:00:00 GMT"
    listed = [{"request": {**REQUEST, **request}, "response": response, "recorded_at": recorded_at}]
    return {"http_interactions": listed, "recorded_with": "VCR 6.3.1"}


def _read(raw: bytes, file: str = "a.yml") -> Cassette:
    return formats.read(raw, name="a", file=file)


def _response(**changed: Any) -> Response:
    raw = yaml.dump(_tree({**RESPONSE, **changed}), sort_keys=False).encode()
    (found,) = _read(raw).interactions
    return found.response


def test_an_interaction_is_read() -> None:
    cassette = _read(yaml.dump(_tree(RESPONSE), sort_keys=False).encode())
    (found,) = cassette.interactions
    assert (cassette.format, found.id) == ("Ruby VCR", 0)
    assert (found.request.method, found.request.url) == ("POST", REQUEST["uri"])
    assert (found.request.body, found.response.body) == (b'{"a": 1}', b'{"b": 2}')
    assert found.response.headers == (("Content-Type", "application/json"), ("X", "in R no list"))
    assert found.response.status == 200


def test_in_r_a_status_is_a_number() -> None:
    assert _response(status=404).status == 404


@pytest.mark.parametrize(
    ("stored", "body"),
    [
        ({"encoding": "UTF-8", "string": "é"}, "é".encode()),
        ({"encoding": "US-ASCII", "string": ""}, b""),
        ({"encoding": "ISO-8859-1", "string": "é"}, b"\xe9"),
        ({"encoding": "ISO-8859-1", "string": "€"}, "€".encode()),
        ({"encoding": "ASCII-8BIT", "string": "é"}, "é".encode()),
        ({"encoding": "", "string": "a"}, b"a"),
        ({"encoding": "a\0b", "string": "a"}, b"a"),
        ({"encoding": "ASCII-8BIT", "string": b"\xff"}, b"\xff"),
        ({"string": "a"}, b"a"),
        ({"encoding": "ASCII-8BIT", "base64_string": "/w==\n"}, b"\xff"),
        ("text", b"text"),
        (None, b""),
    ],
)
def test_a_body_is_in_the_encoding_that_ruby_held_it_in(stored: object, body: bytes) -> None:
    assert _response(body=stored).body == body


def test_a_method_may_be_a_symbol() -> None:
    raw = yaml.dump(_tree(RESPONSE, method=":get"), sort_keys=False).encode()
    assert _read(raw).interactions[0].request.method == "GET"


def test_rubys_own_tag_for_bytes_is_read() -> None:
    raw = yaml.dump(_tree(RESPONSE), sort_keys=False).replace("'{\"b\": 2}'", "!binary '/w=='")
    (found,) = _read(raw.encode()).interactions
    assert found.response.body == b"\xff"


def test_a_compressed_body_is_unpacked() -> None:
    packed = base64.b64encode(gzip.compress(b"text")).decode()
    headers = {"Content-Encoding": "gzip"}
    assert _response(headers=headers, body={"base64_string": packed}).body == b"text"


def test_a_body_that_was_stored_unpacked_is_taken_as_it_is() -> None:
    assert _response(headers={"Content-Encoding": "br"}).body == b'{"b": 2}'


def test_json_is_read_too() -> None:
    raw = json.dumps(_tree(RESPONSE)).encode()
    assert _read(raw, "a.json").interactions[0].response == _response()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"status": None}, "response.status: is missing"),
        ({"status": {"message": "OK"}}, "response.status.code: is missing"),
        ({"body": {"base64_string": "*"}}, "response.body.base64_string: is not base64"),
        ({"body": {"string": ["a"]}}, "response.body.string: is neither text nor !!binary"),
        ({"body": ["a"]}, "response.body: is neither text nor !!binary"),
    ],
)
def test_what_cannot_be_served_is_an_error(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(CassetteError) as caught:
        _response(**changed)
    assert reason in caught.value.reason
    assert caught.value.line > 0


def test_a_cassette_cut_at_any_byte_is_an_error() -> None:
    raw = yaml.dump(_tree(RESPONSE), sort_keys=False).encode()
    end = raw.index(b"recorded_with:") + len(b"recorded_with:")
    for size in range(end):
        with pytest.raises((CassetteError, NotACassette)):
            _read(raw[:size])
    assert len(_read(raw[:end]).interactions) == 1
