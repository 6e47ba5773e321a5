import json

from playhead.journal import LIMIT, Journal, Refused
from playhead.library import Recordings
from playhead.rules import Tier
from support.cassettes import interaction

RECORDED = interaction("a/b", 3, status=201)


def _hit(journal: Journal, target: bytes = b"/v1/x", scope: bytes | None = None) -> None:
    journal.hit(("POST", target, scope, None), RECORDED)


def _refuse(journal: Journal, **told: object) -> None:
    entry = Refused(
        id=journal.new_id(),
        time=1.5,
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
    (entry,) = journal.requests()
    assert entry.pop("time") > 0
    assert entry == {
        "id": 1,
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
    first, second = journal.requests()
    assert (first["match"], first["let_go"]) == ("tools", ["tools[0].name"])
    assert (second["match"], second["let_go"]) == ("tools", None)


def test_what_was_found_loosely_is_counted_by_tier() -> None:
    journal = Journal()
    _hit(journal)
    for tier, times in ((Tier.RULES, 1), (Tier.TOOLS, 2)):
        found = Recordings(interactions=(RECORDED,), tier=tier)
        for _ in range(times):
            journal.hit(("POST", b"/v1/x", None, found), RECORDED)
    assert journal.by_tier() == {"rules": 1, "tools": 2}
    assert journal.loosely == {(Tier.RULES, RECORDED): 1, (Tier.TOOLS, RECORDED): 2}


def test_a_hit_may_have_no_scope() -> None:
    journal = Journal()
    _hit(journal)
    assert journal.requests()[0]["scope"] is None


def test_a_refusal_is_kept_with_all_that_is_told_of_it() -> None:
    journal = Journal()
    _refuse(journal, nearest={"interaction": "a#0"})
    assert journal.misses() == [
        {
            "id": 1,
            "time": 1.5,
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
    ]


def test_requests_come_in_the_order_they_came_in() -> None:
    journal = Journal()
    _hit(journal)
    _refuse(journal)
    _hit(journal)
    assert [(entry["id"], entry["outcome"]) for entry in journal.requests()] == [
        (1, "served"),
        (2, "refused"),
        (3, "served"),
    ]


def test_each_outcome_is_counted() -> None:
    journal = Journal()
    _hit(journal)
    _hit(journal)
    _refuse(journal)
    assert (journal.served, journal.missed) == (2, 1)


def test_one_request_is_found_by_its_number() -> None:
    journal = Journal()
    _hit(journal)
    _refuse(journal)
    found = journal.request(2)
    assert found is not None
    assert found["path"] == "/v1/y"
    assert journal.request(3) is None


def test_a_flood_of_hits_does_not_push_out_a_miss() -> None:
    journal = Journal()
    _refuse(journal)
    for _ in range(LIMIT + 5):
        _hit(journal)
    assert (len(journal.requests()), len(journal.misses())) == (LIMIT + 1, 1)
    assert (journal.request(2), journal.served) == (None, LIMIT + 5)


def test_what_is_kept_is_json() -> None:
    journal = Journal()
    _hit(journal)
    _refuse(journal)
    assert json.loads(json.dumps(journal.requests())) == journal.requests()


def test_one_refusal_can_be_looked_up() -> None:
    journal = Journal()
    _hit(journal)
    _refuse(journal)
    found = journal.request(2)
    assert found is not None
    assert found["outcome"] == "refused"
    assert journal.request(3) is None
