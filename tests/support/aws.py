"""Messages of AWS event streams, made by the book and without playhead's reader of them."""

import struct
import zlib
from collections.abc import Mapping


def frame(payload: bytes, headers: Mapping[str, str] | None = None, *, more: bytes = b"") -> bytes:
    """One message; `more` are headers that are already encoded."""
    encoded = more + b"".join(
        struct.pack(">B", len(name))
        + name.encode()
        + struct.pack(">BH", 7, len(value))
        + value.encode()
        for name, value in (headers or {}).items()
    )
    prelude = struct.pack(">II", 16 + len(encoded) + len(payload), len(encoded))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + encoded + payload
    return message + struct.pack(">I", zlib.crc32(message))
