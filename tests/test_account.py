from collections import Counter

from playhead.account import Account, together

ONE = Account(
    session="a",
    counts=Counter({("served", "x#0"): 2, ("missed", "exhausted"): 1, ("loosely:rules", "x#0"): 1}),
    requests=[{"id": 1, "time": 1.0}, {"id": 3, "time": 3.0}],
    misses=[{"id": 4, "time": 4.0}],
    first=1.0,
    last=4.0,
)
OTHER = Account(
    session="b",
    counts=Counter({("served", "x#0"): 1, ("served", "y#0"): 1, ("missed", "body_differs"): 3}),
    requests=[{"id": 2, "time": 2.0}],
    misses=[{"id": 5, "time": 0.5}],
    first=0.5,
    last=3.0,
)


def test_an_account_counts_what_was_served_missed_and_exhausted() -> None:
    assert (ONE.served, ONE.missed, ONE.exhausted) == (2, 1, 1)
    assert (OTHER.served, OTHER.missed, OTHER.exhausted) == (2, 3, 0)


def test_an_account_tells_how_often_by_name() -> None:
    assert OTHER.by("served") == {"x#0": 1, "y#0": 1}
    assert ONE.by("loosely:rules") == {"x#0": 1}
    assert ONE.by("ambiguous") == {}


def test_to_look_for_what_never_came_adds_nothing() -> None:
    assert OTHER.exhausted == 0
    assert ("missed", "exhausted") not in OTHER.counts


def test_several_accounts_make_one_in_the_order_of_time() -> None:
    both = together([ONE, OTHER], "both")
    assert both.session == "both"
    assert both.by("served") == {"x#0": 3, "y#0": 1}
    assert [entry["id"] for entry in both.requests] == [1, 2, 3]
    assert [entry["id"] for entry in both.misses] == [5, 4]
    assert (both.first, both.last) == (0.5, 4.0)


def test_of_nothing_there_is_an_empty_account() -> None:
    nothing = together([])
    assert (nothing.session, nothing.served, nothing.missed) == ("", 0, 0)
    assert (nothing.first, nothing.last) == (0.0, 0.0)


def test_a_session_without_a_request_does_not_change_when_the_others_began() -> None:
    assert together([Account(session="c"), ONE]).first == 1.0
