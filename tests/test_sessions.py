import pytest

from playhead import sessions
from playhead.account import ENDED
from playhead.sessions import IDLE_SECONDS, Session, Sessions
from support.cassettes import interaction


class _Kept:
    """Sessions with a clock that the test sets."""

    def __init__(self, *, merges: bool = True) -> None:
        self.now = 0.0
        self.sessions = Sessions(merges=merges, clock=self._tick)

    def _tick(self) -> float:
        self.now += 1.0
        return self.now

    def ask(self, session: str) -> None:
        _hit(self.sessions.named(session))

    def ended(self) -> tuple[int, int]:
        """How many sessions were dropped, and how many answers of theirs are counted."""
        (account,) = [journal.account() for journal in self.sessions.copied(ENDED)]
        return account.sessions, account.served

    def taken_out(self) -> dict[str, int]:
        """How many answers each session has noted since this was last asked."""
        accounts = [journal.account() for journal in self.sessions.taken_out()]
        return {account.session: account.served for account in accounts}


def _hit(session: Session) -> None:
    session.journal.hit(("POST", b"/v1/x", None, None), interaction())


def test_a_session_is_made_at_its_first_use_and_then_stays() -> None:
    kept = _Kept()
    assert kept.sessions.known("a") is None
    made = kept.sessions.named("a")
    assert kept.sessions.named("a") is kept.sessions.known("a") is made
    assert [each.journal.session for each in kept.sessions] == ["", "a"]


def test_the_empty_name_is_the_default_session() -> None:
    kept = _Kept()
    assert kept.sessions.named("") is kept.sessions.default


def test_a_session_that_nobody_used_for_long_is_dropped_when_another_is_made() -> None:
    kept = _Kept()
    kept.ask("a")
    kept.now += IDLE_SECONDS
    kept.ask("")
    assert kept.sessions.known("a") is not None
    kept.ask("b")
    assert kept.sessions.known("a") is None
    assert kept.ended() == (1, 1)


def test_the_session_that_was_not_used_for_longest_makes_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "MOST", 2)
    kept = _Kept()
    for name in ("a", "b", "a", "c"):
        kept.ask(name)
    assert [each.journal.session for each in kept.sessions] == ["", "a", "c"]
    assert kept.ended() == (1, 1)


def test_a_request_that_is_not_answered_yet_has_used_its_session() -> None:
    kept = _Kept()
    kept.ask("a")
    kept.now += IDLE_SECONDS
    waiting = kept.sessions.named("a")
    kept.ask("b")
    assert kept.sessions.known("a") is waiting


def test_what_a_dropped_session_answered_stays_counted() -> None:
    kept = _Kept()
    kept.ask("a")
    kept.now += IDLE_SECONDS
    kept.ask("b")
    assert sum(kept.sessions.counts().values()) == 2


def test_what_becomes_of_a_request_whose_session_is_dropped_meanwhile_is_counted() -> None:
    kept = _Kept()
    waiting = kept.sessions.named("a")
    kept.now += IDLE_SECONDS
    kept.ask("b")
    _hit(waiting)
    assert kept.ended() == (1, 1)
    assert sum(kept.sessions.counts().values()) == 2


def test_it_is_taken_out_under_its_name_where_dropped_sessions_are_not_merged() -> None:
    kept = _Kept(merges=False)
    waiting = kept.sessions.named("a")
    _hit(waiting)
    kept.now += IDLE_SECONDS
    kept.ask("b")
    assert kept.taken_out() == {"a": 1, "b": 1}
    _hit(waiting)
    assert kept.taken_out() == {"a": 1}
    del waiting
    assert kept.taken_out() == {}
    assert sum(kept.sessions.counts().values()) == 3


def test_a_session_that_is_made_anew_says_so_as_long_as_its_name_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "MOST", 1)
    monkeypatch.setattr(sessions, "NAMES", 2)
    kept = _Kept()
    for name in ("a", "b", "c", "d"):
        kept.ask(name)
    made_anew = [
        kept.sessions.named(name).journal.account().is_made_anew for name in ("a", "d", "new")
    ]
    assert made_anew == [False, True, False]


def test_a_journal_that_is_taken_out_is_followed_by_an_empty_one() -> None:
    kept = _Kept()
    kept.ask("a")
    assert kept.taken_out() == {"a": 1}
    assert kept.taken_out() == {}
    kept.ask("a")
    assert sum(kept.sessions.counts().values()) == 2
    assert kept.taken_out() == {"a": 1}


@pytest.mark.parametrize(("name", "left"), [("a", ["", "b"]), ("", ["a", "b"]), (None, [])])
def test_one_session_is_rewound_or_all(name: str | None, left: list[str]) -> None:
    kept = _Kept()
    for session in ("", "a", "b"):
        kept.sessions.named(session).turns["x"] = 1
    kept.sessions.rewind(name)
    assert [each.journal.session for each in kept.sessions if each.turns] == left
