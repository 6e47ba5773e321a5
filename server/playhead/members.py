"""What a request is made of, as hashes: its fields, messages and tools, and some of its words."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from playhead import key
from playhead.alignment import name_of, same, spelled
from playhead.areas import CONVERSATIONS

MOST = 48
"""Elements of one list, and words of one text, that count.

Of more, those with the smallest hashes do: two lists that share most of their elements then share
most of these, whatever was put in front of one of them.
"""

_MOST_OF_ALL = 256
_LAST = 2
"""Elements of a list that always count, with their words: the last question, a tool's result."""
_WORDS = 16
_READ = 1_024
_WORD = re.compile(rb"[^\s\"\\{}\[\],:]+")


def members_of(method: str, parameters: tuple[str, ...], body: bytes) -> frozenset[int]:
    """Return a hash for each member of a request; those of equal members are equal.

    The words tell apart requests that share all but one message.
    """
    value = _value(body)
    if isinstance(value, dict):
        members = members_kept(value, value)
    elif isinstance(value, list):
        members = frozenset(_elements("", value))
    else:
        members = frozenset(hash(part) for part in re.split(rb"[\0\n]", key.canonical(body)))
    smallest = sorted(members)[:_MOST_OF_ALL]
    return frozenset((hash((method, parameters)), *smallest))


def members_kept(body: dict[str, Any], kept: dict[str, Any]) -> frozenset[int]:
    """Return the members of a body that are as they were in what is `kept` of it."""
    members: set[int] = set()
    for name, field in body.items():
        left = kept.get(name)
        if name in kept and same(field, left):
            members.update(_members(name, field))
        elif isinstance(field, list) and isinstance(left, list) and len(field) == len(left) <= MOST:
            pairs = zip(field, left, strict=True)
            members.update(hash((name, spelled(each))) for each, now in pairs if same(each, now))
    return frozenset(members)


def _value(body: bytes) -> Any:
    """The JSON value of a body, None where it is none; the slower way only where it differs."""
    try:
        return key.parse(body) if b"\\r" in body else orjson.loads(body)
    except ValueError:
        return None


def _members(name: str, member: Any) -> Iterator[int]:
    if isinstance(member, list):
        yield from _elements(name, member)
        return
    text = spelled(member)
    yield hash((name, text))
    if isinstance(member, dict):
        yield from (hash((name, inner, spelled(held))) for inner, held in member.items())
    if name in CONVERSATIONS:
        yield from _words(text)


def _elements(name: str, elements: list[Any]) -> Iterator[int]:
    texts = [spelled(element) for element in elements]
    yield from _smallest(hash((name, text)) for text in texts)
    yield from _smallest(hash((name, "name", found)) for found in map(name_of, elements) if found)
    if name != "tools":
        for text in texts[-_LAST:]:
            yield hash((name, text))
            yield from _words(text)


def _words(text: bytes) -> Iterable[int]:
    return sorted({hash(word) for word in _WORD.findall(text[-_READ:])})[:_WORDS]


def _smallest(hashes: Iterable[int]) -> list[int]:
    return sorted(set(hashes))[:MOST]
