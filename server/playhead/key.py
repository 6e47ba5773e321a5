"""What makes two requests the same: method, operation with its parameters, canonical body.

One function makes the keys of recorded and of incoming requests, so the two cannot drift apart.
The rules of a canonical JSON body, each because real clients differ in nothing else:

- spacing, key order and escapes do not count (every SDK spells JSON its own way);
- a number is its value: `1.0` is `1` (Python keeps the point, JavaScript does not);
- `"stream": false` is the same as no `stream` (LangChain and pydantic-ai send it, openai does not),
  and where an operation streams unless told not to, as Ollama's do, `"stream": true` is;
- CRLF inside a string is LF (editors and git rewrite cassettes).

Everything else counts. Headers and the query never do.
"""

import json
import re
from hashlib import sha256
from math import isfinite
from typing import Any

import orjson

from playhead.dialects import Route

_MAX_DEPTH = 250
"""orjson writes 254 levels; with a limit of our own no key depends on how deep the stack was."""
_LINE_END = re.compile(r"\r+\n")
_WHOLE_FLOAT = re.compile(rb"\.0(?:[,}\]]|\Z)")
_EXPONENT_MARK = orjson.dumps(1e20).strip(b"0123456789.")
_EXPONENT = re.compile(rb"\de\+?\d")


def digest(method: str, route: Route, body: bytes) -> bytes:
    """Return the key of a request as 32 bytes."""
    return _hashed(method, route, canonical(body, stream=route.streams_by_default))


def loose_digest(method: str, route: Route, value: Any) -> bytes:
    """Return the key of a request of whose body only the JSON value `value` counts."""
    return _hashed(method, route, _written(value))


def _hashed(method: str, route: Route, content: bytes) -> bytes:
    parts = (method, route.operation, *route.parameters)
    return sha256(repr(parts).encode("utf-8", "surrogatepass") + content).digest()


def canonical(body: bytes, *, stream: bool = False) -> bytes:
    """Return the form of `body` that is equal for equal requests; a fixed point of itself.

    `stream` is what a request that does not say so asks for. JSON and multipart have rules of
    their own; anything else is compared byte for byte.
    """
    if not body:
        return b""
    if body.startswith(b"--"):
        return _canonical_multipart(body)
    try:
        value = orjson.loads(body)
        if isinstance(value, dict) and value.get("stream") is stream:
            del value["stream"]
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (ValueError, TypeError):
        return _canonical_by_stdlib(body, stream=stream)
    if _needs_care(text):
        return _canonical_by_stdlib(body, stream=stream)
    return text


def _needs_care(text: bytes) -> bool:
    """Whether orjson's output shows that the body needs the slower pass.

    An escaped CR, a float whose value is whole (`1.0`, `1e20`), or one that orjson made of an
    integer beyond 64 bits. A match inside a string costs that pass and changes nothing. Plain
    searches first: they are ten times as fast as the patterns.
    """
    return (
        b"\\r" in text
        or (b".0" in text and _WHOLE_FLOAT.search(text) is not None)
        or (_EXPONENT_MARK in text and _EXPONENT.search(text) is not None)
    )


def parse(body: bytes, *, stream: bool = False) -> Any:
    """Return `body` as the JSON value a key is made of; raise ValueError where it is not JSON.

    `stream` is what a request that does not say so asks for.
    """
    try:
        value = _normal(json.loads(body))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if isinstance(value, dict) and value.get("stream") is stream:
        del value["stream"]
    return value


def _canonical_by_stdlib(body: bytes, *, stream: bool) -> bytes:
    """Canonical JSON for what orjson refuses or rounds: huge integers, NaN, lone surrogates.

    The value is written by orjson all the same where it can be, since an equal value may have
    come the fast way.
    """
    try:
        value = parse(body, stream=stream)
    except ValueError:
        return body
    return _written(value)


def _written(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # beyond orjson; within json's depth, since `parse` came through
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode("utf-8", "surrogatepass")


def _normal(value: Any, depth: int = 0) -> Any:
    """`value` by the rules above; raise ValueError where JSON cannot hold it."""
    if isinstance(value, str):
        return _LINE_END.sub("\n", value) if "\r" in value else value
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError("holds a number that is not finite")
        return int(value) if value.is_integer() else value
    if depth == _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {_normal(name): _normal(member, depth + 1) for name, member in value.items()}
    if isinstance(value, list):
        return [_normal(member, depth + 1) for member in value]
    return value


_PART_NAME = re.compile(rb'\bname="?([^";\n]*)')


def _canonical_multipart(body: bytes) -> bytes:
    """The parts in the order of their names, without the boundary: that is random.

    The boundary is the body's first line (RFC 2046, 5.1.1), so no header is needed to find it.
    """
    text = body.replace(b"\r\n", b"\n")
    boundary, newline, rest = text.partition(b"\n")
    if not newline:
        return body
    parts = (b"\n" + rest).split(b"\n" + boundary)
    content = [part.removeprefix(b"\n") for part in parts[:-1]]
    if not content or parts[-1].strip() != b"--":
        return body
    content.sort(key=_part_name)
    return b"\0".join([b"multipart", *content])


def _part_name(part: bytes) -> bytes:
    head = part.partition(b"\n\n")[0]
    found = _PART_NAME.search(head)
    return found.group(1) if found else b""
