import base64
import contextlib
import gzip
import random
import sys
import zlib
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from playhead.cassette import Headers
from playhead.errors import CassetteError
from playhead.formats import bodies
from playhead.formats.document import Document
from playhead.formats.fields import Fields

TEXT = b'{"some": "words, some words, some words"}'


def _streamed(body: bytes) -> bytes:
    """zstd as a server streams it: its size does not stand at the beginning."""
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress(body) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "zstd ": _streamed,
}


def _fields() -> Fields:
    return Document(raw=b"", tree={}, file="x", is_json=True).top


def _encoded(coding: str) -> Headers:
    return (("Content-Type", "a/b"), ("Content-Encoding", coding))


def _decoded(body: bytes, coding: str) -> bytes:
    return bodies.decoded(body, _encoded(coding), _fields())


def _fault(body: bytes, coding: str) -> str:
    with pytest.raises(CassetteError) as caught:
        _decoded(body, coding)
    return caught.value.reason


@pytest.mark.parametrize("coding", PACKERS)
def test_a_compressed_body_is_unpacked(coding: str) -> None:
    assert _decoded(PACKERS[coding](TEXT), coding.upper()) == TEXT


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("body", [TEXT, b"", b"data: \xc3\xa9\r\n\r\n", b"x marks it", b"\ta\x1bb"])
def test_a_body_that_was_stored_unpacked_is_taken_as_it_is(coding: str, body: bytes) -> None:
    assert _decoded(body, coding) == body


@pytest.mark.parametrize("coding", PACKERS)
def test_a_compressed_body_that_is_cut_is_an_error(coding: str) -> None:
    assert _fault(PACKERS[coding](TEXT)[:-3], coding).startswith("body: is ")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_a_body_that_begins_as_compressed_and_is_not_is_an_error(coding: str) -> None:
    broken = PACKERS[coding](TEXT)[:8] + b"\xff\x00" * 20
    assert _fault(broken, coding).startswith("body: is not the ")


@pytest.mark.parametrize("coding", ["br", "deflate"])
@pytest.mark.parametrize("body", [b"\xff\x00\x01" * 20, b"\x89PNG\r\n\x1a\n" + b"\0\r" * 20])
def test_what_has_no_mark_and_cannot_be_unpacked_is_kept_with_a_note(
    coding: str, body: bytes
) -> None:
    document = Document(raw=b"", tree={}, file="x", is_json=True)
    assert bodies.decoded(body, _encoded(coding), document.top) == body
    (note,) = document.notes
    assert note.startswith(f"body: is not the {coding} data its content-encoding says: ")
    assert note.endswith("; served as it is")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_all_members_of_a_compressed_body_are_unpacked(coding: str) -> None:
    events = [b"data: 1\n\n", b"", b"data: 2\n\n" * 9_000, random.Random(1).randbytes(9_000)]
    packed = b"".join(map(PACKERS[coding], events))
    assert _decoded(packed, coding) == b"".join(events)
    assert "is cut short" in _fault(packed[:-3], coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_what_stands_behind_compressed_data_and_is_none_is_an_error(coding: str) -> None:
    reason = _fault(PACKERS[coding](TEXT) + b"rest of it", coding)
    assert reason.startswith(f"body: is not the {coding} data its content-encoding says: ")


def test_deflate_without_the_frame_of_zlib_is_unpacked() -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(TEXT) + packer.flush()
    assert _decoded(packed, "deflate") == TEXT
    assert _decoded(packed[:-1], "deflate") == packed[:-1]


@pytest.mark.parametrize("coding", PACKERS)
def test_a_body_that_unpacks_to_too_much_is_an_error(
    coding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "MAX_BYTES", 1_000)
    assert _decoded(PACKERS[coding](b"a" * 1_000), coding) == b"a" * 1_000
    assert "unpacks to more than 1000 bytes" in _fault(PACKERS[coding](b"a" * 100_000), coding)


def test_several_codings_are_undone_from_the_last() -> None:
    body = gzip.compress(brotli.compress(TEXT))
    assert _decoded(body, "br, gzip") == TEXT
    twice = (("content-encoding", "br"), ("content-encoding", "gzip"))
    assert bodies.decoded(body, twice, _fields()) == TEXT


@pytest.mark.parametrize("coding", ["gzip, identity", "identity, gzip", "gzip,"])
def test_identity_is_no_coding(coding: str) -> None:
    assert _decoded(gzip.compress(TEXT), coding) == TEXT


@pytest.mark.parametrize(
    ("coding", "body", "packed"),
    [
        ("gzip", b"\x1f\x8b", True),
        ("br, gzip", b"\x1f\x8b", True),
        ("gzip", TEXT, False),
        ("br", b"\x80\xff", True),
        ("compress", b"\x1f\x8b", False),
        ("", b"\x1f\x8b", False),
    ],
)
def test_whether_a_body_is_compressed_is_seen_at_its_beginning(
    coding: str,
    body: bytes,
    packed: bool,  # noqa: FBT001
) -> None:
    assert bodies.is_packed(body, _encoded(coding)) is packed


@pytest.mark.parametrize("coding", ["identity", "compress", "**REDACTED**", ""])
def test_a_coding_that_nobody_knows_changes_nothing(coding: str) -> None:
    assert _decoded(gzip.compress(TEXT), coding) == gzip.compress(TEXT)


def test_without_the_header_nothing_is_unpacked() -> None:
    assert bodies.decoded(b"\x1f\x8b", (), _fields()) == b"\x1f\x8b"


@pytest.mark.parametrize(
    ("coding", "package", "name"), [("br", "brotli", "brotli"), ("zstd", "zstandard", "zstd")]
)
def test_without_its_package_the_error_says_what_to_install(
    coding: str, package: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = PACKERS[coding](TEXT)
    monkeypatch.setitem(sys.modules, package, None)
    assert _fault(body, coding) == (
        f"body: is compressed with {name}: pip install {package} to read it"
    )


def test_base64_may_be_broken_into_lines() -> None:
    assert bodies.from_base64("/w\n==\n", _fields(), "a") == b"\xff"


@pytest.mark.parametrize("text", ["/w=", "é", "*"])
def test_what_is_no_base64_is_an_error(text: str) -> None:
    with pytest.raises(CassetteError, match="a: is not base64"):
        bodies.from_base64(text, _fields(), "a")


def test_a_parsed_body_is_spelled_as_python_spells_it() -> None:
    value = {"a": [1, 1.5, None, True, "é"]}
    assert bodies.from_json(value, _fields(), "a") == b'{"a": [1, 1.5, null, true, "\\u00e9"]}'


@pytest.mark.parametrize("value", [{"a": b"\xff"}, b""])
def test_a_parsed_body_that_holds_bytes_is_an_error(value: Any) -> None:
    with pytest.raises(CassetteError, match="a: is no JSON value"):
        bodies.from_json(value, _fields(), "a")


# Not of nothing: brotli makes `;` of it, which is text as well.
@given(body=st.binary(min_size=1), coding=st.sampled_from(sorted(PACKERS)))
def test_whatever_was_packed_is_unpacked(body: bytes, coding: str) -> None:
    assert _decoded(PACKERS[coding](body), coding) == body


@given(body=st.binary(), coding=st.sampled_from(sorted(PACKERS)), mark=st.booleans())
def test_random_bytes_are_unpacked_or_an_error(body: bytes, coding: str, mark: bool) -> None:  # noqa: FBT001
    start = PACKERS[coding](b"")[:4] if mark else b""
    with contextlib.suppress(CassetteError):
        assert isinstance(_decoded(start + body, coding), bytes)


@given(body=st.binary())
def test_base64_comes_back(body: bytes) -> None:
    assert bodies.from_base64(base64.b64encode(body).decode(), _fields(), "a") == body
