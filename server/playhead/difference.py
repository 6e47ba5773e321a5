"""Where two JSON values differ: JSON paths, and lengths rather than values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
_LONGEST_NAME = 60
_MISSING = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place at which two values differ: what was recorded there, and what was sent.

    `recorded` and `sent` describe and do not quote text: `41 chars`, `a list of 3`, `nothing`.
    `weight` is how many characters are not the same.
    """

    path: str
    recorded: str
    sent: str
    weight: int

    def __str__(self) -> str:
        return f"{self.path} (recorded {self.recorded}, sent {self.sent})"


def differences(recorded: Any, sent: Any, path: str = "") -> Iterator[Difference]:
    """Yield the places at which two JSON values differ, in the order of the recorded one."""
    if isinstance(recorded, dict) and isinstance(sent, dict):
        for name in [*recorded, *(name for name in sent if name not in recorded)]:
            inner = _member(path, name)
            yield from differences(recorded.get(name, _MISSING), sent.get(name, _MISSING), inner)
    elif isinstance(recorded, list) and isinstance(sent, list):
        for at in range(max(len(recorded), len(sent))):
            left = recorded[at] if at < len(recorded) else _MISSING
            right = sent[at] if at < len(sent) else _MISSING
            yield from differences(left, right, f"{path}[{at}]")
    elif recorded is _MISSING or sent is _MISSING or not _same(recorded, sent):
        yield Difference(
            path=path or "the body",
            recorded=_described(recorded, sent),
            sent=_described(sent, recorded),
            weight=_weight(recorded, sent),
        )


def _same(recorded: object, sent: object) -> bool:
    """JSON equality: in Python `True == 1`, in JSON it is not."""
    return recorded == sent and isinstance(recorded, bool) == isinstance(sent, bool)


def _member(path: str, name: str) -> str:
    if not _PLAIN.fullmatch(name):
        name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."
        return f"{path}[{name!r}]"
    return f"{path}.{name}" if path else name


def _described(value: object, other: object) -> str:
    if value is _MISSING:
        return "nothing"
    if isinstance(value, str):
        same_length = isinstance(other, str) and len(other) == len(value)
        return f"{len(value)} other chars" if same_length else f"{len(value)} chars"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if value is None:
        return "null"
    return str(value).lower()


def _weight(recorded: object, sent: object) -> int:
    if isinstance(recorded, str) and isinstance(sent, str):
        return 1 + max(len(recorded), len(sent)) - _common_ends(recorded, sent)
    return 1 + max(_size(recorded), _size(sent))


def _common_ends(left: str, right: str) -> int:
    """How many characters two texts share at their beginning and their end together."""
    shortest = min(len(left), len(right))
    start = next((at for at in range(shortest) if left[at] != right[at]), shortest)
    rest = shortest - start
    end = next((at for at in range(rest) if left[-1 - at] != right[-1 - at]), rest)
    return start + end


def _size(value: object) -> int:
    return 0 if value is _MISSING else len(str(value))
