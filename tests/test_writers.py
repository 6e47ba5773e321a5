import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import example, given

from playhead import formats, writers
from playhead.cassette import Cassette, Interaction, Request, Response
from support.cassettes import interaction
from support.legal import bodies, cassettes, grouped

DAYS = 2 * 24 * 3600.0


def _cassette(*interactions: Interaction) -> Cassette:
    return Cassette(name="a", file="a", format="any", interactions=interactions)


def _written(to: str, *interactions: Interaction) -> str:
    return writers.write(_cassette(*interactions), to).content.decode()


def _tree(to: str, *interactions: Interaction) -> Any:
    load = yaml.safe_load if to == "go-vcr" else json.loads
    return load(_written(to, *interactions))


def _entry(**fields: Any) -> Any:
    (entry,) = _tree("har", interaction(**fields))["log"]["entries"]
    return entry


def _read(to: str, cassette: Cassette) -> Cassette:
    content = writers.write(cassette, to).content
    return formats.read(content, name=cassette.name, file=f"a{writers.FORMATS[to][1]}")


def _values(cassette: Cassette) -> list[tuple[int, Request, Response]]:
    return [(each.id, each.request, each.response) for each in cassette.interactions]


def _as_go_vcr_holds(cassette: Cassette) -> list[tuple[int, Request, Response]]:
    """No start of a request, headers of one name together, and a protocol for each request."""
    return [
        (
            id,
            replace(
                request,
                headers=grouped(request.headers),
                protocol=request.protocol or "HTTP/1.1",
                started="",
            ),
            replace(response, headers=grouped(response.headers)),
        )
        for id, request, response in _values(cassette)
    ]


@given(cassettes())
def test_what_is_written_as_har_is_read_back(cassette: Cassette) -> None:
    assert _values(_read("har", cassette)) == _values(cassette)


@given(cassettes())
def test_what_is_written_as_go_vcr_is_read_back(cassette: Cassette) -> None:
    assert _values(_read("go-vcr", cassette)) == _as_go_vcr_holds(cassette)


@given(cassettes())
def test_a_second_writing_is_the_same(cassette: Cassette) -> None:
    for to in writers.FORMATS:
        once = _read(to, cassette)
        assert writers.write(once, to).content == writers.write(_read(to, once), to).content


@given(bodies)
@example(b"\xff")
@example("\N{GRINNING FACE}\r\n".encode())
def test_other_yaml_readers_find_the_same_body(body: bytes) -> None:
    tree = _tree("go-vcr", interaction(sent=body, answer=body))["interactions"][0]
    for held in (tree["request"]["body"], tree["response"]["body"]):
        assert (held if isinstance(held, bytes) else held.encode()) == body


# go-vcr


def test_a_go_vcr_file_has_the_fields_that_go_vcr_writes_in_its_order() -> None:
    one = interaction(request_headers=(("Accept", "*/*"), ("X", "1"), ("X", "2")))
    response = replace(one.response, reason="OK", protocol="HTTP/2.0")
    assert (
        _written("go-vcr", replace(one, response=response))
        == """\
---
version: 2
interactions:
- id: 0
  request:
    proto: HTTP/1.1
    proto_major: 1
    proto_minor: 1
    content_length: 62
    host: api.openai.com
    body: '{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}'
    headers:
      Accept:
      - '*/*'
      X:
      - '1'
      - '2'
    url: https://api.openai.com/v1/chat/completions
    method: POST
  response:
    proto: HTTP/2.0
    proto_major: 2
    proto_minor: 0
    content_length: 11
    body: '{"ok":true}'
    headers:
      Content-Type:
      - application/json
    status: '200 OK'
    code: 200
    duration: 1.5s
"""
    )


@pytest.mark.parametrize(
    ("body", "spelled"),
    [
        (b"", 'body: ""'),
        (b"a\n\nb\n", "body: |\n      a\n\n      b\n"),
        (b"a\nb", "body: |-\n      a\n      b\n"),
        (b"data: a\n\n", "body: |+\n      data: a\n\n"),
        (b" a\n", "body: |2\n       a\n"),
        ("\N{GRINNING FACE}\né\n".encode(), "body: |\n      \N{GRINNING FACE}\n      é\n"),
        (b"it's", "body: 'it''s'"),
        (b"a\r\nb", r'body: "a\r\nb"'),
        ("a\u2028".encode(), r'body: "a\u2028"'),
        (b"\n", r'body: "\n"'),
        (b"a\0", "body: !!binary |\n      YQA=\n"),
        (b"\xff" * 60, f"body: !!binary |\n      {'/' * 76}\n      ////\n"),
    ],
)
def test_a_body_is_readable_where_yaml_holds_it_exactly(body: bytes, spelled: str) -> None:
    assert spelled in _written("go-vcr", interaction(answer=body))


def test_a_cassette_without_interactions_is_written() -> None:
    assert _written("go-vcr") == "---\nversion: 2\ninteractions: []\n"
    assert _tree("har")["log"]["entries"] == []


def test_the_times_of_events_stand_in_the_extension() -> None:
    one = interaction(answer=b"data: a\n\n" * 2, event_offsets=(0.0, 0.0015))
    held = _tree("go-vcr", one)["interactions"][0]["response"]["x_playhead"]
    assert held == {"event_offsets_ms": [0, 1.5], "complete": True}
    assert _tree("har", one)["log"]["entries"][0]["response"]["_playhead"] == held


def test_what_go_vcr_cannot_hold_is_said() -> None:
    mixed = (("A", "1"), ("B", "2"), ("A", "3"))
    one = interaction(headers=mixed, request_headers=mixed, duration=DAYS)
    many = [
        replace(one, id=at, request=replace(one.request, started="2026-01-02T03:04:05Z"))
        for at in range(5)
    ]
    written = writers.write(_cassette(*many), "go-vcr")
    who = "#0, #1, #2 and 2 more"
    assert written.lost == (
        f"{who}: go-vcr does not hold when the request was sent",
        f"{who}: a duration of more than a day is not written",
        f"{who}: request headers of one name that stood apart now stand together",
        f"{who}: response headers of one name that stood apart now stand together",
    )
    assert "duration: 0s" in written.content.decode()


# HAR


def test_a_har_entry_has_all_that_har_demands() -> None:
    entry = _entry(url="https://a.b/c?d=e&f=", headers=(("Location", "/x"),))
    assert entry["startedDateTime"] == "1970-01-01T00:00:00.000Z"
    assert (entry["time"], entry["cache"]) == (1500, {})
    assert entry["timings"] == {"send": 0, "wait": 1500, "receive": 0}
    assert entry["request"]["queryString"] == [
        {"name": "d", "value": "e"},
        {"name": "f", "value": ""},
    ]
    assert entry["response"]["redirectURL"] == "/x"
    assert entry["request"].keys() >= {"httpVersion", "cookies", "headersSize", "bodySize"}
    assert entry["response"].keys() >= {"httpVersion", "cookies", "headersSize", "bodySize"}


def test_a_har_body_is_text_or_base64() -> None:
    entry = _entry(sent=b"\xff", answer="é".encode())
    assert entry["request"]["postData"] == {"mimeType": "", "text": "/w==", "encoding": "base64"}
    assert entry["response"]["content"] == {
        "size": 2, "mimeType": "application/json", "text": "é",
    }  # fmt: skip
    assert "postData" not in _entry(sent=b"")["request"]


@pytest.mark.parametrize("to", ["go-vcr", "har"])
def test_a_body_held_unpacked_is_not_unpacked_again(to: str) -> None:
    packed = gzip.compress(b"a file", mtime=0)
    held = interaction(headers=(("Content-Encoding", "gzip"),), answer=packed)
    (read,) = _read(to, _cassette(held)).interactions
    assert read.response.body == packed


def test_what_har_cannot_hold_is_said() -> None:
    written = writers.write(_cassette(interaction(duration=DAYS)), "har")
    assert written.lost == ("#0: a duration of more than a day is not written",)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, 0), (1.5, 1500), (0.0015, 1.5), (1e-9, 1e-6), (1 / 3, 333.333333)],
)
def test_milliseconds_are_short_where_they_can_be(seconds: float, expected: float) -> None:
    assert writers.milliseconds(seconds) == expected
