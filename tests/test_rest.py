from typing import Any

import pytest

from playhead import formats
from playhead.formats.rest import rest

KEPT = ("version", "list[].kept", "list[].mapping.member")


@pytest.mark.parametrize(
    ("tree", "sentences"),
    [
        ({"version": "2", "list": [{"kept": {"a": 1}}]}, []),
        ({"other": "x"}, ["other: not carried over"]),
        ({"list": [{"form": {"a": ["b"]}}] * 2}, ["list[].form: not carried over, 2 times"]),
        ({"list": [{"mapping": {"member": 1, "b": 2}}]}, ["list[].mapping.b: not carried over"]),
        ({"list": [{"mapping": "read in its stead"}]}, []),
        ({"a": None, "b": "", "c": {}, "d": [{}], "e": -1, "f": "false", "g": False, "h": 0}, []),
        ("words", []),
    ],
)  # fmt: skip
def test_each_field_that_is_not_kept_is_named_once(tree: Any, sentences: list[str]) -> None:
    assert list(rest(tree, KEPT)) == sentences


@pytest.mark.parametrize(
    ("raw", "file", "sentences"),
    [
        (
            b"version: 2\ninteractions:\n- request: {method: GET, url: /, form: {a: [b]}}\n"
            b"  response: {code: 200, uncompressed: true}\n",
            "a.yaml",
            ("interactions[].request.form: not carried over",),
        ),
        (
            b"interactions:\n- request: {method: GET, uri: /, body: {a: 1}}\n"
            b"  response: {status: {code: 200, message: OK}, body: {string: x}, url: /}\n",
            "a.yaml",
            ("interactions[].response.url: not carried over",),
        ),
        (
            b"http_interactions:\n- request: {method: get, uri: /, body: x}\n"
            b"  response: {status: 200, body: {encoding: UTF-8, string: x}}\n"
            b"  recorded_at: now\nrecorded_with: VCR\n",
            "a.yaml",
            (
                "http_interactions[].recorded_at: not carried over",
                "recorded_with: not carried over",
            ),
        ),
        (
            b'{"log": {"pages": [{"id": "1"}], "entries": [{"timings": {"wait": 1, "receive": 5},'
            b' "request": {"method": "GET", "url": "/", "cookies": [{"name": "a"}]},'
            b' "response": {"status": 200, "content": {"text": "x", "compression": 3}}}]}}',
            "a.har",
            (
                "log.pages: not carried over",
                "log.entries[].timings.receive: not carried over",
                "log.entries[].request.cookies: not carried over",
                "log.entries[].response.content.compression: not carried over",
            ),
        ),
    ],
)
def test_every_format_says_what_it_leaves_behind(
    raw: bytes, file: str, sentences: tuple[str, ...]
) -> None:
    cassette, left = formats.read_with_rest(raw, name="a", file=file)
    assert len(cassette.interactions) == 1
    assert left == sentences
