"""AWS event streams: length-prefixed messages with checksums, cut and read without changing them.

A message is the length of all, the length of its headers, a CRC-32 of those eight bytes, the
headers, the payload, and a CRC-32 of everything before (smithy.io, "Amazon Event Stream").
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_PRELUDE = struct.Struct(">III")
_SMALLEST = 16
_STRING = 7
# The size of a header's value by its type; of bytes (6) and strings the first two bytes tell it.
_FIXED_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message taken apart; of its headers those that are strings."""

    headers: dict[str, str]
    payload: bytes


def split(body: bytes) -> list[bytes]:
    """Return the messages of `body`; from the first that is damaged on, the rest in one piece."""
    messages = []
    start = 0
    while start < len(body):
        length = _length(body, start)
        if length is None:
            messages.append(body[start:])
            break
        messages.append(body[start : start + length])
        start += length
    return messages


def is_whole(body: bytes) -> bool:
    """Whether `body` is nothing but messages, each with the checksums it should have."""
    return bool(body) and damaged_at(body) is None


def damaged_at(body: bytes) -> int | None:
    """Return where the first message begins that is damaged or cut; None where all are sound."""
    start = 0
    while start < len(body):
        length = _length(body, start)
        if length is None:
            return start
        start += length
    return None


def read(body: bytes) -> Iterator[Frame]:
    """Yield the messages of `body` taken apart, up to the first that is damaged."""
    for message in split(body):
        if _length(message, 0) is None:
            return
        _, of_headers, _ = _PRELUDE.unpack_from(message)
        end = _PRELUDE.size + of_headers
        yield Frame(headers=dict(_strings(message[_PRELUDE.size : end])), payload=message[end:-4])


def _length(body: bytes, start: int) -> int | None:
    """The length of the whole message at `start`; None where there is none, or it is damaged."""
    if len(body) - start < _SMALLEST:
        return None
    total, of_headers, prelude_crc = _PRELUDE.unpack_from(body, start)
    if not of_headers + _SMALLEST <= total <= len(body) - start:
        return None
    if zlib.crc32(body[start : start + 8]) != prelude_crc:
        return None
    end = start + total - 4
    message_crc = int.from_bytes(body[end : end + 4], "big")
    return total if zlib.crc32(body[start:end]) == message_crc else None


def _strings(headers: bytes) -> Iterator[tuple[str, str]]:
    """The names and values that are strings, up to a header that is cut."""
    at = 0
    while at < len(headers):
        end = at + 1 + headers[at]
        if end >= len(headers):
            return
        name, kind = headers[at + 1 : end].decode("utf-8", "replace"), headers[end]
        size, at = _FIXED_SIZES.get(kind), end + 1
        if size is None:
            size, at = int.from_bytes(headers[at : at + 2], "big"), at + 2
        if kind == _STRING:
            yield name, headers[at : at + size].decode("utf-8", "replace")
        at += size
