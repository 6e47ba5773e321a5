"""Where two JSON values differ: JSON paths, and lengths rather than values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._/:@-]{1,60}")
_TOLD = ("model", "role", "type")
_LONGEST_NAME = 60
_MISSING = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place at which two values differ: what was recorded there, and what was sent.

    `recorded` and `sent` describe and do not quote text: `41 chars`, `a list of 3`, `nothing`;
    numbers and the names of models and roles are told, which are nobody's secret. `alike` is how
    many characters two texts begin with alike, None for anything else. `weight` is how many
    characters are not the same.
    """

    path: str
    recorded: str
    sent: str
    weight: int
    alike: int | None = None

    def __str__(self) -> str:
        alike = "" if self.alike is None else f", the first {self.alike} alike"
        return f"{self.path} (recorded {self.recorded}, sent {self.sent}{alike})"


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
            recorded=_described(recorded, path),
            sent=_described(sent, path),
            weight=_weight(recorded, sent),
            alike=_alike(recorded, sent, path),
        )


def _same(recorded: object, sent: object) -> bool:
    """JSON equality: in Python `True == 1`, in JSON it is not."""
    return recorded == sent and isinstance(recorded, bool) == isinstance(sent, bool)


def _member(path: str, name: str) -> str:
    if not _PLAIN.fullmatch(name):
        name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."
        return f"{path}[{name!r}]"
    return f"{path}.{name}" if path else name


def _described(value: object, path: str) -> str:
    if value is _MISSING:
        return "nothing"
    if isinstance(value, str):
        return value if _is_told(value, path) else f"{len(value)} char{'s' * (len(value) != 1)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if value is None:
        return "null"
    return str(value).lower()


def _is_told(value: str, path: str) -> bool:
    """Whether a text is a name that a message may tell: a model, a role, a type."""
    return path.rpartition(".")[2] in _TOLD and _PLAIN_NAME.fullmatch(value) is not None


def _alike(recorded: object, sent: object, path: str) -> int | None:
    if not isinstance(recorded, str) or not isinstance(sent, str):
        return None
    if _is_told(recorded, path) and _is_told(sent, path):
        return None
    return _common_start(recorded, sent)


def _weight(recorded: object, sent: object) -> int:
    if isinstance(recorded, str) and isinstance(sent, str):
        return 1 + max(len(recorded), len(sent)) - _common_ends(recorded, sent)
    return 1 + max(_size(recorded), _size(sent))


def _common_ends(left: str, right: str) -> int:
    """How many characters two texts share at their beginning and their end together."""
    start = _common_start(left, right)
    rest = min(len(left), len(right)) - start
    end = next((at for at in range(rest) if left[-1 - at] != right[-1 - at]), rest)
    return start + end


def _common_start(left: str, right: str) -> int:
    shortest = min(len(left), len(right))
    return next((at for at in range(shortest) if left[at] != right[at]), shortest)


def _size(value: object) -> int:
    return 0 if value is _MISSING else len(str(value))
