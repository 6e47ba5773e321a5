import re
from typing import Any

import pytest

from playhead.errors import CassetteError
from playhead.formats import yaml_tree
from playhead.formats.document import Document
from playhead.formats.fields import Fields, shown


def _fields(**values: Any) -> Fields:
    return Document(raw=b"", tree=values, file="x").top


def _fault(fields: Fields, *path: str) -> str:
    """What is said when the field at `path` is taken out with the method its first word names."""
    take, *arguments = path
    with pytest.raises(CassetteError) as caught:
        list(getattr(fields, take)(*arguments))
    return caught.value.reason


def test_an_error_has_the_place_and_its_line() -> None:
    raw = b"a:\n- b: 1\n- b: 2\n  url: no\n"
    _, second = Document(raw=raw, tree=yaml_tree.load(raw), file="x").top.each("a")
    with pytest.raises(CassetteError) as caught:
        second.url("url")
    assert (caught.value.reason, caught.value.line) == ("a[1].url: 'no' is not a URL", 4)


def test_a_json_file_has_no_lines() -> None:
    error = Document(raw=b"{}", tree={}, file="x", is_json=True).top.error("a", "is odd")
    assert (error.reason, error.line) == ("a: is odd", 0)


def test_null_is_absent() -> None:
    fields = _fields(a=None, b="")
    assert ("a" in fields, "b" in fields, "c" in fields) == (False, True, False)
    assert (fields.get("a", 1), fields.get("b", 1), fields.get("c", 1)) == (1, "", 1)


@pytest.mark.parametrize("value", [None, "words", ["a"]])
def test_what_should_be_a_mapping_and_is_none_is_an_error(value: object) -> None:
    assert _fault(_fields(a=value), "within", "a").startswith("a: is missing or no mapping")


@pytest.mark.parametrize("value", [None, "words", {"a": "b"}])
def test_what_should_be_a_list_and_is_none_is_an_error(value: object) -> None:
    assert _fault(_fields(a=value), "each", "a").startswith("a: is not a list")


def test_a_list_holds_mappings() -> None:
    assert _fault(_fields(a=[{}, "b"]), "each", "a").startswith("a[1]: is not a mapping")


@pytest.mark.parametrize("value", [200, "200", 200.0])
def test_a_number_counts_as_its_text(value: object) -> None:
    assert _fields(a=value).status("a") == 200


@pytest.mark.parametrize(
    "value", [None, True, 200.5, 1e400, "200.0", "0", 99, 600, 101, "2 0", b"200", ["200"]]
)
def test_what_is_no_status_is_an_error(value: object) -> None:
    assert re.match("a: (is missing|.* is not a status)", _fault(_fields(a=value), "status", "a"))


@pytest.mark.parametrize("value", ["post", "POST", ":post"])
def test_a_method_is_in_upper_case(value: str) -> None:
    assert _fields(method=value).method() == "POST"


@pytest.mark.parametrize("value", ["", "PO ST", 1, "GET\n", ":", "::get"])
def test_what_is_no_method_is_an_error(value: object) -> None:
    assert "is not an HTTP method" in _fault(_fields(method=value), "method")


@pytest.mark.parametrize("url", ["http://x", "https://x:1/a?b=c", "/v1/chat"])
def test_a_url_may_be_a_path(url: str) -> None:
    assert _fields(a=url).url("a") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "v1",
        "ftp://x",
        "http:///a",
        "http://[/a",
        "http://a b/",
        "a b",
        "/a\ud83d",
        "http://\ud83d/a",
    ],
)
def test_what_is_no_url_is_an_error(url: str) -> None:
    assert _fault(_fields(a=url), "url", "a").startswith("a: ")


@pytest.mark.parametrize("url", ["/a b?c= d", " /a b?c= d "])
def test_a_space_in_a_url_is_escaped_with_a_note(url: str) -> None:
    document = Document(raw=b"", tree={"a": url}, file="x")
    assert document.top.url("a") == "/a%20b?c=%20d"
    assert document.notes == [f"a: {url!r} has a space, taken for %20"]


@pytest.mark.parametrize(
    ("value", "body"),
    [(None, b""), ("", b""), ("é", "é".encode()), (b"\xff", b"\xff"), ("\ud83d", b"\xed\xa0\xbd")],
)
def test_a_body_is_bytes(value: object, body: bytes) -> None:
    assert _fields(a=value).bytes_of("a") == body


@pytest.mark.parametrize("value", [1, ["a"], {"a": "b"}])
def test_what_is_no_body_is_an_error(value: object) -> None:
    assert _fault(_fields(a=value), "bytes_of", "a") == "a: is neither text nor !!binary"


def test_a_field_can_be_read_as_json() -> None:
    raw = b"a:\n- b: {c: 1, d: true, e: null, f: 1.5, g: '1', h: words}\n"
    document = Document(raw=raw, tree=yaml_tree.load(raw), file="x")
    (fields,) = document.top.each("a")
    value = {"c": 1, "d": True, "e": None, "f": 1.5, "g": "1", "h": "words"}
    assert fields.as_json("b") == value


def test_in_a_json_file_a_field_is_what_it_is() -> None:
    tree: Any = {"a": {"b": 1}}
    assert Document(raw=b"", tree=tree, file="x", is_json=True).top.as_json("a") == {"b": 1}


@pytest.mark.parametrize("value", [None, {}, []])
def test_there_may_be_no_headers(value: object) -> None:
    assert _fields(headers=value).headers() == ()


def test_a_header_has_a_value_or_several() -> None:
    headers = _fields(headers={"A": ["1", "2"], "B": "3", "C": b"4", "D": [], "E": 5}).headers()
    assert headers == (("A", "1"), ("A", "2"), ("B", "3"), ("C", "4"), ("E", "5"))


def test_headers_that_are_no_mapping_are_an_error() -> None:
    assert "headers: is not a mapping" in _fault(_fields(headers="A: b"), "headers")


@pytest.mark.parametrize(
    ("name", "value"),
    [("A", "b\nc"), ("A b", "c"), ("A", None), ("A", True), ("A", b"\xff"), ("A", "\ud83d")],
)
def test_a_header_that_http_does_not_allow_is_left_out_with_a_note(name: str, value: Any) -> None:
    document = Document(raw=b"", tree={"headers": {name: value, "X": "y"}}, file="x")
    assert document.top.headers() == (("X", "y"),)
    (note,) = document.notes
    assert note.startswith(f"headers: the header {name!r} is left out: HTTP does not allow")


def test_the_pseudo_headers_of_http_2_are_left_out_without_a_note() -> None:
    document = Document(raw=b"", tree={"headers": {":status": "200"}}, file="x")
    assert (document.top.headers(), document.notes) == ((), [])


def test_a_long_value_is_cut_for_a_message() -> None:
    assert (shown("a"), len(shown("a" * 100))) == ("'a'", 40)


@pytest.mark.parametrize(
    ("recorded", "protocol"),
    [
        ("HTTP/1.1", "HTTP/1.1"), ("http/2.0", "HTTP/2.0"), ("HTTP/2", "HTTP/2.0"),
        ("h2", "HTTP/2.0"),
        ("h3", "HTTP/3.0"), ("1.1", "HTTP/1.1"), (1.1, "HTTP/1.1"), ("", ""), (None, ""),
        ("unknown", ""), ("HTTP/4.0", ""), ("x" * 10_000, ""),
    ],
)  # fmt: skip
def test_a_version_of_http_is_spelled_in_one_way(recorded: object, protocol: str) -> None:
    assert _fields(a=recorded).protocol("a") == protocol


@pytest.mark.parametrize(
    ("recorded", "words"),
    [("Not Found ", "Not Found"), (None, ""), (1, ""), ("a\nb", ""), ("\ud83d", "")],
)
def test_words_for_a_person_are_one_line_or_none(recorded: object, words: str) -> None:
    assert _fields(a=recorded).words("a") == words
