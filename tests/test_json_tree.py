import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.errors import CassetteError
from playhead.formats import json_tree
from support.values import values


def _fault(raw: bytes) -> CassetteError:
    with pytest.raises(CassetteError) as caught:
        json_tree.load(raw)
    return caught.value


def test_values_keep_their_types() -> None:
    raw = b'\xef\xbb\xbf{"a": [1, 1.5, true, null, "\\ud83d\\ude00"]}'
    assert json_tree.load(raw) == {"a": [1, 1.5, True, None, "\N{GRINNING FACE}"]}


@pytest.mark.parametrize(
    ("raw", "reason", "line"),
    [
        (b"", "is not valid JSON: Expecting value", 1),
        (b'{\n"a": }', "is not valid JSON: Expecting value", 2),
        (b'{}\n{"a": 1}', "is not valid JSON: Extra data", 2),
        (b'"a\n\xff"', "is not UTF-8 text", 2),
        (b'{"a": 1, "b": 2, "a": 3}', "has the name 'a' twice in one object", 0),
        (b"[" * 200_000, "is nested too deeply", 0),
        (b"9" * 5_000, "is not read: Exceeds the limit", 0),
    ],
)
def test_what_is_no_json_is_an_error(raw: bytes, reason: str, line: int) -> None:
    error = _fault(raw)
    assert error.reason.startswith(reason)
    assert error.line == line


@given(value=values)
def test_json_is_read_as_the_standard_library_reads_it(value: object) -> None:
    assert json_tree.load(json.dumps(value).encode()) == value


@given(raw=st.binary() | st.text(alphabet='{}[]",:1a\\u').map(str.encode))
def test_random_bytes_are_read_or_an_error(raw: bytes) -> None:
    with contextlib.suppress(CassetteError):
        json_tree.load(raw)
