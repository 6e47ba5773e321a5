"""How a store keeps what accounts hold: as which texts, and in which order.

Names and entries are kept as JSON in ASCII: they may hold what is not Unicode, and they come back
from a place that others can write to, so they are read as data and nothing else.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, TypeAlias

from playhead.account import ENDED, Account, Counts

_Shape: TypeAlias = "type | str | tuple[_Shape, ...] | list[_Shape] | dict[str, _Shape] | None"
"""A type, a text or None as it is; any of several; a list of such; an object with these fields."""

REQUEST: Mapping[str, _Shape] = {
    "id": (str, int),
    "time": (int, float),
    "outcome": ("served", "answered", "refused"),
}
"""What has to be in an entry that was answered, for those who read it; more may be."""
MISS: Mapping[str, _Shape] = {
    **REQUEST,
    "method": str,
    "path": str,
    "scope": (str, None),
    "session": (str, None),
    "message": str,
    "code": str,
    "times": (int, None),
    "first": (int, str, None),
    "outside_scope": ([str], None),
    "nearest": (
        {
            "interaction": str,
            "likeness": (int, float),
            "conversation": (str, None),
            "differences": [{"path": str, "change": str, "part": str}],
            "more_differences": int,
        },
        None,
    ),
    "rule": ({"heading": str, "lines": [str], "cautions": [str]}, None),
}
"""What has to be in an entry that was refused, and of which type what may be."""

PATIENCE_SECONDS = 2.0
"""How long one who gathers waits for the other servers."""


_NOT_OURS = "it holds what playhead did not write"


def as_text(value: object) -> str:
    """Return JSON in ASCII, which every store takes, whatever the names in it hold."""
    return json.dumps(value, separators=(",", ":"))


def as_name(text: str | bytes) -> str:
    """Return the name that was kept as `text`."""
    return str(json.loads(text))


def entries(texts: Iterable[str | bytes], like: Mapping[str, _Shape]) -> list[dict[str, Any]]:
    """Return the entries of a journal that were kept as `texts`, oldest first.

    Servers write what they hold when somebody gathers, so the order in which entries came in says
    nothing. Raise ValueError where one is not `like` those that playhead writes.
    """
    read = [_parsed(text) for text in texts]
    if not all(_fits(entry, dict(like)) for entry in read):
        raise ValueError(_NOT_OURS)
    return sorted(read, key=itemgetter("time"))


def _fits(value: object, shape: _Shape) -> bool:
    match shape:
        case dict():
            return isinstance(value, dict) and all(
                _fits(value.get(name), of) for name, of in shape.items()
            )
        case list():
            return isinstance(value, list) and all(_fits(each, shape[0]) for each in value)
        case tuple():
            return any(_fits(value, each) for each in shape)
        case type():
            return isinstance(value, shape)
        case _:
            return value == shape


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (TypeError, RecursionError):  # no text, as a database may hold; or 100,000 brackets
        raise ValueError(_NOT_OURS) from None


def counts(kept: Iterable[tuple[str | bytes, int | bytes]]) -> Counts:
    """Return the counts that were kept as texts and numbers; raise ValueError for others."""
    found: Counts = Counter()
    for text, times in kept:
        match _parsed(text):
            case [str(kind), str(name)]:
                found[kind, name] += int(times)
            case _:
                raise ValueError(_NOT_OURS)
    return found


def in_order(accounts: Iterable[Account]) -> list[Account]:
    """Return accounts as they are listed: the default session first, the ended ones last."""
    return sorted(
        accounts, key=lambda each: (each.session == ENDED, each.session != "", each.first)
    )
