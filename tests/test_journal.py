import json
from collections.abc import Callable
from time import time
from typing import Any

import pytest

from playhead.account import AMBIGUOUS, LIMIT, Account
from playhead.journal import Journal, Numbers, Refused
from playhead.library import Recordings
from playhead.rules import Tier
from support.cassettes import interaction

RECORDED = interaction("a/b", 3, status=201)


def _hit(journal: Journal, target: bytes = b"/v1/x", scope: bytes | None = None) -> None:
    journal.hit(("POST", target, scope, None), RECORDED)


def _all(journal: Journal) -> list[dict[str, Any]]:
    return journal.account().in_order()


def _ours(journal: Journal) -> None:
    journal.ours(("GET", b"/v1/models", None, None), 200)


def _refuse(journal: Journal, **told: object) -> None:
    entry = Refused(
        id=journal.numbers.next(),
        time=time(),
        session=journal.session,
        method="PUT",
        target="/v1/y",
        scope="a",
        status=404,
        message="a line",
        told={"code": "body_differs", **told},
        retry=2,
    )
    journal.refuse(entry)


def test_a_hit_is_kept_as_what_was_asked_and_what_answered() -> None:
    journal = Journal()
    _hit(journal, b"/v1/\xe9", b"a/b")
    (entry,) = _all(journal)
    assert entry.pop("time") > 0
    assert entry == {
        "id": 1,
        "session": None,
        "method": "POST",
        "path": "/v1/é",
        "scope": "a/b",
        "outcome": "served",
        "status": 201,
        "interaction": "a/b#3",
        "match": "exact",
    }


def test_what_was_found_loosely_says_how_and_what_was_let_go() -> None:
    journal = Journal()
    told, untold = RECORDED, interaction("a/b", 4)
    found = Recordings(
        interactions=(told, untold), tier=Tier.TOOLS, let_go={told: ("tools[0].name",)}
    )
    for answer in (told, untold):
        journal.hit(("POST", b"/v1/x", None, found), answer)
    first, second = _all(journal)
    assert (first["match"], first["let_go"]) == ("tools", ["tools[0].name"])
    assert (second["match"], second["let_go"]) == ("tools", None)


def test_what_was_found_loosely_is_counted_by_tier_and_interaction() -> None:
    journal = Journal()
    _hit(journal)
    for tier, times in ((Tier.RULES, 1), (Tier.TOOLS, 2)):
        found = Recordings(interactions=(RECORDED,), tier=tier)
        for _ in range(times):
            journal.hit(("POST", b"/v1/x", None, found), RECORDED)
    account = journal.account()
    assert account.loosely() == {"rules": {"a/b#3": 1}, "tools": {"a/b#3": 2}}
    assert account.served == 4


def test_what_several_cassettes_answer_is_counted_as_ambiguous() -> None:
    journal = Journal()
    found = Recordings(interactions=(RECORDED, interaction("b", 0)))
    journal.hit(("POST", b"/v1/x", None, found), RECORDED)
    assert journal.account().by(AMBIGUOUS) == {"a/b#3": 1}
    assert _all(journal)[0]["match"] == "exact"


def test_a_hit_may_have_no_scope() -> None:
    journal = Journal()
    _hit(journal)
    assert _all(journal)[0]["scope"] is None


def test_a_refusal_is_kept_with_all_that_is_told_of_it() -> None:
    journal = Journal("mine")
    _refuse(journal, nearest={"interaction": "a#0"})
    (entry,) = journal.account().misses
    assert entry.pop("time") > 0
    assert entry == {
        "id": 1,
        "session": "mine",
        "method": "PUT",
        "path": "/v1/y",
        "scope": "a",
        "outcome": "refused",
        "status": 404,
        "message": "a line",
        "client_retry": 2,
        "code": "body_differs",
        "nearest": {"interaction": "a#0"},
    }


def test_requests_come_in_the_order_they_came_in() -> None:
    journal = Journal()
    _hit(journal)
    _refuse(journal)
    _hit(journal)
    assert [(entry["id"], entry["outcome"]) for entry in _all(journal)] == [
        (1, "served"),
        (2, "refused"),
        (3, "served"),
    ]


def test_each_outcome_is_counted() -> None:
    journal = Journal()
    _hit(journal)
    _hit(journal)
    _refuse(journal)
    account = journal.account()
    assert (account.served, account.missed) == (2, 1)


def test_a_flood_of_hits_does_not_push_out_a_miss() -> None:
    journal = Journal()
    _refuse(journal)
    for _ in range(LIMIT + 5):
        _hit(journal)
    account = journal.account()
    assert (len(account.requests), len(account.misses)) == (LIMIT, 1)
    assert (account.requests[0]["id"], account.served) == (7, LIMIT + 5)


def test_an_answer_of_ours_is_kept_and_not_counted() -> None:
    journal = Journal()
    _ours(journal)
    assert (journal.is_empty, journal.account().served) == (False, 0)
    assert _all(journal)[0]["outcome"] == "answered"


def test_what_is_kept_is_json() -> None:
    journal = Journal()
    _hit(journal)
    _refuse(journal)
    assert json.loads(json.dumps(_all(journal))) == _all(journal)


def test_of_several_servers_each_writes_its_own_number_first() -> None:
    numbers = Numbers()
    numbers.server = 3
    journal = Journal("", numbers)
    _hit(journal)
    _refuse(journal)
    assert [entry["id"] for entry in _all(journal)] == ["3-1", "3-2"]


def test_interactions_of_a_library_that_is_replaced_are_counted_on_by_name() -> None:
    journal = Journal()
    _hit(journal)
    before: Account = journal.account()
    journal.forget_interactions()
    assert journal.account().counts == before.counts
    _hit(journal)
    assert journal.account().by("served") == {"a/b#3": 2}


def test_the_last_request_is_the_newest_of_either_outcome() -> None:
    journal = Journal()
    assert (journal.is_empty, journal.last) == (True, 0.0)
    _hit(journal)
    hit = journal.last
    _refuse(journal)
    assert 0.0 < hit <= journal.last == journal.account().last


@pytest.mark.parametrize("ask", [_hit, _ours, _refuse])
def test_the_first_request_is_the_oldest_of_any_outcome(ask: Callable[[Journal], None]) -> None:
    journal = Journal()
    assert journal.account().first == 0.0
    before = time()
    ask(journal)
    (entry,) = _all(journal)
    for _ in range(LIMIT):
        _hit(journal)
    _refuse(journal)
    assert before <= entry["time"] == journal.account().first


def test_what_is_copied_is_of_that_moment() -> None:
    journal = Journal()
    _hit(journal)
    copied = journal.copied()
    _hit(journal)
    _refuse(journal)
    for each, served, missed in ((copied, 1, 0), (journal, 2, 1)):
        account = each.account()
        assert (account.served, len(account.requests)) == (served, served)
        assert (account.missed, len(account.misses)) == (missed, missed)


def test_a_journal_merges_the_counts_and_the_misses_of_others() -> None:
    ended, later, earlier = Journal("(ended)"), Journal("later"), Journal("earlier")
    _refuse(earlier)
    for journal in (later, earlier):
        _hit(journal)
        _refuse(journal)
    for journal in (later, earlier, Journal("silent")):
        ended.merge(journal)
    account = ended.account()
    assert (account.session, account.served, account.missed, account.sessions) == (
        "(ended)", 2, 3, 3,
    )  # fmt: skip
    assert [miss["session"] for miss in account.misses] == ["earlier", "later", "earlier"]
    assert (account.first, account.last) == (earlier.first, earlier.last)


def test_it_counts_how_long_answers_took_by_the_bits_of_their_nanoseconds() -> None:
    journal = Journal()
    for took in (700, 900, 5_000):
        journal.hit(("POST", b"/v1/x", None, None), RECORDED, took)
    assert journal.account().by("latency") == {"10": 2, "13": 1, "sum": 6_600}


def test_what_was_not_measured_took_no_time() -> None:
    journal = Journal()
    journal.hit(("POST", b"/v1/x", None, None), RECORDED)
    assert journal.account().by("latency") == {}
