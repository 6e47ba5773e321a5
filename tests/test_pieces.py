import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import pieces
from playhead.pieces import AWS, EVENTS, JSON_ARRAY, NDJSON, Form
from support.aws import frame
from support.values import values

ALL = (*pieces.FORMS, JSON_ARRAY)

# Bodies that each form cuts, and random bytes in between.
texts = st.lists(st.sampled_from([b"data: a\n\n", b"\r\n", b"[", b"]", b",", b'{"a": 1}', b"\n"]))
likely = texts.map(b"".join)


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("text/event-stream", EVENTS),
        ("application/vnd.amazon.eventstream", AWS),
        ("application/x-ndjson", NDJSON),
        ("application/jsonl", NDJSON),
        ("application/x-jsonl", NDJSON),
        ("application/jsonlines", NDJSON),
        ("application/stream+json", NDJSON),
        ("application/json", None),
        ("", None),
    ],
)
def test_a_media_type_tells_the_form(media_type: str, form: Form | None) -> None:
    assert pieces.form_of(media_type) is form


@pytest.mark.parametrize(
    ("headers", "media_type"),
    [
        ((), ""),
        ((("X-A", "text/html"),), ""),
        ((("Content-Type", "**REDACTED**"),), ""),
        ((("X-A", "b"), ("content-type", " Text/HTML ; charset=utf-8")), "text/html"),
    ],
)
def test_the_media_type_is_that_of_the_headers(
    headers: tuple[tuple[str, str], ...], media_type: str
) -> None:
    assert pieces.media_type(headers) == media_type


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b": x\n\n", EVENTS),
        (frame(b"{}"), AWS),
        (b'{"a":1}\n{"a":2}\n', NDJSON),
        (b'{"a":1}\r\n{"a":2}', NDJSON),
        (b'{"a":1}\n', None),
        (b'{"a": [{},\n{}]}', None),
        (b"[{}]", None),
        (b"", None),
    ],
)
def test_a_body_shows_its_form(body: bytes, form: Form | None) -> None:
    assert pieces.sniff(body) is form


@pytest.mark.parametrize(
    ("form", "body", "expected"),
    [
        (EVENTS, b"data: a\r\n\r\n: c\n\ndata: b", [b"data: a\r\n\r\n", b": c\n\n", b"data: b"]),
        (AWS, frame(b"a") + frame(b"b"), [frame(b"a"), frame(b"b")]),
        (NDJSON, b'{"a":1}\n{"a":2}\r\n{"a":3}', [b'{"a":1}\n', b'{"a":2}\r\n', b'{"a":3}']),
        (NDJSON, b"{}\n\n{}\n", [b"{}\n", b"\n", b"{}\n"]),
        (JSON_ARRAY, b'[{"a": 1}\n,\r\n{"a": [2]}\n]\n', [b'[{"a": 1}', b'\n,\r\n{"a": [2]}\n]\n']),
        (JSON_ARRAY, b' [{"a": 1}]', [b' [{"a": 1}]']),
        (JSON_ARRAY, b'["\xe2\x98\x83", 2, 3]', [b'["\xe2\x98\x83"', b", 2", b", 3]"]),
        (JSON_ARRAY, b"[]", [b"[]"]),
        (JSON_ARRAY, b"[", [b"["]),
        (JSON_ARRAY, b'[{"a": 1}, {"a"', [b'[{"a": 1}, {"a"']),
        (JSON_ARRAY, b"[" * 100_000, [b"[" * 100_000]),
        (JSON_ARRAY, b'["\xff", 1]', [b'["\xff"', b", 1]"]),
    ],
)  # fmt: skip
def test_a_body_is_cut_as_its_form_says(form: Form, body: bytes, expected: list[bytes]) -> None:
    assert form.split(body) == expected


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
def test_nothing_has_no_pieces(form: Form) -> None:
    assert form.split(b"") == []


@given(form=st.sampled_from(ALL), body=st.binary() | likely)
def test_the_pieces_joined_are_the_body(form: Form, body: bytes) -> None:
    cut = form.split(body)
    assert b"".join(cut) == body
    assert all(cut)


@given(elements=st.lists(values, min_size=1))
def test_an_array_has_a_piece_for_each_element(elements: list[object]) -> None:
    body = f"[{' ,'.join(json.dumps(element) for element in elements)}]".encode()
    cut = JSON_ARRAY.split(body)
    assert b"".join(cut) == body
    assert len(cut) == len(elements)


@given(lines=st.lists(st.dictionaries(st.text(), st.integers())))
def test_lines_of_json_have_a_piece_for_each_line(lines: list[dict[str, int]]) -> None:
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    assert len(NDJSON.split(body)) == len(lines)
