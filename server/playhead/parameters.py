"""What the query of a control request asks for: one frozen value, or a reason why it is none."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_COUNT = re.compile(r"[0-9]{1,9}")
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What was asked for. `session` is None for all sessions, and "" for the default one.

    `since` is the id of a request, and may be any text.
    """

    session: str | None = None
    scope: str | None = None
    all_used: bool = False
    served: int = 0
    since: str | None = None


def parameters(
    pairs: Iterable[tuple[str, str]], allowed: Collection[str], scopes: Collection[str] = ()
) -> Parameters:
    """Return what the `pairs` of a query ask for, of the names that are `allowed`.

    Raise ValueError for another name, for one that comes twice, and for a value that cannot be: a
    scope has to be one of `scopes`.
    """
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed:
            known = f"there are {', '.join(allowed)}" if allowed else "there are none here"
            raise ValueError(f"there is no parameter {name[:80]!r}; {known}")
        if name in given:
            raise ValueError(f"the parameter {name} stands there twice")
        given[name] = value
    scope = given.get("scope")
    if scope is not None and scope not in scopes:
        raise ValueError(f"no cassette or folder is named {scope[:80]!r}")
    return Parameters(
        session=given.get("session"),
        scope=scope,
        all_used=_boolean(given.get("all_used", "false")),
        served=_count(given.get("require_served", "0")),
        since=given.get("since"),
    )


def _boolean(value: str) -> bool:
    if value not in _BOOLEANS:
        raise ValueError(f"all_used is true or false, not {value[:80]!r}")
    return _BOOLEANS[value]


def _count(value: str) -> int:
    if not _COUNT.fullmatch(value):
        raise ValueError(f"require_served is a number, not {value[:80]!r}")
    return int(value)
