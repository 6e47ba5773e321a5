"""Interactions for people: rows of a table, and a conversation that fits a terminal."""

import textwrap
from collections.abc import Iterator
from typing import Any

from playhead.answer import prepare
from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.library import Library
from playhead.models import model_in
from playhead.transcript import transcript

_HEADINGS = {
    "interaction": "INTERACTION",
    "method": "METHOD",
    "operation": "OPERATION",
    "model": "MODEL",
    "status": "STATUS",
    "answer": "ANSWER",
}
_NARROWEST = 12


def rows(library: Library) -> list[dict[str, Any]]:
    """Return a row for each interaction, in the order of their names."""
    return [_row(interaction) for interaction in library.in_scope(None)]


def table(rows: list[dict[str, Any]], *, width: int) -> Iterator[str]:
    """Yield the lines of a table of `rows` that is at most `width` wide, where that is possible.

    Long names lose their middle: the cassette's folder and the interaction's number stay.
    """
    if not rows:
        return
    cells = [_HEADINGS, *({name: str(row[name]) for name in _HEADINGS} for row in rows)]
    widths = {name: max(len(line[name]) for line in cells) for name in _HEADINGS}
    for name in ("interaction", "operation", "model"):
        excess = sum(widths.values()) + 2 * (len(widths) - 1) - width
        if excess > 0:
            widths[name] = max(_NARROWEST, widths[name] - excess)
    for line in cells:
        fitted = [_fit(line[name], widths[name]).ljust(widths[name]) for name in _HEADINGS]
        yield "  ".join(fitted).rstrip()


def named(library: Library, name: str) -> list[Interaction]:
    """Return what `cassette#id`, a cassette or a folder names; [] where it names nothing."""
    exact = [each for each in library.in_scope(None) if each.name == name]
    return exact or list(library.in_scope(name.strip("/")))


def conversation(interaction: Interaction, *, width: int) -> Iterator[str]:
    """Yield the lines of `interaction` as a conversation, wrapped to `width`."""
    request, response = interaction.request, interaction.response
    yield interaction.name
    yield f"{request.method} {request.url}"
    after = f", headers after {response.duration:.3f} s" if response.duration else ""
    yield f"{response.status}, {_size(interaction)}{after}"
    told = transcript(interaction)
    for turn in told.turns:
        yield ""
        yield f"  {turn.role}"
        for line in turn.text.splitlines():
            yield from textwrap.wrap(
                line, max(20, width - 4), initial_indent="    ", subsequent_indent="    ",
                break_on_hyphens=False, replace_whitespace=False, drop_whitespace=True,
            ) or [""]  # fmt: skip
    if told.ending:
        yield ""
        yield f"  {', '.join(told.ending)}"
    yield ""


def whole(interaction: Interaction) -> dict[str, Any]:
    """Return all of `interaction` as a JSON value; bodies that are not text are described."""
    request, response = interaction.request, interaction.response
    told = transcript(interaction)
    return {
        **_row(interaction),
        "url": request.url,
        "request_headers": request.headers,
        "request_body": _text(request.body),
        "response_headers": response.headers,
        "response_body": _text(response.body),
        "duration_seconds": response.duration,
        "turns": [{"role": turn.role, "text": turn.text} for turn in told.turns],
        "ending": told.ending,
    }


def _row(interaction: Interaction) -> dict[str, Any]:
    route = recorded_route(interaction)
    return {
        "interaction": interaction.name,
        "method": interaction.request.method,
        "operation": route.operation,
        "model": model_in(interaction.request.body) or route.model,
        "status": interaction.response.status,
        "answer": _size(interaction),
    }


def _size(interaction: Interaction) -> str:
    prepared = prepare(interaction)
    body = prepared.body["body"]
    if prepared.form:
        return f"{len(prepared.events())} events"
    return f"{len(body)} bytes"


def _fit(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return f"[{len(body)} bytes that are not text]"
