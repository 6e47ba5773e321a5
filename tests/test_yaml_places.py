import pytest

from playhead.formats import yaml_places

DOCUMENT = b"""---
a: 1
b:
  - x
  - "y z": {c: '3'}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("a",), 2),
        (("b",), 4),
        (("b", 0), 4),
        (("b", 1, "y z"), 5),
        (("b", 1, "y z", "c"), 5),
        (("b", 7), 4),
        (("a", "x"), 2),
        (("nowhere", "at", "all"), 2),
    ],
)
def test_the_line_of_a_place_is_that_of_its_nearest_ancestor(
    path: tuple[str | int, ...], line: int
) -> None:
    assert yaml_places.lines(DOCUMENT)(path) == line


def test_an_anchor_that_stands_twice_hides_the_lines_but_breaks_nothing() -> None:
    raw = b'a: &x {b: 1}\nc: &x {d: "\\x89"}\n'
    assert yaml_places.lines(raw)(("a",)) == 0
    assert yaml_places.Source(raw).raw_bytes(("c", "d")) is None


def test_an_empty_document_has_no_lines() -> None:
    assert yaml_places.lines(b"")(("a",)) == 0


@pytest.mark.parametrize(
    "raw",
    [
        b'a: "\\x89PNG\\r\\n\\x1A\xc3\xa9"',
        b'\xef\xbb\xbfa: "\\x89PNG\\r\\n\\x1A\xc3\xa9"',
        b'a: !mine "\\x89PNG\\r\\n\\x1A\xc3\xa9"',
        b'# \xf0\x9f\x98\x80\na: "\\x89PNG\\r\\n\\x1A\xc3\xa9"\nb: 1',
    ],
    ids=["plain", "byte order mark", "tag", "astral"],
)
def test_escapes_of_two_digits_can_stand_for_raw_bytes(raw: bytes) -> None:
    assert yaml_places.Source(raw).raw_bytes(("a",)) == b"\x89PNG\r\n\x1a\xc3\xa9"


@pytest.mark.parametrize(
    "raw", [b'a: "plain"\nb: "\\x41"', b"a: '\\x89'", b"a: [1] # \\x", b'b: "\\x89"', b"a: 1"]
)
def test_a_scalar_without_such_escapes_has_no_raw_bytes(raw: bytes) -> None:
    assert yaml_places.Source(raw).raw_bytes(("a",)) is None
