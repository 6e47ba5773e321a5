from collections import Counter

from playhead.account import LIMIT, Account, together


def _account(session: str, *times: float, misses: tuple[float, ...] = ()) -> Account:
    return Account(
        session=session,
        counts=Counter({("served", "a#0"): len(times), ("missed", "body_differs"): len(misses)}),
        requests=[{"time": time, "session": session} for time in times],
        misses=[{"time": time, "session": session} for time in misses],
        first=min(times + misses, default=0.0),
        last=max(times + misses, default=0.0),
    )


def test_several_accounts_are_counted_together() -> None:
    both = together([_account("a", 1.0, 2.0), _account("b", 3.0, misses=(4.0,))], session="c")
    assert (both.session, both.served, both.missed, both.sessions) == ("c", 3, 1, 2)
    assert (both.first, both.last) == (1.0, 4.0)


def test_requests_of_several_accounts_come_in_their_order() -> None:
    both = together([_account("a", 1.0, 4.0), _account("b", 2.0, misses=(3.0,))])
    assert [entry["session"] for entry in both.in_order()] == ["a", "b", "b", "a"]


def test_together_they_keep_no_more_than_one_of_each_outcome() -> None:
    many = tuple(float(at) for at in range(LIMIT))
    both = together([_account("a", *many), _account("b", -1.0, misses=(5.0,))])
    assert (len(both.requests), len(both.misses)) == (LIMIT, 1)
    assert both.requests[0]["time"] == 0.0


def test_nothing_together_is_nothing() -> None:
    nothing = together([])
    assert (nothing.served, nothing.missed, nothing.first, nothing.last) == (0, 0, 0.0, 0.0)


def test_what_answered_loosely_is_told_by_tiers() -> None:
    counts = Counter(
        {("loosely:rules", "a#0"): 2, ("loosely:tools", "b#0"): 1, ("served", "a#0"): 2}
    )
    account = Account(session="", counts=counts)
    assert account.loosely() == {"rules": {"a#0": 2}, "tools": {"b#0": 1}}


def test_what_was_exhausted_is_counted_apart_and_to_look_adds_nothing() -> None:
    counts = Counter({("missed", "exhausted"): 2, ("missed", "body_differs"): 1})
    account = Account(session="", counts=counts)
    assert (account.missed, account.exhausted) == (3, 2)
    nothing = Account(session="", counts=Counter())
    assert nothing.exhausted == 0
    assert not nothing.counts
