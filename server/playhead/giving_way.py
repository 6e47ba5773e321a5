"""Work in a thread that lets the event loop have the interpreter at once when it asks for it."""

import contextlib
import sys
import threading
from collections.abc import Iterator

_INTERVAL = 0.0005
"""Seconds after which the interpreter is given away; Python's own are 0.005."""

_lock = threading.Lock()
_before: list[float] = []


@contextlib.contextmanager
def giving_way() -> Iterator[None]:
    """Let the event loop wait half a millisecond at most, not Python's 5, while the block lasts.

    The interval is the whole process's. Several threads may be in such a block: the first sets
    it, and the last to leave puts back what was there.
    """
    with _lock:
        _before.append(sys.getswitchinterval())
        sys.setswitchinterval(_INTERVAL)
    try:
        yield
    finally:
        with _lock:
            before = _before.pop()
            sys.setswitchinterval(before)
