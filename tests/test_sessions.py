import pytest

from playhead import sessions
from playhead.account import Account
from playhead.sessions import IDLE_SECONDS, Sessions
from support.cassettes import interaction


class _Kept:
    """Sessions with a clock that the test sets, and what they dropped."""

    def __init__(self) -> None:
        self.dropped: list[Account] = []
        self.later = 0.0
        self.sessions = Sessions(on_drop=self.dropped.append, clock=self._now)

    def _now(self) -> float:
        return self.sessions.default.journal.last + self.later

    def ask(self, session: str) -> None:
        request = ("POST", b"/v1/x", None, None)
        self.sessions.named(session).journal.hit(request, interaction())


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
    kept.later = IDLE_SECONDS + 60
    kept.ask("")
    assert kept.sessions.known("a") is not None
    kept.ask("b")
    assert kept.sessions.known("a") is None
    assert [(account.session, account.served) for account in kept.dropped] == [("a", 1)]


def test_the_session_that_was_not_used_for_longest_makes_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "MOST", 2)
    kept = _Kept()
    for name in ("a", "b", "a", "c"):
        kept.ask(name)
    assert [each.journal.session for each in kept.sessions] == ["", "a", "c"]
    assert [account.session for account in kept.dropped] == ["b"]


def test_what_a_dropped_session_answered_stays_counted() -> None:
    kept = _Kept()
    kept.ask("a")
    kept.later = IDLE_SECONDS + 60
    kept.ask("b")
    assert sum(kept.sessions.counts().values()) == 2


def test_a_journal_that_is_taken_out_is_followed_by_an_empty_one() -> None:
    kept = _Kept()
    kept.ask("a")
    (taken,) = kept.sessions.taken_out()
    assert (taken.session, taken.account().served) == ("a", 1)
    assert kept.sessions.taken_out() == []
    kept.ask("a")
    assert sum(kept.sessions.counts().values()) == 2
    assert [each.account().served for each in kept.sessions.taken_out()] == [1]


@pytest.mark.parametrize(("name", "left"), [("a", ["", "b"]), ("", ["a", "b"]), (None, [])])
def test_one_session_is_rewound_or_all(name: str | None, left: list[str]) -> None:
    kept = _Kept()
    for session in ("", "a", "b"):
        kept.sessions.named(session).turns["x"] = 1
    kept.sessions.rewind(name)
    assert [each.journal.session for each in kept.sessions if each.turns] == left
