"""Recordings for tests: go-vcr YAML as a recorder writes it, and the same as values."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from playhead.cassette import Cassette, Headers, Interaction, Request, Response
from playhead.folder import Shelf
from playhead.library import Library

CHAT_URL = "https://api.openai.com/v1/chat/completions"
CHAT_BODY = b'{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}'


class _Wide(yaml.SafeDumper):
    """Indents lists below their key, as go-vcr's default writer does; PyYAML itself does not."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001
        super().increase_indent(flow, False)


def recorded(
    *,
    method: str = "POST",
    url: str = CHAT_URL,
    sent: bytes = CHAT_BODY,
    request_headers: Headers = (),
    status: int = 200,
    headers: Headers = (("Content-Type", "application/json"),),
    answer: bytes = b'{"ok":true}',
    duration: str = "1.5s",
) -> dict[str, Any]:
    """One interaction with the fields go-vcr writes, in its order; a test may change any."""
    return {
        "id": 0,
        "request": {
            "proto": "HTTP/1.1",
            "proto_major": 1,
            "proto_minor": 1,
            "content_length": len(sent),
            "host": "",
            "body": _scalar(sent),
            "headers": _listed(request_headers),
            "url": url,
            "method": method,
        },
        "response": {
            "proto": "HTTP/2.0",
            "proto_major": 2,
            "proto_minor": 0,
            "content_length": len(answer),
            "body": _scalar(answer),
            "headers": _listed(headers),
            "status": f"{status} OK",
            "code": status,
            "duration": duration,
        },
    }


def go_vcr(*interactions: dict[str, Any], wide: bool = False) -> bytes:
    """The text of a go-vcr cassette of these interactions, numbered as they come."""
    numbered = [{**interaction, "id": at} for at, interaction in enumerate(interactions)]
    text: str = yaml.dump(
        {"version": 2, "interactions": numbered},
        Dumper=_Wide if wide else yaml.SafeDumper,
        sort_keys=False,
        explicit_start=True,
    )
    return text.encode()


def write(file: Path, *interactions: dict[str, Any]) -> Path:
    """Write a go-vcr cassette, and the folders above it; return its path."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(go_vcr(*(interactions or (recorded(),))))
    return file


def interaction(
    cassette: str = "chat",
    id: int = 0,
    *,
    method: str = "POST",
    url: str = CHAT_URL,
    sent: bytes = CHAT_BODY,
    request_headers: Headers = (),
    status: int = 200,
    headers: Headers = (("Content-Type", "application/json"),),
    answer: bytes = b'{"ok":true}',
    duration: float = 1.5,
    event_offsets: tuple[float, ...] = (),
) -> Interaction:
    """One interaction as a value, without a file."""
    return Interaction(
        cassette=cassette,
        id=id,
        request=Request(method=method, url=url, headers=request_headers, body=sent),
        response=Response(
            status=status,
            headers=headers,
            body=answer,
            duration=duration,
            event_offsets=event_offsets,
        ),
    )


def shelf(*interactions: Interaction) -> Shelf:
    """A shelf of the cassettes these interactions name, in the order of their names."""
    names = sorted({each.cassette for each in interactions})
    return Shelf(cassettes=tuple(_cassette(name, interactions) for name in names))


def library(*interactions: Interaction) -> Library:
    """A library of the cassettes these interactions name."""
    return Library(shelf(*interactions))


def _cassette(name: str, interactions: Iterable[Interaction]) -> Cassette:
    mine = tuple(each for each in interactions if each.cassette == name)
    return Cassette(name=name, file=f"{name}.yaml", format="go-vcr v2", interactions=mine)


def _listed(headers: Headers) -> dict[str, list[str]]:
    listed: dict[str, list[str]] = {}
    for name, value in headers:
        listed.setdefault(name, []).append(value)
    return listed


def _scalar(body: bytes) -> str | bytes:
    """Text where a body is text; PyYAML writes bytes as `!!binary`, as go-vcr does."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body
