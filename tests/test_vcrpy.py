import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from playhead import formats
from playhead.cassette import Cassette, Interaction, Request, Response
from playhead.errors import CassetteError, NotACassette

REQUEST: dict[str, Any] = {
    "body": '{"a": 1}',
    "headers": {"Content-Type": ["application/json"]},
    "method": "POST",
    "uri": "https://api.openai.com/v1/chat/completions",
}
RESPONSE: dict[str, Any] = {
    "body": {"string": '{"b": 2}'},
    "headers": {"Content-Type": ["application/json"]},
    "status": {"code": 200, "message": "OK"},
}


class _WithoutAliases(yaml.Dumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _dumped(tree: Mapping[str, Any]) -> bytes:
    text: str = yaml.dump(tree, Dumper=_WithoutAliases)
    return text.encode()


def _written(request: Mapping[str, Any] = REQUEST, response: Mapping[str, Any] = RESPONSE) -> bytes:
    """A cassette with vcrpy's own serialiser."""
    tree = {"interactions": [{"request": request, "response": response}], "version": 1}
    return _dumped(tree)


def _read(raw: bytes, file: str = "a.yaml") -> Cassette:
    return formats.read(raw, name="a", file=file)


def _one(*, request: Mapping[str, Any] = {}, response: Mapping[str, Any] = {}) -> Interaction:
    raw = _written({**REQUEST, **request}, {**RESPONSE, **response})
    (found,) = _read(raw).interactions
    return found


def _fault(raw: bytes, file: str = "a.yaml") -> str:
    with pytest.raises(CassetteError) as caught:
        _read(raw, file)
    return caught.value.reason


def _without(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


def test_an_interaction_is_read() -> None:
    cassette = _read(_written())
    (found,) = cassette.interactions
    assert (cassette.format, found.id) == ("vcrpy", 0)
    assert (found.request.method, found.request.url) == ("POST", REQUEST["uri"])
    assert (found.request.body, found.response.body) == (b'{"a": 1}', b'{"b": 2}')
    assert found.response.headers == (("Content-Type", "application/json"),)
    assert (found.response.status, found.response.duration) == (200, 0.0)


def test_a_method_may_be_in_lower_case() -> None:
    assert _one(request={"method": "post"}).request.method == "POST"


@pytest.mark.parametrize(
    ("stored", "body"),
    [
        ("é", "é".encode()),
        (b"\xff", b"\xff"),
        (None, b""),
        ({"a": 1, "b": [True, None]}, b'{"a": 1, "b": [true, null]}'),
        ([1, "1"], b'[1, "1"]'),
    ],
)
def test_a_request_body_is_text_or_bytes_or_a_value(stored: object, body: bytes) -> None:
    assert _one(request={"body": stored}).request.body == body


def test_parsed_bodies_are_json_again() -> None:
    value = {"text": "é", "n": 1, "x": 1.5, "on": True, "none": None, "number": "1", "list": [1]}
    parsed = {"parsed_body": value}
    found = _one(request=parsed, response=parsed)
    assert found.request.body == found.response.body == json.dumps(value, sort_keys=True).encode()


def test_a_parsed_body_that_holds_bytes_is_an_error() -> None:
    response = {**RESPONSE, "parsed_body": {"a": b"\xff"}}
    assert "response.parsed_body: is no JSON value" in _fault(_written(REQUEST, response))


@pytest.mark.parametrize("stored", ["text", b"text", {"string": "text"}, {"string": b"text"}])
def test_a_response_body_stands_in_string_or_by_itself(stored: object) -> None:
    assert _one(response={"body": stored}).response.body == b"text"


def test_a_response_body_may_be_base64() -> None:
    assert _one(response={"body": {"base64_string": "/w=="}}).response.body == b"\xff"


def test_a_response_body_may_be_nothing() -> None:
    assert _one(response={"body": {"string": None}}).response.body == b""


def test_the_old_stub_of_httpx_is_read() -> None:
    old = {"content": "text", "http_version": "HTTP/1.1", "status_code": 201, "headers": {}}
    (found,) = _read(_written(REQUEST, old)).interactions
    assert (found.response.status, found.response.body) == (201, b"text")


def test_a_compressed_body_is_unpacked() -> None:
    packed = {"string": gzip.compress(b"text")}
    headers = {"content-encoding": ["gzip"]}
    assert _one(response={"body": packed, "headers": headers}).response.body == b"text"


def test_the_two_lists_of_langchain_are_read() -> None:
    tree = {"requests": [REQUEST, REQUEST], "responses": [RESPONSE, {**RESPONSE, "body": "2"}]}
    found = _read(_dumped(tree)).interactions
    assert [(each.id, each.response.body) for each in found] == [(0, b'{"b": 2}'), (1, b"2")]


def test_two_lists_of_different_length_are_an_error() -> None:
    raw = _dumped({"requests": [REQUEST, REQUEST], "responses": [RESPONSE]})
    assert "responses: has 1 entries for 2 requests; the file may be cut short" in _fault(raw)


def test_a_list_of_requests_alone_is_a_cut_cassette() -> None:
    assert "responses: is not a list" in _fault(_dumped({"requests": [REQUEST]}))


@pytest.mark.parametrize("file", [io.BytesIO(b"\xff--"), io.BytesIO(b"a\n"), io.StringIO("é")])
def test_a_request_body_may_be_a_file_in_memory(file: io.BytesIO | io.StringIO) -> None:
    held = file.getvalue()
    body = held.encode() if isinstance(held, str) else held
    assert _one(request={"body": file}).request.body == body


@pytest.mark.parametrize("state", ["{state: []}", "{state: [{a: b}]}", "{a: b}"])
def test_a_file_in_memory_without_content_is_what_else_it_holds(state: str) -> None:
    tag = "!!python/object/new:_io.BytesIO"
    raw = _written().replace(b"'{\"a\": 1}'", f"{tag} {state}".encode())
    (found,) = _read(raw).interactions
    assert found.request.body.startswith(b"{")


def test_headers_that_python_tagged_are_read() -> None:
    raw = _written().replace(
        b"      Content-Type:\n      - application/json\n",
        b"      ? !!python/object/apply:multidict._multidict.istr\n      - Accept\n"
        b"      : - a/b\n      X: !!python/unicode 'y'\n",
    )
    (found,) = _read(raw).interactions
    assert found.response.headers == (("Accept", "a/b"), ("X", "y"))


def test_json_is_read_too() -> None:
    tree = {"version": 1, "interactions": [{"request": REQUEST, "response": RESPONSE}]}
    (found,) = _read(json.dumps(tree).encode(), "a.json").interactions
    (same,) = _read(_written()).interactions
    assert (found.request, found.response) == (same.request, same.response)


def test_the_version_may_be_missing() -> None:
    raw = _dumped({"interactions": [{"request": REQUEST, "response": RESPONSE}]})
    assert len(_read(raw).interactions) == 1


@pytest.mark.parametrize(
    ("request_", "response", "reason"),
    [
        (_without(REQUEST, "method"), RESPONSE, "interactions[0].request.method: is missing"),
        (REQUEST, _without(RESPONSE, "status"), "response.status: is missing or no mapping"),
        (REQUEST, {**RESPONSE, "status": {"code": 200}}, "response.status.message: is missing"),
        (REQUEST, {**RESPONSE, "status": {"message": "OK"}}, "response.status.code: is missing"),
        (REQUEST, {**RESPONSE, "body": {}}, "response.body.string: is missing"),
        (REQUEST, {**RESPONSE, "body": {"base64_string": "*"}}, "base64_string: is not base64"),
        (REQUEST, {**RESPONSE, "body": ["a"]}, "response.body: is neither text nor !!binary"),
    ],
)  # fmt: skip
def test_what_is_missing_is_an_error(
    request_: Mapping[str, Any], response: Mapping[str, Any], reason: str
) -> None:
    assert reason in _fault(_written(request_, response))


def _replayed(cassette: Cassette) -> list[tuple[Request, Response]]:
    """What a cut must not change: not the words beside the status, which may end a file."""
    return [(each.request, replace(each.response, reason="")) for each in cassette.interactions]


def test_a_cassette_cut_at_any_byte_is_an_error_or_loses_whole_interactions_only() -> None:
    tree = {
        "interactions": [{"request": REQUEST, "response": RESPONSE}] * 2,
        "version": 1,
    }
    raw = _dumped(tree)
    whole = _replayed(_read(raw))
    served = set()
    for size in range(len(raw)):
        try:
            cut = _replayed(_read(raw[:size]))
        except (CassetteError, NotACassette):
            continue
        served.add(len(cut))
        assert cut == whole[: len(cut)], size
    assert served == {1, 2}
