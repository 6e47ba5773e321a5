"""Recorded bodies back to the bytes that a client reads: text, base64, JSON values, compression."""

import base64
import binascii
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


def decoded(body: bytes, headers: Headers, fields: Fields) -> bytes:
    """Return `body` without the compression that its `content-encoding` header names.

    Recorders often store a body decoded and keep the header, so a body that does not begin as
    its compression does is taken as it is. Raise CassetteError where it begins so and is broken,
    or where the package that unpacks it is not installed.
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
            raise fields.error("body", reason) from None
    return body


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
    listed = [value for name, value in headers if name.lower() == "content-encoding"]
    return [coding.strip().lower() for value in listed for coding in value.split(",")]


def _begins_as(coding: str, body: bytes) -> bool:
    """Whether `body` is compressed: brotli has no mark, so there text is the counter-evidence."""
    if coding in ("gzip", "x-gzip"):
        return body.startswith(b"\x1f\x8b")
    if coding == "zstd":
        return body.startswith(b"\x28\xb5\x2f\xfd")
    if coding == "deflate":
        return body[:2] in (b"x\x01", b"x^", b"x\x9c", b"x\xda")  # RFC 1950, 2.2
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return True
    return bool(_NOT_TEXT.search(text))


def _inflate(wbits: int) -> Callable[[bytes], bytes]:
    def unpack(body: bytes) -> bytes:
        unpacker = zlib.decompressobj(wbits=wbits)
        return _whole(unpacker.decompress(body, MAX_BYTES + 1), ended=unpacker.eof)

    return unpack


def _brotli(body: bytes) -> bytes:
    try:
        import brotli
    except ImportError:
        raise CassetteError(_NEEDS_A_PACKAGE.format("brotli")) from None
    unpacker = brotli.Decompressor()
    content = unpacker.process(body, output_buffer_limit=MAX_BYTES + 1)
    return _whole(content, ended=unpacker.is_finished())


def _zstd(body: bytes) -> bytes:
    try:
        import zstandard
    except ImportError:
        raise CassetteError(_NEEDS_A_PACKAGE.format("zstd")) from None
    unpacker = zstandard.ZstdDecompressor()
    _whole(unpacker.stream_reader(body).read(MAX_BYTES + 1), ended=True)
    whole = unpacker.decompressobj()  # it alone tells whether the end was there
    return _whole(whole.decompress(body), ended=whole.eof)


def _whole(content: bytes, *, ended: bool) -> bytes:
    if len(content) > MAX_BYTES:
        raise CassetteError(f"unpacks to more than {MAX_BYTES} bytes")
    if not ended:
        raise CassetteError("is cut short: its compressed data ends too early")
    return content


_NEEDS_A_PACKAGE = "is compressed with {}: pip install 'playhead[compression]' to read it"

_UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _inflate(16 + zlib.MAX_WBITS),
    "x-gzip": _inflate(16 + zlib.MAX_WBITS),
    "deflate": _inflate(zlib.MAX_WBITS),
    "br": _brotli,
    "zstd": _zstd,
}
