"""What a parsed recording holds beside what its reader keeps: for those who convert it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

# What recorders write where they know nothing; a YAML file holds all of it as text.
_NOTHING = frozenset({None, "", 0, -1, "0", "-1", "false"})


def rest(tree: Any, kept: Iterable[str], altered: Iterable[str] = ()) -> tuple[str, ...]:
    """Return a sentence for each field with a value that no path of `kept` names.

    A path reads `interactions[].request.url`; it keeps what is below it, too. A path of `altered`
    is kept in name only, and stands there once for each time.
    """
    patterns = frozenset(kept)
    above = {
        pattern[:at] for pattern in patterns for at, char in enumerate(pattern) if char in ".["
    }
    found = Counter(_unkept(tree, "", patterns, above | {""}))
    found.update(altered)
    return tuple(
        f"{path}: not carried over" + (f", {count} times" if count > 1 else "")
        for path, count in found.items()
    )


def _unkept(value: Any, path: str, kept: frozenset[str], above: set[str]) -> Iterable[str]:
    if path in kept:
        return
    if path not in above:
        if _says_something(value):
            yield path
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _unkept(member, f"{path}.{name}" if path else name, kept, above)
    elif isinstance(value, list):
        for member in value:
            yield from _unkept(member, f"{path}[]", kept, above)


def _says_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_says_something, value.values()))
    if isinstance(value, list):
        return any(map(_says_something, value))
    return value not in _NOTHING
