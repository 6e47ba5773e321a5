import json
from collections.abc import Iterator
from typing import Any

import pytest

from playhead import formats, writers

BODY = '{"a": 1}'
HEADERS = {"Content-Type": ["application/json"], "Location": ["/x"]}
PAIRS = [{"name": name, "value": value} for name, (value,) in HEADERS.items()]
PROTO = {"proto": "HTTP/1.1", "proto_major": 1, "proto_minor": 1, "content_length": 8}
RUBY = {"body": {"string": BODY, "encoding": "UTF-8"}, "headers": HEADERS}
VCRPY_REQUEST = {"method": "POST", "uri": "https://a.b/c", "body": BODY, "headers": HEADERS}
VCRPY_RESPONSE = {
    "status": {"code": 200, "message": "OK"},
    "headers": HEADERS,
    "body": {"string": BODY},
    "http_version": "HTTP/1.1",
}

RECORDINGS: dict[str, Any] = {
    "go-vcr": {
        "version": 2,
        "interactions": [
            {
                "id": 0,
                "request": {
                    **PROTO, "host": "a.b", "body": BODY, "headers": HEADERS,
                    "url": "https://a.b/c", "method": "POST",
                },
                "response": {
                    **PROTO, "body": BODY, "headers": HEADERS, "status": "200 OK", "code": 200,
                    "duration": "1s", "uncompressed": False,
                    "x_playhead": {"event_offsets_ms": [1], "complete": True},
                },
            }
        ],
    },
    "vcrpy": {
        "version": 1,
        "interactions": [{"request": VCRPY_REQUEST, "response": VCRPY_RESPONSE}],
    },
    "langchain": {"requests": [VCRPY_REQUEST], "responses": [VCRPY_RESPONSE]},
    "ruby": {
        "http_interactions": [
            {
                "request": {"method": "post", "uri": "https://a.b/c", **RUBY},
                "response": {
                    "status": {"code": 200, "message": "OK"}, "http_version": "1.1", **RUBY,
                },
            }
        ],
        "recorded_with": "",
    },
    "har": {
        "log": {
            "version": "1.2",
            "entries": [
                {
                    "startedDateTime": "2026-01-02T03:04:05Z",
                    "time": 5,
                    "timings": {"wait": 5},
                    "request": {
                        "method": "POST", "url": "https://a.b/c?d=e+f", "httpVersion": "HTTP/1.1",
                        "headers": PAIRS, "bodySize": 3,
                        "queryString": [{"name": "d", "value": "e%20f"}],
                        "postData": {
                            "mimeType": "application/json", "text": "a=1", "encoding": "",
                            "params": [{"name": "a", "value": "1"}],
                        },
                    },
                    "response": {
                        "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1",
                        "headers": PAIRS, "redirectURL": "/x", "bodySize": -1,
                        "content": {
                            "size": 8, "mimeType": "application/json; charset=utf-8",
                            "text": BODY, "encoding": "", "_decoded": False,
                        },
                        "_playhead": {"event_offsets_ms": [1], "complete": True},
                    },
                }
            ],
        }
    },
}  # fmt: skip

OTHERS: dict[str, Any] = {
    "method": "PUT", "status": 404, "code": 404, "duration": "2s", "proto": "HTTP/2.0",
    "encoding": "utf-16", "http_version": "HTTP/2.0", "httpVersion": "HTTP/2.0", "complete": False,
    "bodySize": 99, "mimeType": "text/plain", "uncompressed": True, "_decoded": True,
    "startedDateTime": "yesterday",
}  # fmt: skip
IDENTITY = ("version", "recorded_with")


def _copy(tree: Any) -> Any:
    """A copy that shares nothing within itself either."""
    return json.loads(json.dumps(tree))


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for name, member in members:
            yield from _leaves(member, (*path, name))
    elif path[-1] not in IDENTITY:
        yield path


def _converted(tree: Any, to: str) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    """What is written of a recording, and what is said of it."""
    raw = json.dumps(tree).encode()
    cassette, lost = formats.read_with_rest(raw, name="a", file="a.json")
    written = writers.write(cassette, to)
    return written.content, (*lost, *written.lost), cassette.notes


def _at(tree: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _altered(form: str, path: tuple[str | int, ...]) -> Any:
    tree = _copy(RECORDINGS[form])
    held = _at(tree, path[:-1])
    value = held[path[-1]]
    other = value + 1 if isinstance(value, int) else f"{value}x"
    held[path[-1]] = other if path[-1] == "status" and value == "200 OK" else OTHERS.get(
        str(path[-1]), other
    )  # fmt: skip
    return tree


@pytest.mark.parametrize("to", writers.FORMATS)
@pytest.mark.parametrize(
    ("form", "path"), [(form, path) for form in RECORDINGS for path in _leaves(RECORDINGS[form])]
)
def test_whatever_a_recording_says_is_written_or_named(
    form: str, path: tuple[str | int, ...], to: str
) -> None:
    assert _converted(_altered(form, path), to) != _converted(RECORDINGS[form], to)


@pytest.mark.parametrize("form", RECORDINGS)
def test_nothing_is_named_of_a_recording_that_agrees_with_itself(form: str) -> None:
    cassette, lost = formats.read_with_rest(
        json.dumps(RECORDINGS[form]).encode(), name="a", file="a.json"
    )
    assert (len(cassette.interactions), lost) == (1, ())


def _lost(form: str, path: str, value: object) -> tuple[str, ...]:
    """What is named where the field at `path` of the one exchange is `value`."""
    tree = _copy(RECORDINGS[form])
    above, _, name = path.rpartition(".")
    _at(tree, tuple(int(step) if step.isdigit() else step for step in above.split(".")))[name] = (
        value
    )
    raw = json.dumps(tree).encode()
    return formats.read_with_rest(raw, name="a", file="a.json")[1]


ENTRY = "log.entries.0"


@pytest.mark.parametrize(
    ("form", "path", "value", "named"),
    [
        ("go-vcr", "interactions.0.id", 7, "interactions[].id"),
        ("go-vcr", "interactions.0.response.content_length", -1,
         "interactions[].response.content_length"),
        ("vcrpy", "interactions.0.request.parsed_body", {"b": 1}, "interactions[].request.body"),
        ("vcrpy", "interactions.0.response.parsed_body", {"b": 1}, "interactions[].response.body"),
        ("vcrpy", "interactions.0.response.body.base64_string", "e30=",
         "interactions[].response.body"),
        ("vcrpy", "interactions.0.response.status_code", 201, "interactions[].response.status"),
        ("vcrpy", "interactions.0.response.status.message", "a\nb",
         "interactions[].response.status.message"),
        ("vcrpy", "interactions.0.response.http_version", "HTTP/9",
         "interactions[].response.http_version"),
        ("langchain", "responses.0.content", "x", "responses[].body"),
        ("langchain", "requests.0.parsed_body", {}, "requests[].body"),
        ("ruby", "http_interactions.0.request.body.base64_string", "e30=",
         "http_interactions[].request.body.string"),
        ("har", f"{ENTRY}.time", 9, "log.entries[].time"),
        ("har", f"{ENTRY}.request.httpVersion", "spdy", "log.entries[].request.httpVersion"),
        ("har", f"{ENTRY}.request.postData.params", [{"name": "a", "value": "1", "fileName": "f"}],
         "log.entries[].request.postData.params"),
        ("har", f"{ENTRY}.response.httpVersion", "spdy", "log.entries[].response.httpVersion"),
        ("har", f"{ENTRY}.response.statusText", "a\nb", "log.entries[].response.statusText"),
        ("har", f"{ENTRY}.response.bodySize", 99, "log.entries[].response.bodySize"),
    ],
)  # fmt: skip
def test_what_is_not_written_as_it_is_said_is_named(
    form: str, path: str, value: object, named: str
) -> None:
    assert _lost(form, path, value) == (f"{named}: not carried over",)


@pytest.mark.parametrize("wait", [2 * 24 * 3600 * 1000, 10**400, "5"])
def test_a_wait_that_nobody_waited_is_named(wait: object) -> None:
    lost = _lost("har", f"{ENTRY}.timings.wait", wait)
    assert "log.entries[].timings.wait: not carried over" in lost


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("request.queryString", ["words"]),
        ("request.queryString", "words"),
        ("request.postData.params", [1, {}]),
        ("response.content.mimeType", "x-unknown"),
    ],
)
def test_what_says_nothing_is_not_named(path: str, value: object) -> None:
    assert _lost("har", f"{ENTRY}.{path}", value) == ()


def test_fields_of_an_entry_that_is_left_out_are_not_compared() -> None:
    tree = _copy(RECORDINGS["har"])
    tree["log"]["entries"].insert(0, {"request": {"url": "data:,x"}, "response": {}})
    cassette, lost = formats.read_with_rest(json.dumps(tree).encode(), name="a", file="a.har")
    assert (len(cassette.interactions), lost) == (1, ())


def test_other_shapes_of_the_same_are_compared_too() -> None:
    tree = _copy(RECORDINGS)
    vcrpy, ruby, har = tree["vcrpy"], tree["ruby"], tree["har"]
    vcrpy["interactions"][0]["response"]["body"] = BODY
    ruby["http_interactions"][0]["request"]["body"] = BODY
    har["log"]["entries"][0]["request"] |= {"postData": None, "bodySize": 0}
    del har["log"]["entries"][0]["timings"]
    del har["log"]["entries"][0]["time"]
    del har["log"]["entries"][0]["response"]["content"]
    del har["log"]["entries"][0]["response"]["_playhead"]
    for each in (vcrpy, ruby, har):
        raw = json.dumps(each).encode()
        assert formats.read_with_rest(raw, name="a", file="a.json")[1] == ()
