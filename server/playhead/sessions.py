"""Sessions: each an independent set of cursors with a journal of its own.

A session is made when the first request names it. What they hold is bounded: in number, and those
that nobody used for a while go first.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import time

from playhead.account import Account, Counts
from playhead.journal import Journal, Numbers

MOST = 1000
"""Sessions kept: far more than tests run at once."""
IDLE_SECONDS = 3600.0
"""After so long without a request a session is dropped as soon as another is made."""


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """One session: its journal, and how often each of its requests was answered, by sequence."""

    journal: Journal
    turns: dict[str, int] = field(default_factory=dict)


class Sessions:
    """The sessions of one server. The default one serves who names none, and is never dropped.

    `on_drop` is told what a session that is dropped leaves behind.
    """

    def __init__(
        self, on_drop: Callable[[Account], None], clock: Callable[[], float] = time
    ) -> None:
        self.numbers = Numbers()
        self.default = Session(journal=Journal("", self.numbers))
        self._named: dict[str, Session] = {}
        self._on_drop = on_drop
        self._clock = clock
        self._past: Counts = Counter()

    def __iter__(self) -> Iterator[Session]:
        """Yield every session, the default one first."""
        yield self.default
        yield from self._named.values()

    def known(self, name: str) -> Session | None:
        """Return the session of this name, `""` for the default one; None where none was made."""
        return self._named.get(name) if name else self.default

    def named(self, name: str) -> Session:
        """Return the session of this name, made at its first use."""
        found = self.known(name)
        if found is None:
            self._make_room()
            found = self._named[name] = Session(journal=Journal(name, self.numbers))
        return found

    def counts(self) -> Counts:
        """Return what became of all requests to this server since its start."""
        counts = self._past.copy()
        for session in self:
            counts.update(session.journal.counts())
        return counts

    def taken_out(self) -> list[Journal]:
        """Return the journals in which something is noted; each session begins a new one."""
        noted = [session for session in self if not session.journal.is_empty]
        return [self._renewed(session) for session in noted]

    def rewind(self, name: str | None) -> None:
        """Begin one session again, or all: the next answer to each request is the first."""
        for session in self:
            if name is None or session.journal.session == name:
                session.turns.clear()

    def forget_interactions(self) -> None:
        """Let go of the interactions of a library that is replaced."""
        for session in self:
            session.journal.forget_interactions()

    def _renewed(self, session: Session) -> Journal:
        journal = session.journal
        session.journal = Journal(journal.session, self.numbers)
        self._past.update(journal.counts())
        return journal

    def _make_room(self) -> None:
        used = {name: session.journal.last for name, session in self._named.items()}
        long_ago = self._clock() - IDLE_SECONDS
        gone = {name for name, last in used.items() if last < long_ago}
        if len(used) - len(gone) >= MOST:
            gone.add(min(used, key=used.__getitem__))
        for name in gone:
            self._on_drop(self._renewed(self._named.pop(name)).account())
