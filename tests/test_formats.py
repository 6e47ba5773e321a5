import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playhead import formats
from playhead.cassette import Cassette, Request, Response
from playhead.errors import CassetteError, NotACassette, PlayheadError
from playhead.formats.document import Document, spell
from support.aws import frame
from support.cassettes import go_vcr, recorded
from support.server import serve

EXAMPLES = Path(__file__).parent.parent / "cassettes"
FILES = sorted(EXAMPLES.rglob("*.yaml"))


def _read(raw: bytes) -> Cassette:
    return formats.read(raw, name="a", file="a.yaml")


def _outcome(raw: bytes) -> Cassette | PlayheadError:
    try:
        return _read(raw)
    except (CassetteError, NotACassette) as error:
        return error


def _values(cassette: Cassette) -> list[tuple[Request, Response]]:
    return [(each.request, each.response) for each in cassette.interactions]


def test_a_cassette_says_where_it_came_from() -> None:
    cassette = formats.read(go_vcr(recorded()), name="x/y", file="/tmp/x/y.yaml")
    assert (cassette.name, cassette.file, cassette.format) == ("x/y", "/tmp/x/y.yaml", "go-vcr v2")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"just text",
        b"- a\n- list\n",
        b"services: {a: &a {image: x}, b: *a}\n",
        b"x-a: &a {b: 1}\nservice:\n  <<: *a\n",
        b"kind: Service\n---\nkind: Deployment\n",
        b"a: 1\na: 2\n",
        b"note: the interactions, here\n",
    ],
)
def test_a_file_that_is_something_else_is_no_cassette(raw: bytes) -> None:
    with pytest.raises(NotACassette, match="is not a cassette"):
        _read(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"version: 2\ninteractions: []\ninteractions: []\n", "has the key 'interactions' twice"),
        (b"version: 2\ninteractions: &a []\nx: *a\n", "uses the YAML alias"),
        (b"http_interactions: []\n---\na: 1\n", "holds several YAML documents"),
        (b'{"a": 1, "a": 2,\n "interactions" : []}', "has the key 'a' twice"),
    ],
)
def test_a_cassette_that_uses_what_no_recorder_writes_is_broken(raw: bytes, reason: str) -> None:
    with pytest.raises(CassetteError, match=reason) as caught:
        _read(raw)
    assert caught.value.line > 0


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        (b"interactions: []\nversion: 1\n", "vcrpy"),
        (b"interactions: []\n", "vcrpy"),
        (b"interactions: []\nversion: 2\n", "go-vcr v2"),
        (b"http_interactions: []\nrecorded_with: VCR 6.0\n", "Ruby VCR"),
        (b"log: {entries: []}\n", "HAR 1.2"),
    ],
)
def test_an_empty_cassette_is_one(raw: bytes, form: str) -> None:
    cassette = _read(raw)
    assert (cassette.format, cassette.interactions) == (form, ())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"interactions: []\nversion: 3\n", "is of version '3', which is not read"),
        (b"interactions: [{}]\nversion: 3\n", "is of version '3', which is not read"),
        (b"interactions: [{request: {url: /v1}}]\n", "has no `version: 2` beside its"),
        (b"version: 1\ninteractions: {a: b}\n", "interactions: is not a list"),
        (b"http_interactions: []\n", "recorded_with: is missing; the file may be cut short"),
    ],
)
def test_a_recording_in_another_format_is_not_passed_over(raw: bytes, reason: str) -> None:
    with pytest.raises(CassetteError, match=reason):
        _read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"interactions: [{request: {model: grpc}}]\nversion: 1\n",
        b"interactions: [words]\n",
        b"requests: [words]\nresponses: [words]\n",
        b"log: here\n",
    ],
)
def test_what_only_looks_like_a_cassette_is_none(raw: bytes) -> None:
    with pytest.raises(NotACassette):
        _read(raw)


def test_a_json_file_is_read_as_json() -> None:
    raw = b'{"version": 2,\n"interactions": []}'
    assert formats.read(raw, name="a", file="a.json.gz").format == "go-vcr v2"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"interactions": [',
        b'{"http_interactions": [',
        b'{"log": {"entries": [',
        b'{"a": 1, "a": 2, "log": {}}',
    ],
)
def test_a_json_file_that_claims_to_be_a_recording_and_is_no_json_is_broken(raw: bytes) -> None:
    with pytest.raises(CassetteError):
        formats.read(raw, name="a", file="a.har")


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a": 1, "a": 2}', b"\xff", b"[" * 100_000])
def test_any_other_file_that_is_no_json_is_no_cassette(raw: bytes) -> None:
    with pytest.raises(NotACassette, match="is not a cassette"):
        formats.read(raw, name="a", file="a.json")


@pytest.mark.parametrize(
    ("content_type", "url"),
    [
        ("application/vnd.amazon.eventstream", "/anything"),
        ("**REDACTED**", "/model/m/converse-stream"),
    ],
)
def test_a_damaged_aws_event_stream_is_noted_and_kept(content_type: str, url: str) -> None:
    sound = frame(b'{"a":1}')
    damaged = sound + sound[:-1] + b"\0" + sound
    headers = (("Content-Type", content_type),)
    raw = go_vcr(
        recorded(url=url, headers=headers, answer=sound),
        recorded(url=url, headers=headers, answer=damaged),
        recorded(url=url, headers=(("Content-Type", "image/png"),), answer=damaged),
        recorded(headers=(), answer=damaged),
    )
    cassette = _read(raw)
    place = f"#1: its AWS event stream is damaged from byte {len(sound)} on; served as it is"
    assert cassette.notes == (place,)
    assert cassette.interactions[1].response.body == damaged


COMPRESSED = gzip.compress(b'{"model": "m"}', mtime=0)


def _of_a_compressed_request(folder: Path) -> dict[str, str]:
    """A cassette of each format below `folder`; return the path that was asked in each."""
    headers = (("Content-Encoding", "gzip"),)
    url, encoded = "https://a.b/v1/", base64.b64encode(COMPRESSED).decode()
    listed = {name: [value] for name, value in headers}
    request: dict[str, Any] = {"method": "POST", "headers": listed}
    response: dict[str, Any] = {"headers": {}, "status": {"code": 200, "message": "OK"}}
    (folder / "a.yaml").write_bytes(
        go_vcr(recorded(url=url + "go-vcr", sent=COMPRESSED, request_headers=headers))
    )
    (folder / "b.yaml").write_text(
        f"interactions:\n- request: {{method: POST, uri: '{url}vcrpy', body: !!binary {encoded},\n"
        "    headers: {Content-Encoding: gzip}}\n"
        "  response: {status: {code: 200, message: OK}, body: {string: '{}'}}\nversion: 1\n"
    )
    ruby = {
        "request": {**request, "uri": url + "ruby", "body": {"base64_string": encoded}},
        "response": {**response, "body": {"string": "{}"}},
    }
    (folder / "c.json").write_text(
        json.dumps({"http_interactions": [ruby], "recorded_with": "VCR"})
    )
    har = {
        "request": {
            "method": "POST",
            "url": url + "har",
            "headers": [{"name": name, "value": value} for name, value in headers],
            "postData": {"text": encoded, "encoding": "base64"},
        },
        "response": {"status": 200, "headers": [], "content": {"text": "{}"}},
    }
    (folder / "d.har").write_text(json.dumps({"log": {"entries": [har]}}))
    return {name: f"/v1/{name}" for name in ("go-vcr", "vcrpy", "ruby", "har")}


def test_a_compressed_request_is_answered_as_it_was_recorded_in_every_format(
    tmp_path: Path,
) -> None:
    paths = _of_a_compressed_request(tmp_path)
    with serve(tmp_path) as server:
        statuses = {name: server.post(path, COMPRESSED).status for name, path in paths.items()}
    assert statuses == dict.fromkeys(paths, 200)


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        ((), ""),
        (("interactions",), "interactions"),
        (("interactions", 3, "response", "code"), "interactions[3].response.code"),
    ],
)
def test_a_place_is_spelled_as_in_code(path: tuple[str | int, ...], spelled: str) -> None:
    assert spell(path) == spelled


def test_an_error_has_the_line_of_its_place() -> None:
    document = Document(raw=b"a:\n  b:\n    c: 1\n", tree="", file="x")
    error = document.error(("a", "b", "c"), "is odd")
    assert (error.reason, error.line) == ("a.b.c: is odd", 3)


def test_a_note_names_its_place() -> None:
    document = Document(raw=b"a: 1", tree="", file="x")
    document.note(("a",), "is odd")
    assert document.cassette("x", "none", ()).notes == ("a: is odd",)


def _assert_never_half(raw: bytes, sizes: range) -> None:
    """A cut file is an error, or as good as the whole: at most its last line end is lost."""
    whole = _values(_read(raw))
    for size in sizes:
        cut = _outcome(raw[:size])
        if isinstance(cut, Cassette):
            assert _values(cut) == whole, f"cut to {size} of {len(raw)} bytes"
            assert not raw[size:].strip(), f"cut to {size} of {len(raw)} bytes"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(EXAMPLES)))
def test_a_cut_example_is_never_served_as_if_it_were_whole(file: Path) -> None:
    raw = file.read_bytes()
    _assert_never_half(raw, range(0, len(raw) - 400, 1 + len(raw) // 1000))
    _assert_never_half(raw, range(len(raw) - 400, len(raw)))


@pytest.mark.parametrize("wide", [False, True])
def test_a_cut_at_any_byte_of_a_cassette_is_seen(wide: bool) -> None:  # noqa: FBT001
    headers = (("A", "b"), ("A", "c"))
    one = recorded(headers=headers, answer=b"data: x\n\ndata: y\n\n", duration="1h1m1.25s")
    _assert_never_half(go_vcr(one, wide=wide), range(len(go_vcr(one, wide=wide))))


def test_only_a_cut_between_two_interactions_is_not_seen() -> None:
    raw = go_vcr(recorded(), recorded(status=500), recorded(answer=b"\xff" * 9))
    whole = _values(_read(raw))
    served = set()
    for size in range(len(raw)):
        cut = _outcome(raw[:size])
        if isinstance(cut, Cassette):
            served.add(len(cut.interactions))
            assert _values(cut) == whole[: len(cut.interactions)]
    assert served == {1, 2, 3}


@settings(deadline=None)
@given(
    file=st.sampled_from(FILES),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), min_size=1, max_size=6),
    removed=st.integers(0, 3),
)
def test_an_example_with_random_bytes_in_it_is_read_or_refused(
    file: Path, edits: list[tuple[float, bytes]], removed: int
) -> None:
    raw = file.read_bytes()
    for place, patch in edits:
        at = int(place * len(raw))
        raw = raw[:at] + patch + raw[at + removed :]
    outcome = _outcome(raw)
    assert str(outcome)
    served = outcome.interactions if isinstance(outcome, Cassette) else ()
    assert all(200 <= each.response.status <= 599 for each in served)


@settings(deadline=None)
@given(
    lines=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    moved=st.integers(0, 40),
    indent=st.sampled_from(
        [b"", b" ", b"- ", b"? ", b"!x ", b"&a ", b"*a ", b"<<: ", b'"', b"|\n"]
    ),
)
def test_a_cassette_with_damaged_lines_is_read_or_refused(
    lines: list[int], moved: int, indent: bytes
) -> None:
    text = go_vcr(recorded(), recorded(answer=b"\xff")).split(b"\n")
    for at in lines:
        text.insert(moved % len(text), indent + text[at % len(text)])
    outcome = _outcome(b"\n".join(text))
    assert outcome.interactions if isinstance(outcome, Cassette) else str(outcome)
