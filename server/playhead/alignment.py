"""Which elements of two lists belong together: an element put in is one change, not a cascade.

Equal ends first, then elements that have names, then elements that stand once in each list, which
are the fixed points between which the rest is paired. None of that takes quadratic time; what is
compared pair by pair is bounded.
"""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import orjson

Pair: TypeAlias = tuple[int | None, int | None]
"""An index in the recorded list and one in the sent list; None where nothing stands opposite."""

_COMPARED = 2_500
"""Pairs of elements of which the likest are looked for; more are paired as they come."""
_NAMED_IN = ("function", "toolSpec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The pairs of two lists that are not equal; `reordered` says that equal ones changed place."""

    pairs: tuple[Pair, ...]
    reordered: bool = False


def aligned(recorded: list[Any], sent: list[Any]) -> Alignment:
    """Return which elements of the two lists stand for each other, apart from the equal ones."""
    start, end = _equal_ends(recorded, sent)
    left = range(start, len(recorded) - end)
    right = range(start, len(sent) - end)
    if not left or not right:
        return Alignment(pairs=(*((at, None) for at in left), *((None, at) for at in right)))
    spelled_left = [spelled(recorded[at]) for at in left]
    spelled_right = [spelled(sent[at]) for at in right]
    if len(left) == len(right) and Counter(spelled_left) == Counter(spelled_right):
        return Alignment(pairs=(), reordered=True)
    names = _names(recorded), _names(sent)
    if names[0] and names[1]:
        return _by_name(names[0], names[1], recorded, sent)
    fixed = [(start + at, start + to) for at, to in _fixed_points(spelled_left, spelled_right)]
    bounds = [(start - 1, start - 1), *fixed, (left.stop, right.stop)]
    pairs: list[Pair] = []
    for (left_from, right_from), (left_to, right_to) in pairwise(bounds):
        gap = range(left_from + 1, left_to), range(right_from + 1, right_to)
        pairs += _paired(*gap, recorded, sent)
    return Alignment(pairs=tuple(pairs))


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal: in Python `True == 1`, in JSON it is not."""
    if left is right:
        return True
    if type(left) is not type(right) or left != right:
        return False
    return not isinstance(left, dict | list) or spelled(left) == spelled(right)


def spelled(value: Any) -> bytes:
    """Return one spelling for all equal JSON values."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # huge integers, halves of characters, more than 254 levels: see `key`
        try:
            return json.dumps(value, sort_keys=True).encode()
        except RecursionError:  # only where a body is not compared, since it counts as no JSON
            return b"nested too deeply"


def _equal_ends(recorded: list[Any], sent: list[Any]) -> tuple[int, int]:
    """How many elements are equal at the beginning, and of the rest at the end."""
    shorter = min(len(recorded), len(sent))
    start = next((at for at in range(shorter) if not same(recorded[at], sent[at])), shorter)
    rest = shorter - start
    ends = (at for at in range(rest) if not same(recorded[-1 - at], sent[-1 - at]))
    return start, next(ends, rest)


def _names(elements: list[Any]) -> dict[str, int]:
    """The name of each element and where it stands; empty where not each has one of its own."""
    names = {name_of(element): at for at, element in enumerate(elements)}
    return {} if "" in names or len(names) < len(elements) else names


def name_of(element: Any) -> str:
    """Return the name of a tool, a function or a schema; empty for what has none."""
    if not isinstance(element, dict):
        return ""
    for inner in _NAMED_IN:
        if isinstance(element.get(inner), dict):
            element = element[inner]
            break
    name = element.get("name")
    return name if isinstance(name, str) and "role" not in element else ""


def _by_name(
    left: dict[str, int], right: dict[str, int], recorded: list[Any], sent: list[Any]
) -> Alignment:
    shared = [(at, right[name]) for name, at in left.items() if name in right]
    unequal = [(at, to) for at, to in shared if not same(recorded[at], sent[to])]
    gone = [at for name, at in left.items() if name not in right]
    new = [at for name, at in right.items() if name not in left]
    pairs = [*unequal, *_paired(gone, new, recorded, sent)]
    reordered = any(second < first for (_, first), (_, second) in pairwise(shared))
    return Alignment(pairs=tuple(sorted(pairs, key=_place)), reordered=reordered)


def _place(pair: Pair) -> int:
    return next(at for at in pair if at is not None)


def _fixed_points(left: Sequence[bytes], right: Sequence[bytes]) -> list[tuple[int, int]]:
    """Elements that stand once on each side, as many as are in one order on both (patience)."""
    once_left, once_right = Counter(left), Counter(right)
    places = {each: at for at, each in enumerate(right) if once_right[each] == 1}
    common = [
        (at, places[each])
        for at, each in enumerate(left)
        if once_left[each] == 1 and each in places
    ]
    return _longest_rising(common)


def _longest_rising(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of `points`, gaps allowed, whose second numbers rise."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, (_, value) in enumerate(points):
        length = bisect_left(tails, value)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [value]
        ends[length : length + 1] = [at]
    found = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(points[at])
        at = before[at]
    return found[::-1]


def _paired(
    left: Sequence[int], right: Sequence[int], recorded: list[Any], sent: list[Any]
) -> Iterator[Pair]:
    """Pair two runs of elements of which none are known to be equal, in their order."""
    if len(left) == len(right) or not left or not right or len(left) * len(right) > _COMPARED:
        both = min(len(left), len(right))
        yield from zip(left[:both], right[:both], strict=True)
        yield from ((at, None) for at in left[both:])
        yield from ((None, at) for at in right[both:])
    else:
        yield from _likest(left, right, recorded, sent)


def _likest(
    left: Sequence[int], right: Sequence[int], recorded: list[Any], sent: list[Any]
) -> list[Pair]:
    """The pairs, in the order of both lists, whose likeness together is the greatest."""
    likeness = [[_likeness(recorded[at], sent[to]) for to in right] for at in left]
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for at in range(len(left) - 1, -1, -1):
        for to in range(len(right) - 1, -1, -1):
            paired = likeness[at][to] + best[at + 1][to + 1]
            best[at][to] = max(paired, best[at + 1][to], best[at][to + 1])
    pairs: list[Pair] = []
    at = to = 0
    while at < len(left) and to < len(right):
        if best[at][to] == likeness[at][to] + best[at + 1][to + 1]:
            pairs.append((left[at], right[to]))
            at, to = at + 1, to + 1
        elif best[at][to] == best[at + 1][to]:
            pairs.append((left[at], None))
            at += 1
        else:
            pairs.append((None, right[to]))
            to += 1
    pairs += [(rest, None) for rest in left[at:]]
    return pairs + [(None, rest) for rest in right[to:]]


def _likeness(left: Any, right: Any) -> float:
    """From 0 to 1: how much of two elements is equal, members weighing alike."""
    if isinstance(left, dict) and isinstance(right, dict):
        names = left.keys() | right.keys()
        equal = sum(name in left and same(left[name], right.get(name)) for name in names)
        return equal / max(1, len(names)) + _likeness(left.get("content"), right.get("content")) / 9
    if isinstance(left, str) and isinstance(right, str):
        return common_start(left, right) / max(1, len(left), len(right))
    return float(same(left, right))


def common_start(left: str, right: str) -> int:
    """Return with how many characters two texts begin alike."""
    low, high = 0, min(len(left), len(right))
    while low < high:  # by halves, since to compare slices is a thousand times as fast
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
