"""Sessions: each an independent set of cursors with a journal of its own.

A session is made when the first request names it. What they hold is bounded: in number, and those
that nobody used for a while go first.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from time import time
from weakref import ref

from playhead.account import ENDED, Counts
from playhead.journal import Journal, Numbers

MOST = 1000
"""Sessions kept: far more than tests run at once."""
IDLE_SECONDS = 3600.0
"""After so long without a request a session is dropped as soon as another is made."""
NAMES = 10_000
"""Names of dropped sessions that are remembered, so that one made anew is known as such."""


@dataclass(slots=True, kw_only=True, eq=False, weakref_slot=True)
class Session:
    """One session: its journal, and how often each of its requests was answered, by sequence.

    `used` is when somebody last named it, so that no request loses its session while it waits.
    """

    journal: Journal
    used: float = 0.0
    turns: dict[str, int] = field(default_factory=dict)


class Sessions:
    """The sessions of one server. The default one serves who names none, and is never dropped.

    What dropped ones leave behind is merged into one journal where `merges`; else it waits to be
    taken out under their names.
    """

    def __init__(self, *, merges: bool, clock: Callable[[], float] = time) -> None:
        self.numbers = Numbers()
        self.default = Session(journal=Journal("", self.numbers))
        self._named: dict[str, Session] = {}
        self._ended = Journal(ENDED, self.numbers)
        self._left: list[tuple[ref[Session], Journal]] = []
        self._gone: dict[str, None] = {}
        self._merges = merges
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
            journal = Journal(name, self.numbers, made_anew=name in self._gone)
            found = self._named[name] = Session(journal=journal)
        found.used = self._clock()
        return found

    def counts(self) -> Counts:
        """Return what became of all requests to this server since its start."""
        counts = self._past.copy()
        for journal in self._journals():
            counts.update(journal.counts())
        return counts

    def copied(self, name: str | None) -> list[Journal]:
        """Return what all sessions have noted until now, or one; last what the dropped ones had."""
        return [
            journal.copied()
            for journal in self._journals()
            if name in (None, journal.session) and (journal is not self._ended or journal.merged)
        ]

    def taken_out(self) -> list[Journal]:
        """Return all that is noted until now; each session notes anew."""
        noted = [each.taken_out() for each in self._journals() if not each.is_empty]
        self._left = [each for each in self._left if each[0]()]  # a request may still hold it
        for journal in noted:
            self._past.update(journal.counts())
        return noted

    def rewind(self, name: str | None) -> None:
        """Begin one session again, or all: the next answer to each request is the first."""
        for session in self:
            if name is None or session.journal.session == name:
                session.turns.clear()

    def forget_interactions(self) -> None:
        """Let go of the interactions of a library that is replaced."""
        for journal in self._journals():
            journal.forget_interactions()

    def _journals(self) -> Iterator[Journal]:
        for session in self:
            yield session.journal
        for _, journal in self._left:
            yield journal
        yield self._ended

    def _make_room(self) -> None:
        long_ago = self._clock() - IDLE_SECONDS
        gone = [session for session in self._named.values() if session.used < long_ago]
        if not gone and len(self._named) >= MOST:
            gone = [min(self._named.values(), key=attrgetter("used"))]
        for session in sorted(gone, key=attrgetter("used")):
            self._drop(session)

    def _drop(self, session: Session) -> None:
        """Let go of a session; what requests that still hold it come to is not lost."""
        journal = session.journal
        del self._named[journal.session]
        if not self._merges:
            self._left.append((ref(session), journal))
            return
        self._ended.merge(journal)
        session.journal = self._ended
        self._gone[journal.session] = None
        if len(self._gone) > NAMES:
            del self._gone[next(iter(self._gone))]
