import json
from collections import Counter

from playhead import receipt
from playhead.account import Account
from playhead.proof import STATE_LOST, Requirements, prove
from support.cassettes import library
from support.ruled import chat
from support.runs import account, refused

HELD = library(chat("a"), chat("b", user="c"))
SENT = json.dumps({"model": "m", "messages": [{"role": "user", "content": "ho"}]}).encode()
MISSED = account("", refused(HELD, SENT), served={"a#0": 1})
EVERYTHING = account(served={"a#0": 1, "b#0": 1})
NOTHING = Requirements()
NO_MISS = Requirements(fail_on_miss=True)


def test_a_server_that_nobody_asked_says_nothing_at_its_end() -> None:
    assert receipt.lines(prove(HELD, account(), NOTHING)) == []


def test_one_that_requires_something_says_so_although_nobody_asked() -> None:
    lines = receipt.lines(prove(HELD, account(), Requirements(served=1)))
    assert lines[0] == "playhead: NOT PROVED: 0 requests answered, 0 refused"
    assert lines[1].startswith("  not proved: 0 requests answered, and at least 1 required")
    assert lines[2] == "  2 of 2 interactions answered nothing"


def test_the_end_says_how_many_requests_there_were() -> None:
    assert receipt.lines(prove(HELD, EVERYTHING, NOTHING)) == [
        "playhead: 2 requests answered, 0 refused"
    ]


def test_the_end_says_that_a_run_is_proved() -> None:
    assert receipt.lines(prove(HELD, EVERYTHING, NO_MISS)) == [
        "playhead: proved: 2 requests answered, 0 refused"
    ]


def test_a_run_in_which_nothing_was_answered_is_not_called_proved() -> None:
    lines = receipt.lines(prove(HELD, account(), NO_MISS))
    assert lines[0] == "playhead: proves nothing: 0 requests answered, 0 refused"


def test_what_was_refused_is_told_where_it_is_no_reason() -> None:
    lines = receipt.lines(prove(HELD, MISSED, NOTHING))
    assert lines[0] == "playhead: 1 request answered, 1 refused"
    assert lines[1].startswith("  refused: 1 request matched no recording (body_differs): POST ")
    assert lines[2:] == ["  1 of 2 interactions answered nothing"]


def test_what_was_refused_is_told_once_where_it_is_a_reason() -> None:
    lines = receipt.lines(prove(HELD, MISSED, NO_MISS))
    assert lines[0] == "playhead: NOT PROVED: 1 request answered, 1 refused"
    assert lines[1].startswith("  not proved: 1 request matched no recording (body_differs)")
    assert len(lines) == 3


def test_the_end_names_what_answered_loosely_and_ambiguously() -> None:
    loose = account(
        served={"a#0": 3, "b#0": 2}, conversation={"b#0": 1, "a#0": 2}, rules={"a#0": 1},
        ambiguous={"a#0": 1},
    )  # fmt: skip
    assert receipt.lines(prove(HELD, loose, NOTHING))[1:] == [
        "  1 by rules: a#0",
        "  3 by conversation: a#0, b#0",
        "  1 answer that another cassette holds, too: a#0 (`playhead check` says how to choose)",
    ]


def test_a_proof_as_json_has_all_of_it() -> None:
    proof = prove(HELD, MISSED, Requirements(fail_on_miss=True, served=1), scope="b")
    told = receipt.as_json(proof)
    assert json.loads(json.dumps(told)) == {
        "proved": False,
        "reasons": list(proof.reasons),
        "session": None,
        "scope": "b",
        "required": {"fail_on_miss": True, "all_used": False, "served": 1},
        "served": 1,
        "missed": 1,
        "exhausted": 0,
        "missed_by": {"body_differs": 1},
        "answers": {"a#0": 1},
        "loosely": {},
        "ambiguous": {},
        "interactions": 1,
        "unused": ["b#0"],
        "misses": list(MISSED.misses),
    }


def test_the_report_of_a_run_has_a_line_for_each_session() -> None:
    named = account("t1", served={"a#0": 2}, first=5.0, last=6.0)
    told = receipt.report(prove(HELD, MISSED, NOTHING), [MISSED, named])
    assert [each["session"] for each in told["sessions"]] == [None, "t1"]
    assert told["sessions"][1] == {
        "session": "t1", "served": 2, "missed": 0, "exhausted": 0, "first": 5.0, "last": 6.0,
    }  # fmt: skip


def test_that_counts_were_lost_is_told_although_none_are_left() -> None:
    lost = Account(session="", counts=Counter({("lost", ""): 1}))
    said = receipt.lines(prove(HELD, lost, NOTHING))
    assert said[:2] == ["playhead: 0 requests answered, 0 refused", f"  lost: {STATE_LOST}"]
