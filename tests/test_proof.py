import json

import pytest

from playhead.account import Account
from playhead.errors import Code
from playhead.proof import NAMED, STATE_LOST, Requirements, prove
from playhead.wording import listed
from support.cassettes import library
from support.ruled import chat
from support.runs import account, refused

HELD = library(chat("a/one"), chat("a/one", 1, user="b"), chat("b/two", user="c"))
BODY = {"model": "m", "messages": [{"role": "user", "content": "ho"}]}
SENT = json.dumps(BODY).encode()
ORIGIN = "http://127.0.0.1:8080"
ALL_USED = Requirements(all_used=True)
ONE_SERVED = Requirements(served=1)
NO_MISS = Requirements(fail_on_miss=True)
LOST = account(served={"a/one#0": 1, "a/one#1": 1, "b/two#0": 1})
LOST.counts["lost", ""] = 2


def test_a_run_that_answered_everything_is_proved() -> None:
    all_of_it = account(served={"a/one#0": 1, "a/one#1": 2, "b/two#0": 1})
    required = Requirements(fail_on_miss=True, all_used=True, served=4)
    proof = prove(HELD, all_of_it, required)
    assert proof.is_proved
    assert (proof.served, proof.missed, proof.exhausted) == (4, 0, 0)
    assert proof.unused == []
    assert proof.answers == {"a/one#0": 1, "a/one#1": 2, "b/two#0": 1}


def test_what_is_not_required_is_told_and_is_no_reason() -> None:
    proof = prove(HELD, account("", refused(HELD, SENT)), Requirements())
    assert proof.is_proved
    assert (proof.missed, proof.missed_by) == (1, {"body_differs": 1})
    assert len(proof.refusals) == 1
    assert len(proof.unused) == proof.interactions == 3


def test_a_miss_is_a_reason_that_names_the_nearest_the_place_and_what_to_do() -> None:
    (reason,) = prove(HELD, account("", refused(HELD, SENT)), NO_MISS).reasons
    assert reason == (
        "1 request matched no recording (body_differs): POST /v1/chat/completions, "
        "nearest a/one#0, differs at messages[0].content. "
        "Record it again, or say in a playhead.yaml what may differ."
    )


def test_only_the_first_of_many_misses_are_named() -> None:
    misses = [refused(HELD, SENT, at, path=f"/{at}") for at in range(1, 6)]
    (reason,) = prove(HELD, account("", *misses), NO_MISS).reasons
    assert reason.startswith("5 requests matched no recording")
    assert reason.count("nearest") == 3
    assert "; and 2 more. Record" in reason


def test_what_many_sessions_missed_alike_is_named_once() -> None:
    misses = [refused(HELD, SENT, at, session=f"test-{at}") for at in range(1, 6)]
    (reason,) = prove(HELD, account("", *misses), NO_MISS).reasons
    assert reason.startswith("5 requests matched no recording")
    assert reason.count("nearest") == 1


def test_misses_that_are_not_kept_any_more_are_counted() -> None:
    forgotten = Account(session="", counts=account("", refused(HELD, SENT)).counts)
    (reason,) = prove(HELD, forgotten, NO_MISS).reasons
    assert reason.startswith("1 request matched no recording (body_differs). Record")


@pytest.mark.parametrize("code", list(Code))
def test_every_code_of_a_refusal_has_a_sentence(code: Code) -> None:
    entry = refused(HELD, SENT, code=code.value)
    (reason,) = prove(HELD, account("", entry), NO_MISS).reasons
    assert f"({code.value})" in reason
    assert "could not be answered" not in reason
    assert reason.endswith(".")


def test_a_code_of_another_version_has_a_sentence_too() -> None:
    (reason,) = prove(HELD, account("", refused(HELD, SENT, code="newer")), NO_MISS).reasons
    assert reason.startswith("1 request could not be answered (newer): POST ")


@pytest.mark.parametrize("required", [NO_MISS, ONE_SERVED, ALL_USED])
def test_where_counts_were_lost_nothing_is_as_required(required: Requirements) -> None:
    proof = prove(HELD, LOST, required)
    assert proof.reasons == (STATE_LOST,)
    assert (proof.missed, proof.refusals) == (0, ())


def test_that_counts_were_lost_is_told_where_nothing_is_required() -> None:
    proof = prove(HELD, LOST, Requirements())
    assert proof.is_proved
    assert proof.lost == STATE_LOST


def test_what_was_exhausted_is_counted_apart() -> None:
    entry = refused(HELD, SENT, code="exhausted")
    proof = prove(HELD, account("", entry, refused(HELD, SENT, 2)), NO_MISS)
    assert (proof.missed, proof.exhausted) == (2, 1)
    assert len(proof.reasons) == 2


def test_what_was_found_loosely_is_told_by_tier() -> None:
    loose = account(
        served={"a/one#0": 3}, rules={"a/one#0": 1}, conversation={"a/one#0": 1},
        ambiguous={"a/one#0": 2},
    )  # fmt: skip
    proof = prove(HELD, loose, Requirements())
    assert proof.loosely == {"rules": {"a/one#0": 1}, "conversation": {"a/one#0": 1}}
    assert proof.ambiguous == {"a/one#0": 2}


# Never used


def test_what_answered_nothing_is_named() -> None:
    proof = prove(HELD, account(served={"a/one#0": 1}), ALL_USED)
    assert proof.unused == ["a/one#1", "b/two#0"]
    assert proof.reasons == (
        "2 interactions answered nothing: a/one#1, b/two#0. "
        "Delete what no test needs, or run the test that needs it.",
    )


@pytest.mark.parametrize(
    ("scope", "unused"), [("a", ["a/one#1"]), ("a/one", ["a/one#1"]), ("b", ["b/two#0"])]
)
def test_a_scope_narrows_what_has_to_be_used(scope: str, unused: list[str]) -> None:
    proof = prove(HELD, account(served={"a/one#0": 1}), ALL_USED, scope=scope)
    assert (proof.unused, proof.scope) == (unused, scope)


def test_a_miss_comes_before_what_it_left_unused_and_is_named_there() -> None:
    required = Requirements(fail_on_miss=True, all_used=True)
    miss, unused = prove(HELD, account("", refused(HELD, SENT)), required).reasons
    assert "(body_differs)" in miss
    assert unused.endswith("1 request refused may be why: look at those first.")


def test_what_answered_and_is_no_longer_served_is_no_trouble() -> None:
    assert prove(HELD, account(served={"gone#0": 1}), Requirements(served=1)).is_proved


def test_of_many_names_the_rest_is_counted() -> None:
    names = [str(at) for at in range(NAMED + 2)]
    assert listed(names, NAMED) == f"{', '.join(names[:NAMED])} and 2 more"
    assert listed(names[:NAMED], NAMED) == ", ".join(names[:NAMED])


# Too few


def test_an_app_that_never_called_is_told_its_base_url() -> None:
    (reason,) = prove(HELD, account(), ONE_SERVED, origin=ORIGIN).reasons
    assert reason == (
        "0 requests answered, and at least 1 required: the app never called. Its base URL should "
        "be http://127.0.0.1:8080/v1; `playhead env` prints the variables of every SDK."
    )


@pytest.mark.parametrize(
    ("session", "scope", "url"),
    [
        ("t 1/2", None, f"{ORIGIN}/session/t%201%2F2/-/v1;"),
        ("", "a/one", f"{ORIGIN}/cassette/a/one/-/v1;"),
        ("t", "a", f"{ORIGIN}/session/t/cassette/a/-/v1;"),
    ],
)
def test_the_base_url_is_that_of_the_session_and_the_scope(
    session: str, scope: str | None, url: str
) -> None:
    (reason,) = prove(HELD, account(session), ONE_SERVED, scope=scope, origin=ORIGIN).reasons
    assert f"should be {url}" in reason


def test_where_the_address_is_not_known_the_command_that_knows_is_named() -> None:
    (reason,) = prove(HELD, account(), ONE_SERVED).reasons
    assert "the app never called. Point its base URL at playhead: `playhead env`" in reason


def test_an_app_whose_requests_were_all_refused_did_call() -> None:
    (reason,) = prove(HELD, account("", refused(HELD, SENT)), ONE_SERVED).reasons
    assert "never called" not in reason
    assert reason.endswith("all that came were refused, 1 of them.")


def test_fewer_answers_than_required_are_counted() -> None:
    (reason,) = prove(HELD, account(served={"a/one#0": 2}), Requirements(served=3)).reasons
    assert reason == "2 requests answered, and at least 3 required."


@pytest.mark.parametrize(
    ("required", "any_"),
    [(Requirements(), False), (NO_MISS, True), (ALL_USED, True), (ONE_SERVED, True)],
)
def test_requirements_know_whether_there_are_any(required: Requirements, any_: bool) -> None:  # noqa: FBT001
    assert required.are_any is any_
