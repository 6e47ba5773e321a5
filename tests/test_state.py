import asyncio

import pytest

from playhead import sessions
from playhead.account import ENDED, together
from playhead.state import Memory
from support.cassettes import interaction


def _hit(state: Memory, session: str) -> None:
    state.sessions.named(session).journal.hit(("POST", b"/v1/x", None, None), interaction())


def test_each_session_takes_its_own_turns() -> None:
    async def turns() -> list[int]:
        state = Memory()
        one, other = state.sessions.default, state.sessions.named("other")
        return [
            await state.take(session, sequence)
            for session, sequence in [(one, "x"), (one, "x"), (other, "x"), (one, "y")]
        ]

    assert asyncio.run(turns()) == [0, 1, 0, 0]


def test_sessions_that_were_dropped_are_told_of_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 1)
    state = Memory()
    for session in ("", "a", "b", "c"):
        _hit(state, session)
    accounts = asyncio.run(state.accounts())
    assert [(each.session, each.served) for each in accounts] == [("", 1), ("c", 1), (ENDED, 2)]
    assert together(accounts).sessions == 4
    assert asyncio.run(state.accounts("a")) == []
