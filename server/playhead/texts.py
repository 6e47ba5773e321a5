"""The texts in a JSON value, and in a body: what patterns are looked for in."""

from collections.abc import Iterator
from typing import Any

import orjson

_PREFIX = b"data:"


def in_value(value: Any) -> Iterator[str]:
    """Yield each string of a JSON value; the names of members are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for element in value:
            yield from in_value(element)
    elif isinstance(value, dict):
        for member in value.values():
            yield from in_value(member)


def in_body(body: bytes) -> Iterator[str]:
    """Yield the texts in a recorded body: the strings of its JSON, or of each line that is JSON.

    A line may be one of an event stream. What is no JSON is a text itself.
    """
    try:
        yield from in_value(orjson.loads(body))
    except ValueError:
        for line in body.splitlines():
            yield from _in_line(line.removeprefix(_PREFIX))


def _in_line(line: bytes) -> Iterator[str]:
    try:
        value = orjson.loads(line)
    except ValueError:
        value = line.decode("utf-8", "replace")
    yield from in_value(value)
