"""Bytes of JSON to plain values; numbers and truth values keep their types."""

import json
from typing import Any

from playhead.errors import CassetteError


def load(raw: bytes) -> Any:
    """Return the value in `raw`; raise CassetteError where it is no JSON, with the line."""
    try:
        text = raw.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CassetteError(f"is not UTF-8 text: {error.reason}", line=line) from None
    except json.JSONDecodeError as error:
        raise CassetteError(f"is not valid JSON: {error.msg}", line=error.lineno) from None
    except ValueError as error:  # a number of more digits than Python reads
        raise CassetteError(f"is not read: {error}") from None
    except RecursionError:
        raise CassetteError("is nested too deeply") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, in which a name may stand once: readers keep the last silently."""
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise CassetteError(f"has the name {twice!r} twice in one object")
    return members
