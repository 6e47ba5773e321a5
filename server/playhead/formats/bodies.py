"""Recorded bodies back to the bytes that a client reads: text, base64, JSON values, compression."""

import base64
import binascii
import io
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

from playhead.cassette import Headers
from playhead.errors import CassetteError
from playhead.formats.fields import Fields

MAX_BYTES = 256 * 1024 * 1024
"""What one body may unpack to; above it the file is an attack or a mistake."""

_PIECE = 4096


def decoded(body: bytes, headers: Headers, fields: Fields) -> bytes:
    """Return `body` without the compression that its `content-encoding` header names.

    Recorders often store a body decoded and keep the header, so a body that does not begin as
    its compression does is taken as it is. Raise CassetteError where it begins so and is broken,
    or where the package that unpacks it is not installed. What begins as nothing, brotli and raw
    deflate, is taken as it is where it cannot be unpacked, with a note.
    """
    for coding in reversed(_codings(headers)):
        unpack = _UNPACKERS.get(coding)
        if unpack is None or not _begins_as(coding, body):
            return body
        try:
            body = unpack(body)
        except CassetteError as error:
            raise fields.error("body", error.reason) from None
        except Exception as error:  # each package has its own
            reason = f"is not the {coding} data its content-encoding says: {error}"
            if _has_a_mark(coding, body):
                raise fields.error("body", reason) from None
            fields.note("body", f"{reason}; served as it is")
            return body
    return body


def is_packed(body: bytes, headers: Headers) -> bool:
    """Whether `body` begins as the last compression that its `content-encoding` header names."""
    last = _codings(headers)[-1:]
    return any(coding in _UNPACKERS and _begins_as(coding, body) for coding in last)


def from_base64(text: str, fields: Fields, name: str) -> bytes:
    """Return the bytes of a base64 text; raise CassetteError where it is cut or no base64."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise fields.error(name, f"is not base64: {error}") from None


def from_json(value: Any, fields: Fields, name: str) -> bytes:
    """Return a parsed body as the text that vcrpy's JSON-body serialisers make of it again."""
    try:
        return json.dumps(value).encode()
    except (TypeError, ValueError, RecursionError) as error:  # `!!binary` in the midst of it
        raise fields.error(name, f"is no JSON value: {error}") from None


# No text holds these, and brotli's output nearly always does where it is UTF-8 by chance.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")


def _codings(headers: Headers) -> list[str]:
    """The codings in the order they were applied; `identity` is none (RFC 9110, 12.5.3)."""
    listed = [value for name, value in headers if name.lower() == "content-encoding"]
    codings = [coding.strip().lower() for value in listed for coding in value.split(",")]
    return [coding for coding in codings if coding not in ("", "identity")]


_ZLIB_MARKS = (b"x\x01", b"x^", b"x\x9c", b"x\xda")  # RFC 1950, 2.2


def _begins_as(coding: str, body: bytes) -> bool:
    """Whether `body` is compressed: what has no mark may be where it is no text."""
    if coding in ("gzip", "x-gzip"):
        return body.startswith(b"\x1f\x8b")
    if coding == "zstd":
        return body.startswith(b"\x28\xb5\x2f\xfd")
    if _has_a_mark(coding, body):
        return True
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return True
    return bool(_NOT_TEXT.search(text))


def _has_a_mark(coding: str, body: bytes) -> bool:
    """Whether `body` begins as nothing but `coding` does: brotli and raw deflate have no mark."""
    return coding != "br" and (coding != "deflate" or body[:2] in _ZLIB_MARKS)


def _gzip(body: bytes) -> bytes:
    """All members: a server that flushes may send several (RFC 1952, 2.2)."""
    first = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    content = first.decompress(body, MAX_BYTES + 1)
    if not first.unused_data:
        return _whole(content, ended=first.eof)
    import gzip  # slower, but it takes each member once, however many there are

    try:
        return _whole(gzip.GzipFile(fileobj=io.BytesIO(body)).read(MAX_BYTES + 1), ended=True)
    except EOFError:
        return _whole(b"", ended=False)


def _deflate(body: bytes) -> bytes:
    """With zlib's frame, or without, as servers have sent it that misread RFC 9110, 8.4.1.2."""
    framed = _has_a_mark("deflate", body)
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
    content = unpacker.decompress(body, MAX_BYTES + 1)
    if unpacker.unused_data or not (framed or unpacker.eof):
        raise ValueError("it does not end where the body does")
    return _whole(content, ended=unpacker.eof)


def _brotli(body: bytes) -> bytes:
    try:
        import brotli
    except ImportError:
        raise CassetteError(_NEEDS_A_PACKAGE.format("brotli", "brotli")) from None
    unpacker = brotli.Decompressor()
    content = unpacker.process(body, output_buffer_limit=MAX_BYTES + 1)
    return _whole(content, ended=unpacker.is_finished())


def _zstd(body: bytes) -> bytes:
    """All frames: the format lets them follow each other (RFC 8878, 3)."""
    try:
        import zstandard
    except ImportError:
        raise CassetteError(_NEEDS_A_PACKAGE.format("zstd", "zstandard")) from None
    reader = zstandard.ZstdDecompressor().stream_reader(body, read_across_frames=True)
    content = _whole(reader.read(MAX_BYTES + 1), ended=True)
    # A frame's own unpacker alone tells whether its end was there. Fed in pieces, since each
    # frame copies what is behind it.
    ended = False
    frame = zstandard.ZstdDecompressor().decompressobj()
    for at in range(0, len(body), _PIECE):
        piece = body[at : at + _PIECE]
        while piece:
            if ended:
                frame = zstandard.ZstdDecompressor().decompressobj()
            frame.decompress(piece)
            ended, piece = frame.eof, frame.unused_data if frame.eof else b""
    return _whole(content, ended=ended)


def _whole(content: bytes, *, ended: bool) -> bytes:
    if len(content) > MAX_BYTES:
        raise CassetteError(f"unpacks to more than {MAX_BYTES} bytes")
    if not ended:
        raise CassetteError("is cut short: its compressed data ends too early")
    return content


_NEEDS_A_PACKAGE = "is compressed with {}: pip install {} to read it"

_UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
