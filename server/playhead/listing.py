"""Interactions for people: rows of a table, and a conversation that fits a terminal."""

import base64
import os
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playhead import formats
from playhead.answer import prepare
from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.library import Library
from playhead.models import model_in
from playhead.names import near
from playhead.transcript import transcript
from playhead.wording import plural

_HEADINGS = {
    "interaction": "INTERACTION",
    "method": "METHOD",
    "operation": "OPERATION",
    "model": "MODEL",
    "status": "STATUS",
    "answer": "ANSWER",
}
_NARROWEST = 12
_FILES = (*formats.ENDINGS, ".gz")


def rows(library: Library) -> list[dict[str, Any]]:
    """Return a row for each interaction, in the order of their names."""
    return [_row(interaction) for interaction in library.in_scope(None)]


def table(rows: list[dict[str, Any]], *, width: int | None) -> Iterator[str]:
    """Yield the lines of a table of `rows` that is at most `width` wide, where that is possible.

    What is long loses its middle, names last: a cassette's folder and the interaction's number
    stay. Where `width` is None nothing is cut.
    """
    if not rows:
        return
    cells = [_HEADINGS, *({name: str(row[name]) for name in _HEADINGS} for row in rows)]
    widths = {name: max(len(line[name]) for line in cells) for name in _HEADINGS}
    for name in ("model", "operation", "interaction"):
        excess = sum(widths.values()) + 2 * (len(widths) - 1) - (width or sys.maxsize)
        if excess > 0:
            widths[name] = min(widths[name], max(_NARROWEST, widths[name] - excess))
    for line in cells:
        fitted = [_fit(line[name], widths[name]).ljust(widths[name]) for name in _HEADINGS]
        yield "  ".join(fitted).rstrip()


def named(library: Library, name: str) -> list[Interaction]:
    """Return what `cassette#id`, a cassette or a folder names; [] where it names nothing."""
    exact = [each for each in library.in_scope(None) if each.name == name]
    return exact or list(library.in_scope(name.strip("/")))


def file_named(name: str) -> tuple[Path | None, str]:
    """Return the file that `name` is the path of, and the number of an interaction behind it."""
    for path, number in ((name, ""), name.rpartition("#")[::2]):
        if path.lower().endswith(_FILES) and os.path.isfile(path):  # noqa: PTH113 - never raises
            return Path(path), number
    return None, ""


def numbered(library: Library, number: str) -> list[Interaction]:
    """Return the interaction of that number, or all where `number` is empty."""
    return [each for each in library.in_scope(None) if number in ("", str(each.id))]


def nothing_named(library: Library, name: str) -> str:
    """Return why nothing is shown for `name`: a file that is not served, or no such name."""
    wanted = {name, name.rpartition("#")[0] or name}
    for skip in library.shelf.skipped:
        if any(_is_name_of(skip.file, each) for each in wanted):
            return f"{name!r} is not served: {skip}"
    found = near(min(wanted, key=len).strip("/"), library.scopes)
    hint = f"did you mean {' or '.join(found)}?" if found else "`playhead list` names them"
    return f"no cassette or interaction is named {name!r}; {hint}"


def conversation(interaction: Interaction, *, width: int | None) -> Iterator[str]:
    """Yield the lines of `interaction` as a conversation, wrapped between words to `width`.

    Where `width` is None lines are as they were recorded.
    """
    request, response = interaction.request, interaction.response
    yield interaction.name
    yield f"{request.method} {request.url}"
    told = transcript(interaction)
    if told.requested:
        yield from _wrapped(f"asked for: {', '.join(told.requested)}", width, indent="")
    after = f", headers after {response.duration:.3f} s" if response.duration else ""
    yield f"{response.status}, {_size(interaction)}{after}"
    for turn in told.turns:
        yield ""
        yield f"  {turn.role}"
        for line in turn.text.splitlines():
            yield from _wrapped(line, width)
    if told.ending:
        yield ""
        yield f"  {', '.join(told.ending)}"
    yield ""


def whole(interaction: Interaction) -> dict[str, Any]:
    """Return all of `interaction` as a JSON value; a body that is not text is in base64.

    A duration of 0 is one that the recorder did not store.
    """
    request, response = interaction.request, interaction.response
    told = transcript(interaction)
    return {
        **_row(interaction),
        "url": request.url,
        "request_headers": request.headers,
        **_body("request", request.body),
        "response_headers": response.headers,
        **_body("response", response.body),
        "duration_seconds": response.duration or None,
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
        return plural(len(prepared.events()), "event")
    return plural(len(body), "byte")


def _fit(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def _wrapped(line: str, width: int | None, *, indent: str = "    ") -> list[str]:
    if width is None or not line.strip():
        return [f"{indent}{line}".rstrip()]
    return textwrap.wrap(
        line, max(24, width), initial_indent=indent, subsequent_indent=indent or "  ",
        break_on_hyphens=False, break_long_words=False, replace_whitespace=False,
    )  # fmt: skip


def _is_name_of(file: str, name: str) -> bool:
    """Whether the file of that path would be the cassette `name`."""
    endings = "|".join(map(re.escape, formats.ENDINGS))
    below = rf"(?:.*/)?{re.escape(name)}(?:{endings})?(?:\.gz)?"
    return re.fullmatch(below, file, re.DOTALL | re.IGNORECASE) is not None


def _body(side: str, body: bytes) -> dict[str, str]:
    """A body for programs: text as it is, what is no text in base64."""
    try:
        return {f"{side}_body": body.decode(), f"{side}_body_encoding": "utf-8"}
    except UnicodeDecodeError:
        encoded = base64.b64encode(body).decode()
        return {f"{side}_body": encoded, f"{side}_body_encoding": "base64"}
