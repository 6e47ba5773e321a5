"""A worker as its parent sees it: its line, who waits until it has reloaded, and how it ended."""

import contextlib
import signal
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from playhead.worker import Line, Word

DONE = "ended with exit code 0"


@dataclass(slots=True, kw_only=True, eq=False)
class Forked:
    """One worker. `is_ready` once it accepts.

    `asked_by` are those for whom it has yet to reload; `awaited` is how many have to for it.
    """

    pid: int
    line: Line
    is_ready: bool = False
    asked_by: deque["Forked"] = field(default_factory=deque)
    awaited: int = 0

    def tell(self, word: Word) -> None:
        """Say a word to the worker."""
        with contextlib.suppress(OSError):  # it has just died
            self.line.send(bytes([word]))

    def have_reload(self, others: Iterable["Forked"]) -> None:
        """Have others reload for this worker, which asked for it and is told when all have."""
        asked = list(others)
        self.awaited = len(asked) + 1
        for other in asked:
            other.asked_by.append(self)
            other.tell(Word.RELOAD)
        self.one_is_done()

    def has_reloaded(self) -> None:
        """Note it for the first of those who asked; the dead may have said so last."""
        if self.asked_by:
            self.asked_by.popleft().one_is_done()

    def is_gone(self) -> None:
        """Let nobody wait for this worker any longer."""
        while self.asked_by:
            self.has_reloaded()

    def one_is_done(self) -> None:
        """Count one less of those for whom this worker waits."""
        self.awaited -= 1
        if self.awaited == 0:
            self.tell(Word.RELOADED)


def how_it_ended(code: int) -> str:
    """Say how a process ended, from its exit code or the negative number of a signal."""
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
