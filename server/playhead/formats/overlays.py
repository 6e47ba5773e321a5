"""The list `overlays` of a `playhead.yaml`: values in the file in, overlays out."""

import re
from collections.abc import Iterator

from playhead.cassette import Headers
from playhead.formats import bodies
from playhead.formats.document import Document, spell
from playhead.formats.fields import Fields
from playhead.overlay import Early, Overlay

_NAME = re.compile(r"[^\n]+")
_ERRORS_FROM = 400
"""Below it there is no error, so that there is no body of its own either."""


def read(document: Document, folder: str) -> tuple[Overlay, ...]:
    """Return the overlays in a file that stands in `folder`.

    Raise CassetteError with the line where one says what cannot be, or what is not known.
    """
    return tuple(_overlay(document, fields, folder) for fields in document.top.each("overlays"))


def _overlay(document: Document, fields: Fields, folder: str) -> Overlay:
    _check_names(fields, "before", "answers")
    before = fields.text("before", _NAME, "the name of an interaction, a cassette or a folder")
    answers = tuple(_answers(document, fields))
    if not answers:
        raise fields.error("answers", "is empty: there is nothing to come before the recording")
    path = spell((*fields.path, "before"))
    return Overlay(file=document.file, path=path, folder=folder, before=before, answers=answers)


def _answers(document: Document, overlay: Fields) -> Iterator[Early]:
    for fields in overlay.each("answers"):
        _check_names(fields, "status", "headers", "body")
        status, body = fields.status("status"), _body(fields)
        if body is None and status < _ERRORS_FROM:
            reason = "is missing: only an error, 400 or above, has one of its own"
            raise fields.error("body", reason)
        yield Early(status=status, headers=_headers(document, fields), body=body)


def _check_names(fields: Fields, *known: str) -> None:
    for name in fields.values:
        if name not in known:
            raise fields.error(name, f"is not known; known are {', '.join(known)}")


def _headers(document: Document, fields: Fields) -> Headers:
    headers = fields.headers()
    if document.notes:  # what a recording is forgiven, a person who writes wants to know
        raise fields.error("headers", "holds a name or a value that HTTP does not allow")
    return headers


def _body(fields: Fields) -> bytes | None:
    """Text as it stands, a mapping or a list as JSON, None where the field is absent."""
    if not isinstance(fields.get("body"), dict | list):
        return fields.bytes_of("body") if "body" in fields else None
    return bodies.from_json(fields.as_json("body"), fields, "body")
