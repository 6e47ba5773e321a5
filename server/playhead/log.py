"""Log lines to standard error that never hold up a request.

A pipe that nobody reads is full after 64 KB, and a write to it then waits for ever: with the
event loop writing, 200 misses would freeze the server. A thread writes, and what it cannot keep
up with is dropped and counted.
"""

import contextlib
import logging
import os
import queue
import select
import threading
from collections.abc import Callable, Iterator

_STDERR = 2
_KEPT_LINES = 1000
_KEPT_RECORDS = 20
"""What a person reads of a log that comes all at once; a report has the rest."""
_LAST_SECONDS = 1.0
"""How long the last lines may take at the end: a reader that is alive needs far less."""


class _Handler(logging.Handler):
    """Hands lines to the thread that writes them."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: queue.Queue[str | None] = queue.Queue(_KEPT_LINES)
        self._dropped = 0
        self._thread = threading.Thread(target=self._write, name="playhead-log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take the line of a record, or drop it."""
        self.take(self.format(record))

    def take(self, line: str) -> None:
        """Take one line, or drop it."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1

    def end(self) -> None:
        """Write what is left, if somebody reads it."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(_LAST_SECONDS)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            if self._dropped:
                line = f"{line}\n({self._dropped} lines were dropped: nobody read this pipe)"
                self._dropped = 0
            with contextlib.suppress(OSError):  # a reader that has gone
                _write_all(f"{line}\n".encode("utf-8", "backslashreplace"))


def _write_all(data: bytes) -> None:
    """Write past `sys.stderr`: a thread that hangs in its lock would abort Python at its end."""
    while data:
        data = data[os.write(_STDERR, data) :]


def try_to_say(line: str) -> None:
    """Write a line to standard error where it takes one at once, else drop it.

    For a process that must have no thread.
    """
    if select.select((), (_STDERR,), (), 0)[1]:
        with contextlib.suppress(OSError):  # a reader that has gone
            os.write(_STDERR, f"{line}\n".encode())


@contextlib.contextmanager
def to_stderr() -> Iterator[Callable[[str], None]]:
    """Send the warnings of playhead and uvicorn to standard error while the block lasts.

    What the block is given does the same with a line of its own.
    """
    handler = _Handler()
    _hand_to(handler)
    try:
        yield handler.take
    finally:
        logging.getLogger().removeHandler(handler)
        handler.end()


class Kept(logging.Handler):
    """The first errors of a log, for later; the rest is counted."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []
        self._more = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record, or count it."""
        if len(self._texts) < _KEPT_RECORDS:
            self._texts.append(self.format(record))
        else:
            self._more += 1

    def lines(self) -> Iterator[str]:
        """Yield what was kept, line by line."""
        for text in self._texts:
            yield from text.splitlines()
        if self._more:
            yield f"({self._more} more like these)"


def kept() -> Kept:
    """Return a log that keeps the errors of playhead and uvicorn from now on; no refusals."""
    handler = Kept()
    handler.setLevel(logging.ERROR)
    _hand_to(handler)
    return handler


def _hand_to(handler: logging.Handler) -> None:
    logging.basicConfig(format="%(message)s", level=logging.WARNING, handlers=[handler])
