import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playhead import formats
from playhead.cassette import Cassette, Headers, Request, Response
from playhead.errors import CassetteError
from playhead.formats import go_vcr
from support.aws import frame
from support.cassettes import go_vcr as written
from support.cassettes import recorded

TOKENS = st.text("abcXYZ-_019", min_size=1, max_size=8)
BODIES = st.binary(max_size=60) | st.text(
    st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=60
).map(str.encode)
EVENT_STREAM = (("Content-Type", "text/event-stream"),)
HEADERS = st.lists(
    st.tuples(TOKENS, st.text("abc ;=/é\t'\"{}", max_size=12)),
    max_size=4,
    unique_by=lambda pair: pair[0],
).map(tuple)


def _read(*interactions: dict[str, Any], cut: int = 0) -> Cassette:
    raw = written(*interactions)
    return formats.read(raw[: len(raw) - cut], name="chat", file="chat.yaml")


def _request(**fields: Any) -> Request:
    changed = recorded()
    changed["request"] |= fields
    return _read(changed).interactions[0].request


def _response(**fields: Any) -> Response:
    changed = recorded()
    changed["response"] |= fields
    return _read(changed).interactions[0].response


def _notes(**fields: Any) -> tuple[str, ...]:
    changed = recorded()
    changed["response"] |= fields
    return _read(changed).notes


def _fault(side: str, **fields: Any) -> CassetteError:
    changed = recorded()
    changed[side] |= fields
    with pytest.raises(CassetteError) as caught:
        _read(recorded(), changed)
    return caught.value


@given(
    sent=BODIES,
    answer=BODIES,
    request_headers=HEADERS,
    headers=HEADERS,
    status=st.integers(200, 599),
    milliseconds=st.integers(0, 10**6),
    wide=st.booleans(),
)
def test_what_was_written_is_read_back(
    *,
    sent: bytes,
    answer: bytes,
    request_headers: tuple[tuple[str, str], ...],
    headers: tuple[tuple[str, str], ...],
    status: int,
    milliseconds: int,
    wide: bool,
) -> None:
    one = recorded(
        sent=sent,
        answer=answer,
        request_headers=request_headers,
        headers=headers,
        status=status,
        duration=f"{milliseconds}ms",
    )
    raw = written(one, recorded(url="/v1/x"), wide=wide)
    cassette = formats.read(raw, name="a/b", file="a/b.yaml")
    first, second = cassette.interactions
    assert (first.name, second.name, cassette.notes) == ("a/b#0", "a/b#1", ())
    assert first.request == Request(
        method="POST",
        url="https://api.openai.com/v1/chat/completions",
        headers=request_headers,
        body=sent,
        protocol="HTTP/1.1",
    )
    assert first.response == Response(
        status=status,
        headers=headers,
        body=answer,
        duration=first.response.duration,
        reason="OK",
        protocol="HTTP/2.0",
    )
    assert first.response.duration == pytest.approx(milliseconds / 1000)


def test_only_version_2_is_ours() -> None:
    assert go_vcr.sniff({"version": "2", "interactions": []})
    assert not go_vcr.sniff({"version": "1", "interactions": []})
    assert not go_vcr.sniff({"version": "2"})
    assert not go_vcr.sniff(["interactions"])


def test_a_cassette_may_hold_no_interactions() -> None:
    assert _read().interactions == ()


@pytest.mark.parametrize("listed", [b"", b"5", b"{a: 1}"])
def test_interactions_that_are_no_list_are_an_error(listed: bytes) -> None:
    with pytest.raises(CassetteError) as caught:
        formats.read(b"version: 2\ninteractions: " + listed, name="a", file="a")
    assert str(caught.value) == "interactions: is not a list; the file may be cut short"


def test_an_interaction_that_is_no_mapping_is_an_error_with_its_line() -> None:
    with pytest.raises(CassetteError) as caught:
        formats.read(b"version: 2\ninteractions:\n- \n", name="a", file="a")
    assert caught.value.reason == "interactions[0]: is not a mapping; the file may be cut short"
    assert caught.value.line == 3


def test_a_hand_written_interaction_needs_a_method_a_url_and_a_code() -> None:
    raw = b"""
version: 2
interactions:
- request: {method: get, url: /v1/models}
  response: {code: 404}
"""
    (found,) = formats.read(raw, name="a", file="a").interactions
    assert (found.request, found.response) == (
        Request(method="GET", url="/v1/models"),
        Response(status=404),
    )


@pytest.mark.parametrize("side", ["request", "response"])
def test_an_interaction_with_one_side_is_an_error(side: str) -> None:
    changed = recorded()
    del changed[side]
    with pytest.raises(CassetteError, match=f"{side}: is missing or no mapping"):
        _read(changed)


@pytest.mark.parametrize(
    ("side", "field"),
    [("request", "method"), ("request", "url"), ("response", "code"), ("response", "duration")],
)
def test_a_missing_field_is_an_error_that_names_it(side: str, field: str) -> None:
    changed = recorded()
    del changed[side][field]
    with pytest.raises(CassetteError) as caught:
        _read(changed)
    reason = f"interactions[0].{side}.{field}: is missing; the file may be cut short"
    assert caught.value.reason == reason


def test_a_fault_is_told_with_its_line() -> None:
    error = _fault("response", code=42)
    assert error.reason == "interactions[1].response.code: '42' is not a status from 200 to 599"
    raw = written(recorded(), recorded()).decode().splitlines()
    lines = [at for at, line in enumerate(raw, 1) if line.lstrip().startswith("code:")]
    assert error.line == lines[1]


@pytest.mark.parametrize("code", [0, 99, 100, 199, 600, 1000, -200, "OK", [200], b"200", 200.0])
def test_a_status_that_cannot_be_sent_is_an_error(code: object) -> None:
    assert "is not a status from 200 to 599" in _fault("response", code=code).reason


@pytest.mark.parametrize("code", [200, 404, 529, 599])
def test_a_status_may_be_a_number_or_text(code: int) -> None:
    assert _response(code=code).status == _response(code=str(code)).status == code


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1/chat/completions",
        "https://host.example/model/a%3A0/invoke?x=%20&y",
        "http://127.0.0.1:8080",
        "http://[::1]:80/v1",
        "/v1/responses",
    ],
)
def test_a_url_is_kept_as_it_was_recorded(url: str) -> None:
    assert _request(url=url).url == url


@pytest.mark.parametrize(
    "url", ["", "v1/x", "ftp://a/b", "https://", "https:///v1", "https://a b/c", "a\n", 5, ["/v1"]]
)
def test_what_is_no_url_is_an_error(url: object) -> None:
    assert "is not a URL" in _fault("request", url=url).reason


@pytest.mark.parametrize("url", ["http://[/v1", "http://a]/v1", "http://a\u2100b/v1"])
def test_a_url_that_python_cannot_take_apart_is_an_error(url: str) -> None:
    assert _fault("request", url=url).reason.startswith("interactions[1].request.url: 'http://")


@pytest.mark.parametrize("method", ["", "GET /", "PO ST", 5, ["GET"]])
def test_what_is_no_method_is_an_error(method: object) -> None:
    assert "is not an HTTP method" in _fault("request", method=method).reason


def test_a_long_value_is_cut_in_the_message() -> None:
    error = _fault("request", url="x" * 5_000)
    assert len(error.reason) < 100


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("0s", 0.0),
        ("1.5s", 1.5),
        ("1.s", 1.0),
        (".5s", 0.5),
        ("626.391292ms", 0.626391292),
        ("12µs", 12e-6),
        ("12μs", 12e-6),
        ("12us", 12e-6),
        ("7ns", 7e-9),
        ("1m18.0s", 78.0),
        ("1h0m0.5s", 3600.5),
        ("2h", 7200.0),
        ("2562047h47m16.854775807s", 9223372036.854776),
        ("1500000000", 1.5),
        (1_500_000_000, 1.5),
    ],
)
def test_every_form_of_a_go_duration_is_read(duration: object, seconds: float) -> None:
    assert _response(duration=duration).duration == pytest.approx(seconds)


@pytest.mark.parametrize(
    "duration",
    ["", "-1s", "1.5", "1 s", "s", "1d", "1.2.3s", "1e3s", "9" * 33, "9" * 400 + "s", []],
)
def test_what_is_no_duration_is_an_error(duration: object) -> None:
    assert "is not a duration like 1.2s" in _fault("response", duration=duration).reason


@pytest.mark.parametrize(
    ("duration", "cut"), [("84ms", 2), ("84ms", 3), ("1h2m3s", 3), ("1h2s", 3)]
)
def test_a_duration_that_the_end_of_the_file_cuts_is_an_error(duration: str, cut: int) -> None:
    with pytest.raises(CassetteError, match="duration: the file may be cut short"):
        _read(recorded(duration=duration), cut=cut)


def test_the_last_line_end_may_be_missing() -> None:
    assert _read(recorded(duration="84ms"), cut=1).interactions[0].response.duration == 0.084


def test_a_duration_in_minutes_is_fine_inside_a_file() -> None:
    assert _response(duration="84m").duration == 84 * 60


def test_a_response_without_a_protocol_needs_no_duration() -> None:
    changed = recorded()
    del changed["response"]["proto"], changed["response"]["duration"]
    assert _read(changed).interactions[0].response.duration == 0.0


@pytest.mark.parametrize("body", [["a"], {"a": 1}])
def test_a_body_that_is_no_scalar_is_an_error(body: object) -> None:
    assert "body: is neither text nor !!binary" in _fault("response", body=body).reason


def test_a_missing_body_is_empty() -> None:
    changed = recorded()
    del changed["request"]["body"], changed["response"]["body"]
    (found,) = _read(changed).interactions
    assert (found.request.body, found.response.body) == (b"", b"")


def _with_body(body: bytes, length: int) -> Cassette:
    raw = written(recorded(answer=b"BODY")).replace(b"body: BODY", b"body: " + body)
    raw = raw.replace(b"content_length: 4\n", b"content_length: %d\n" % length)
    return formats.read(raw, name="a", file="a")


def test_escapes_are_raw_bytes_where_the_recorded_length_says_so() -> None:
    cassette = _with_body(b'"\\x89PNG\\r\\n\\xFF\xc3\xa9"', 9)
    assert cassette.interactions[0].response.body == b"\x89PNG\r\n\xff\xc3\xa9"
    assert cassette.notes == ()


def test_escapes_are_code_points_where_the_recorded_length_says_so() -> None:
    cassette = _with_body(b'"\\xe9a"', 3)
    assert (cassette.interactions[0].response.body, cassette.notes) == ("éa".encode(), ())


def test_a_body_of_another_length_is_served_with_a_note() -> None:
    cassette = _with_body(b'"\\x89PNG"', 99)
    assert cassette.interactions[0].response.body == "\x89PNG".encode()
    (note,) = cassette.notes
    assert note.startswith("interactions[0].response.content_length: is 99, but the body has 5")


@pytest.mark.parametrize("length", ["9" * 5_000, "²"])
def test_an_absurd_length_is_a_note_of_modest_length(length: str) -> None:
    (note,) = _notes(content_length=length)
    assert "content_length: is" in note
    assert len(note) < 140


@pytest.mark.parametrize("length", [-1, 0, "", "many", 11, ["11"]])
def test_these_recorded_lengths_say_nothing_against_a_body(length: object) -> None:
    assert _notes(content_length=length) == ()


def test_a_length_without_a_body_is_the_answer_to_head() -> None:
    assert _notes(content_length=1234, body="") == ()


def test_repeated_headers_keep_their_order() -> None:
    headers = {"B": ["2", "1"], "A": ["0"]}
    assert _response(headers=headers).headers == (("B", "2"), ("B", "1"), ("A", "0"))


def test_a_header_may_have_a_plain_value() -> None:
    assert _response(headers={"A": "b", "C": None}).headers == (("A", "b"),)


@pytest.mark.parametrize("headers", [{}, [], None, ""])
def test_headers_may_be_empty(headers: object) -> None:
    changed = recorded()
    changed["response"] |= {"headers": headers}
    for raw in (written(changed), written(changed).replace(b"headers: null", b"headers:")):
        read = formats.read(raw, name="a", file="a")
        assert read.interactions[0].response.headers == ()


def test_headers_may_be_missing() -> None:
    changed = recorded()
    del changed["request"]["headers"], changed["response"]["headers"]
    (found,) = _read(changed).interactions
    assert (found.request.headers, found.response.headers) == ((), ())


@pytest.mark.parametrize("headers", [["A"], "A: b"])
def test_headers_that_are_no_mapping_are_an_error(headers: object) -> None:
    assert "headers: is not a mapping" in _fault("response", headers=headers).reason


@pytest.mark.parametrize(
    "value",
    ["a\rb", "a\nb", "a\r\nX-Evil: 1", "a\0b", "a\x7fb", "a\x1bb", b"\xff", {"a": "b"}, [["a"]]],
)
def test_a_header_value_that_http_does_not_allow_is_left_out_with_a_note(value: object) -> None:
    changed = recorded()
    changed["response"]["headers"] = {"X-A": value, "X-B": ["fine\t"]}
    cassette = _read(changed)
    (note,) = cassette.notes
    assert note.startswith("interactions[0].response.headers: the header 'X-A' is left out")
    assert cassette.interactions[0].response.headers == (("X-B", "fine\t"),)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "é", "a\r\nb"])
def test_a_header_name_that_http_does_not_allow_is_left_out_with_a_note(name: str) -> None:
    assert "is left out" in _notes(headers={name: ["x"]})[0]


def test_stored_event_times_are_read_as_seconds() -> None:
    stream = "data: a\n\ndata: b\n\n: c\n\ndata: d\n\n"
    times = {"event_offsets_ms": [0, 1.5, 20, 20], "complete": True}
    response = _response(x_playhead=times, body=stream, content_length=-1)
    assert response.event_offsets == pytest.approx((0.0, 0.0015, 0.02, 0.02))


@pytest.mark.parametrize(
    ("stored", "uncompressed", "served"),
    [
        (gzip.compress(b"plain", mtime=0), "false", b"plain"),
        (gzip.compress(b"plain", mtime=0), None, b"plain"),
        (b"plain", None, b"plain"),
        (gzip.compress(b"a file", mtime=0), "true", gzip.compress(b"a file", mtime=0)),
    ],
)
def test_a_body_stored_compressed_is_unpacked_unless_go_has_done_it(
    stored: bytes, uncompressed: str | None, served: bytes
) -> None:
    changed = recorded(headers=(("Content-Encoding", "gzip"),), answer=stored)
    if uncompressed:
        changed["response"]["uncompressed"] = uncompressed == "true"
    (read,) = _read(changed).interactions
    assert read.response.body == served
    assert read.response.headers == (("Content-Encoding", "gzip"),)


def test_in_json_go_says_with_a_truth_value_that_it_has_unpacked_a_body() -> None:
    headers = {"Content-Encoding": ["gzip"]}
    response = {"code": 200, "headers": headers, "uncompressed": True, "body": "\x1f\u008b"}
    exchange = {"request": {"method": "GET", "url": "/"}, "response": response}
    raw = json.dumps({"version": 2, "interactions": [exchange]}).encode()
    (found,) = formats.read(raw, name="a", file="a.json").interactions
    assert found.response.body == "\x1f\u008b".encode()


def test_event_times_that_do_not_fit_the_events_are_noted() -> None:
    changed = recorded(answer=b"data: a\n\ndata: b\n\n", headers=EVENT_STREAM)
    changed["response"]["x_playhead"] = {"event_offsets_ms": [1, 2, 3]}
    (note,) = _read(changed).notes
    assert note == "#0: x_playhead has 3 offsets for 2 events: none is used"


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        (EVENT_STREAM, b"data: a\n\ndata: b\n\n"),
        ((("Content-Type", "application/x-ndjson"),), b"{}\n{}\n"),
        ((), b'{"a":1}\n{"a":2}\n'),
        ((("Content-Type", "application/vnd.amazon.eventstream"),), frame(b"{}") + frame(b"{}")),
    ],
)
def test_event_times_count_the_pieces_of_any_form(headers: Headers, answer: bytes) -> None:
    changed = recorded(answer=answer, headers=headers)
    changed["response"]["x_playhead"] = {"event_offsets_ms": [1, 2]}
    assert _read(changed).notes == ()


def test_a_plain_answer_is_one_event() -> None:
    changed = recorded()
    changed["response"]["x_playhead"] = {"event_offsets_ms": [1]}
    assert _read(changed).notes == ()


@pytest.mark.parametrize("extension", [{}, {"event_offsets_ms": []}])
def test_there_may_be_no_event_times(extension: object) -> None:
    assert _response(x_playhead=extension).event_offsets == ()


@pytest.mark.parametrize(
    "extension",
    [
        "text",
        ["list"],
        {"event_offsets_ms": 123},
        {"event_offsets_ms": {"1": 2}},
        {"event_offsets_ms": [2, 1]},
        {"event_offsets_ms": [-1]},
        {"event_offsets_ms": ["x"]},
        {"event_offsets_ms": [[1]]},
        {"event_offsets_ms": ["nan"]},
        {"event_offsets_ms": ["inf"]},
    ],
)
def test_event_times_that_make_no_sense_are_an_error(extension: object) -> None:
    reason = _fault("response", x_playhead=extension).reason
    assert reason.endswith("event_offsets_ms is not a list of milliseconds that never fall")


@given(number=st.integers(0, 10**15), unit=st.sampled_from(["ns", "us", "µs", "ms", "s"]))
@settings(max_examples=30)
def test_the_seconds_of_a_duration_grow_with_its_unit(number: int, unit: str) -> None:
    scale = {"ns": 1e9, "us": 1e6, "µs": 1e6, "ms": 1e3, "s": 1}[unit]
    assert go_vcr.seconds(f"{number}{unit}") == pytest.approx(number / scale)


@pytest.mark.parametrize("duration", ["", None])
def test_version_1_may_know_no_duration(duration: str | None) -> None:
    changed = recorded()
    del changed["response"]["duration"]
    if duration is not None:
        changed["response"]["duration"] = duration
    cassette = formats.read(
        written(changed).replace(b"version: 2", b"version: 1"), name="a", file="a.yaml"
    )
    assert cassette.format == "go-vcr v1"
    assert cassette.interactions[0].response.duration == 0.0
