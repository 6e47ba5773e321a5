"""The fields of one mapping in a recording, checked as they are taken out.

What every format shares is here: what a method, a URL, a status and a header may be.
"""

import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playhead.cassette import Headers
from playhead.errors import CassetteError

if TYPE_CHECKING:
    from playhead.formats.document import Document, Path

CUT = "the file may be cut short"

_METHOD = re.compile(r":?[A-Za-z]+")
# What JSON spells as half a surrogate pair is no character, and cannot be sent.
_URL = re.compile(r"(?:https?://[^/\s\ud800-\udfff]+|(?=/))[^\s\ud800-\udfff]*")
_URL_WITH_SPACES = re.compile(r" *(?:https?://[^/\s\ud800-\udfff]+)?/(?:[^\s\ud800-\udfff]| )*")
_STATUS = re.compile(r"[2-5]\d\d")  # 1xx is not a final answer, and uvicorn closes on the rest
_STATUSES = range(200, 600)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2: a token
_PROTOCOL = re.compile(r"(?i)(?:http/?|h)?([1-3])(?:[.]([019]))?")  # `HTTP/1.1`, `1.1`, `h2`
_WORDS = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]*")
_NOT_IN_A_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")  # RFC 9110, 5.5


class Fields:
    """One mapping, at `path` of a document; every error names that place."""

    __slots__ = ("_document", "path", "values")

    def __init__(self, document: "Document", values: dict[str, Any], path: "Path") -> None:
        self._document = document
        self.path = path
        self.values = values

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a field as it stands, or `default` where it is absent or null."""
        value = self.values.get(name)
        return default if value is None else value

    def error(self, name: str, reason: str) -> CassetteError:
        """Return the error that says `reason` of the field `name`, with its line."""
        return self._document.error((*self.path, name), reason)

    def note(self, name: str, reason: str) -> None:
        """Let the cassette carry `reason`, said of the field `name`, for a person to read."""
        self._document.note((*self.path, name), reason)

    def within(self, name: str) -> "Fields":
        """Return the mapping in the field `name`; raise where there is none."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self.error(name, f"is missing or no mapping; {CUT}")
        return Fields(self._document, value, (*self.path, name))

    def each(self, name: str) -> Iterator["Fields"]:
        """Yield the mappings in the list `name`; raise where it is none, or one is not."""
        listed = self.values.get(name)
        if not isinstance(listed, list):
            raise self.error(name, f"is not a list; {CUT}")
        for at, value in enumerate(listed):
            path = (*self.path, name, at)
            if not isinstance(value, dict):
                raise self._document.error(path, f"is not a mapping; {CUT}")
            yield Fields(self._document, value, path)

    def text(self, name: str, form: re.Pattern[str], what: str) -> str:
        """Return the text of a field that matches `form`; raise where it is absent or does not.

        A number of a JSON file counts as its text.
        """
        value = self.values.get(name)
        if value is None:
            raise self.error(name, f"is missing; {CUT}")
        if type(value) is int:
            value = str(value)
        if not isinstance(value, str) or not form.fullmatch(value):
            raise self.error(name, f"{shown(value)} is not {what}")
        return value

    def method(self) -> str:
        """Return the HTTP method in upper case; old Ruby wrote it as a symbol, `:get`."""
        return self.text("method", _METHOD, "an HTTP method").removeprefix(":").upper()

    def url(self, name: str) -> str:
        """Return a URL that can be taken apart; a space in it becomes `%20`, with a note."""
        url = self.values.get(name)
        if isinstance(url, str) and " " in url and _URL_WITH_SPACES.fullmatch(url):
            self.note(name, f"{shown(url)} has a space, taken for %20")
            url = url.strip(" ").replace(" ", "%20")
        else:
            url = self.text(name, _URL, "a URL")
        try:
            urlsplit(url)
        except ValueError as error:  # `http://[`
            raise self.error(name, f"{shown(url)}: {error}") from None
        return url

    def status(self, name: str) -> int:
        """Return a status that can be sent as a final one; JSON may spell it `200.0`."""
        value = self.values.get(name)
        if isinstance(value, float) and value in _STATUSES:
            return int(value)
        return int(self.text(name, _STATUS, "a status from 200 to 599"))

    def words(self, name: str) -> str:
        """Return a line of text that only a person reads; empty where there is none."""
        value = self.values.get(name)
        if isinstance(value, str) and _WORDS.fullmatch(value):
            return sys.intern(value.strip())
        return ""

    def protocol(self, name: str) -> str:
        """Return a version of HTTP as Go spells it, `HTTP/2.0`; empty where none is known."""
        return _protocol(str(self.values.get(name))[:9])  # none is longer

    def bytes_of(self, name: str) -> bytes:
        """Return a body that is stored as text or bytes; empty where the field is absent."""
        value = self.get(name, b"")
        if isinstance(value, str):
            return value.encode("utf-8", "surrogatepass")
        if not isinstance(value, bytes):
            raise self.error(name, "is neither text nor !!binary")
        return value

    def as_json(self, name: str) -> Any:
        """Return a field as a JSON value: its plain scalars as numbers, truth values and nulls."""
        return self._document.json_at((*self.path, name))

    def headers(self) -> Headers:
        """Return the headers, which are a mapping of names to a value or a list of values."""
        recorded = self.get("headers")
        if not recorded:
            return ()
        if not isinstance(recorded, dict):
            raise self.error("headers", "is not a mapping of names to values")
        return self.legal(
            (name, value)
            for name, values in recorded.items()
            for value in (values if isinstance(values, list) else (values,))
        )

    def legal(self, pairs: Iterator[tuple[str, Any]]) -> Headers:
        """Return the headers that HTTP allows; one that it does not is left out, with a note."""
        kept = []
        for name, value in pairs:
            text = value if type(value) is str else _header_text(value)
            if (
                isinstance(text, str)
                and _HEADER_NAME.fullmatch(name)
                and not _NOT_IN_A_HEADER.search(text)
            ):
                kept.append((sys.intern(name), text))
            elif not name.startswith(":"):  # HTTP/2's own, which browsers list with the others
                reason = f"the header {name!r} is left out: HTTP does not allow {shown(value)}"
                self.note("headers", reason)
        return tuple(kept)


def _header_text(value: Any) -> Any:
    """The text of a header's value, which JSON may spell as a number; else what there is."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return str(value) if type(value) is int else value


@lru_cache(maxsize=32)  # a folder holds thousands of recordings, of three versions
def _protocol(text: str) -> str:
    found = _PROTOCOL.fullmatch(text)
    return f"HTTP/{found[1]}.{found[2] or 0}" if found else ""


def shown(value: object) -> str:
    """Return `value` for a message, cut to a length that can be read."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def first_mapping(listed: Any) -> dict[str, Any]:
    """Return the first element of a list where that is a mapping, else an empty one."""
    first = listed[0] if isinstance(listed, list) and listed else None
    return first if isinstance(first, dict) else {}
