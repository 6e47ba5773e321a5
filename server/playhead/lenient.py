"""JSON that may hold anything, read without ever failing: what is not as expected is empty."""

import json
from typing import Any, TypeAlias

Json: TypeAlias = Any


def parse(body: bytes | str) -> Json:
    """Return the JSON value of `body`; None where it is none, or nests too deeply."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def mapping(value: Json) -> dict[str, Json]:
    """Return `value` where it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: Json) -> list[dict[str, Json]]:
    """Return the JSON objects of the list `value`; none where it is no list."""
    members = value if isinstance(value, list) else ()
    return [member for member in members if isinstance(member, dict)]


def text(value: Json) -> str:
    """Return `value` where it is text, else the empty text."""
    return value if isinstance(value, str) else ""


def number(value: Json, otherwise: int = 0) -> int:
    """Return `value` where it is a whole number (JSON's `true` is none), else `otherwise`."""
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def first(members: dict[str, Json], *names: str) -> Json:
    """Return what the first of `names` holds that holds anything; None where none does."""
    return next((members[name] for name in names if members.get(name) is not None), None)


def pretty(value: Json, *, indent: int | None = 2) -> str:
    """Return `value` as JSON, on one line where `indent` is None."""
    try:
        return json.dumps(value, indent=indent, ensure_ascii=False)
    except RecursionError:  # pragma: no cover - at which depth hangs on the version and the stack
        return "[nested too deeply to be shown]"
