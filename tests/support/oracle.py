"""Recordings as PyYAML's and json's own loaders read them: what the answers are judged by.

Nothing of playhead is used here, so that a fault of its loader cannot excuse itself.
"""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import brotli
import yaml

_BYTE_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\x([0-9a-fA-F]{2})")
_PRIVATE = 0xF0000

Pairs: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One recorded exchange; headers are the pairs as they were recorded."""

    file: Path
    id: int
    method: str
    url: str
    request_headers: Pairs
    request_body: bytes
    status: int
    headers: Pairs
    body: bytes

    @property
    def target(self) -> str:
        """What stands in the request line: the path and the query."""
        url = urlsplit(self.url)
        return url.path + (f"?{url.query}" if url.query else "")

    @property
    def content_type(self) -> str | None:
        """The recorded one; None where none was recorded."""
        value = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        return value if "/" in value else None  # a redacted one is none

    @property
    def asked(self) -> tuple[str, str, str]:
        """What two recordings of one request have in common."""
        return self.method, unquote(urlsplit(self.target).path), _meaning(self.request_body)

    @property
    def answer(self) -> tuple[int, str | None, bytes]:
        return self.status, self.content_type, self.body

    def respelled(self) -> bytes:
        """The request body with its keys in the opposite order, and other spacing."""
        try:
            value = json.loads(self.request_body)
        except ValueError:
            return self.request_body
        return json.dumps(_reversed(value), indent=1, separators=(" ,", " : ")).encode()


def recorded(folder: Path) -> list[Recorded]:
    """Return every exchange of the cassettes below `folder`, in recorded order."""
    endings = ("yaml", "yml", "json", "har")
    files = sorted(
        file
        for ending in endings
        for pattern in (f"*.{ending}", f"*.{ending}.gz")
        for file in folder.rglob(pattern)
    )
    return [exchange for file in files for exchange in _exchanges(file)]


def _exchanges(file: Path) -> Iterator[Recorded]:
    content = file.read_bytes()
    raw = (gzip.decompress(content) if file.suffix == ".gz" else content).decode()
    is_yaml = ".y" in file.name[-8:]
    tree = yaml.load(raw, Loader=_Loader) if is_yaml else json.loads(raw)
    if not isinstance(tree, dict):
        return
    if tree.get("version") == 2:
        yield from _of_go_vcr(file, raw, tree)
        return
    for at, (request, response) in enumerate(_pairs(tree)):
        headers = _headers(response)
        yield Recorded(
            file=file,
            id=at,
            method=request["method"].upper(),
            url=str(request.get("uri", request.get("url"))),
            request_headers=_headers(request),
            request_body=_stored(request, ()),
            status=_status(response),
            headers=headers,
            body=_stored(response, headers),
        )


class _Loader(yaml.CSafeLoader):
    """The safe loader, with a text for what Python and Ruby tagged."""


def _untagged(loader: Any, _: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)[0]
    return loader.construct_mapping(node, deep=True)


def _ruby_binary(loader: Any, node: Any) -> Any:
    return loader.construct_yaml_binary(node)


_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _untagged)
_Loader.add_constructor("!binary", _ruby_binary)


def _pairs(tree: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    if "requests" in tree:
        return list(zip(tree["requests"], tree["responses"], strict=True))
    listed = tree["log"]["entries"] if "log" in tree else None
    listed = listed or tree.get("http_interactions") or tree.get("interactions") or []
    return [(fields["request"], fields["response"]) for fields in listed]


def _status(response: dict[str, Any]) -> int:
    status: Any = response.get("status", response.get("status_code"))
    return int(status["code"] if isinstance(status, dict) else status)


def _stored(fields: dict[str, Any], headers: Pairs) -> bytes:
    """The body that vcrpy, Ruby VCR or a HAR holds, decoded."""
    if "parsed_body" in fields:
        return json.dumps(fields["parsed_body"]).encode()
    stored = fields.get("body", fields.get("content", fields.get("postData")))
    if not isinstance(stored, dict):
        return _unpacked(_bytes(stored), headers)
    if "base64_string" in stored:
        return _unpacked(base64.b64decode(stored["base64_string"]), headers)
    if stored.get("_decoded"):
        headers = ()
    if stored.get("encoding") == "base64":
        text = stored["text"]
        pieces = json.loads(text) if text.startswith("[") else [text]
        return _unpacked(b"".join(map(base64.b64decode, pieces)), headers)
    return _unpacked(_bytes(stored.get("string", stored.get("text"))), headers)


def _unpacked(body: bytes, headers: Pairs) -> bytes:
    coding = next((value for name, value in headers if name.lower() == "content-encoding"), "")
    if "gzip" in coding and body.startswith(b"\x1f\x8b"):
        return zlib.decompress(body, wbits=31)
    if "br" in coding and not body.lstrip().startswith((b"{", b"[")):
        unpacked: bytes = brotli.decompress(body)
        return unpacked
    return body


def _headers(fields: dict[str, Any]) -> Pairs:
    """Names and values, of a mapping or of a HAR's list, without HTTP/2's own."""
    listed = fields.get("headers") or {}
    if isinstance(listed, list):
        return tuple((pair["name"], pair["value"]) for pair in listed if pair["name"][0] != ":")
    return tuple(
        (name, value.decode() if isinstance(value, bytes) else str(value))
        for name, values in listed.items()
        for value in (values if isinstance(values, list) else [values])
    )


def _of_go_vcr(file: Path, raw: str, tree: dict[str, Any]) -> Iterator[Recorded]:
    again = yaml.load(_with_bytes_marked(raw), Loader=yaml.CSafeLoader)
    for at, (fields, marked) in enumerate(
        zip(tree["interactions"], again["interactions"], strict=True)
    ):
        request, response = fields["request"], fields["response"]
        yield Recorded(
            file=file,
            id=at,
            method=request["method"],
            url=request["url"],
            request_headers=_headers(request),
            request_body=_bytes(request.get("body")),
            status=response["code"],
            headers=_headers(response),
            body=_body(response, marked["response"]),
        )


def _body(response: dict[str, Any], marked: dict[str, Any]) -> bytes:
    """The body, in which `\\xNN` is a byte where that gives it its recorded length."""
    body = _bytes(response.get("body"))
    if response.get("content_length", -1) in (-1, 0, len(body)):
        return body
    as_bytes = _unmarked(marked.get("body"))
    return as_bytes if len(as_bytes) == response["content_length"] else body


def _with_bytes_marked(text: str) -> str:
    return _BYTE_ESCAPE.sub(lambda found: f"{found[1]}\\U{_PRIVATE + int(found[2], 16):08x}", text)


def _unmarked(body: object) -> bytes:
    if not isinstance(body, str):
        return _bytes(body)
    return b"".join(
        bytes([ord(char) - _PRIVATE]) if ord(char) >= _PRIVATE else char.encode() for char in body
    )


def _bytes(body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    return str(body or "").encode()


def _meaning(body: bytes) -> str:
    """A spelling that equal JSON bodies share."""
    try:
        value = json.loads(body)
    except ValueError:
        return repr(body)
    if isinstance(value, dict) and value.get("stream") is False:
        del value["stream"]
    return json.dumps(value, sort_keys=True).replace("\\r\\n", "\\n")


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(member) for member in value] if isinstance(value, list) else value
