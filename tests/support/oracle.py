"""Cassettes as PyYAML's own loader reads them: what the server's answers are judged by.

Nothing of playhead is used here, so that a fault of its loader cannot excuse itself.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

_BYTE_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\x([0-9a-fA-F]{2})")
_PRIVATE = 0xF0000


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One recorded exchange; `content_type` is None where none was recorded."""

    file: Path
    id: int
    method: str
    target: str
    request_body: bytes
    status: int
    content_type: str | None
    body: bytes

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
    """Return every exchange of the go-vcr cassettes below `folder`, in recorded order."""
    files = sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")])
    return [exchange for file in files for exchange in _exchanges(file)]


def _exchanges(file: Path) -> Iterator[Recorded]:
    raw = file.read_text(encoding="utf-8")
    tree = yaml.load(raw, Loader=yaml.CSafeLoader)
    if not isinstance(tree, dict) or tree.get("version") != 2:
        return
    again = yaml.load(_with_bytes_marked(raw), Loader=yaml.CSafeLoader)
    for at, (fields, marked) in enumerate(
        zip(tree["interactions"], again["interactions"], strict=True)
    ):
        request, response = fields["request"], fields["response"]
        url = urlsplit(request["url"])
        yield Recorded(
            file=file,
            id=at,
            method=request["method"],
            target=url.path + (f"?{url.query}" if url.query else ""),
            request_body=_bytes(request.get("body")),
            status=response["code"],
            content_type=_content_type(response.get("headers") or {}),
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


def _content_type(headers: dict[str, Any]) -> str | None:
    for name, values in headers.items():
        if name.lower() == "content-type":
            return str(values[0]) if isinstance(values, list) else str(values)
    return None


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
