"""What every client must make of a refusal."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from support.server import Running


@contextlib.contextmanager
def refused(running: Running, error: type[Exception], *says: str) -> Iterator[Any]:
    """The block sends one request, a miss, and raises `error`, whose text holds all of `says`."""
    with running.missed_once(), pytest.raises(error) as caught:
        yield caught
    assert [said for said in says if said not in str(caught.value)] == []


NO_MATCH = ("playhead: no recording matches POST /", "differs at ")
NO_CASSETTES = "no cassettes are loaded"
