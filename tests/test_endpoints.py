from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from playhead import __version__
from playhead.account import LIMIT
from support.exposition import metrics
from support.recordings import CHAT, EVENT_STREAM, chat, interaction, write
from support.refusals import error_in
from support.server import Running, serve
from support.wire import eventually, request

JSON = {"content-type": "application/json"}
NOT_SERVED = "version: 2\ninteractions:\n- request: {method: POST}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("control")
    write(folder, "a/one", interaction(chat("one")), interaction(chat("two")))
    (folder / "broken.yaml").write_text(NOT_SERVED)
    (folder / "config.yaml").write_text("name: value\n")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    with serve(folder, "--allowed-host", "Playhead.example.com") as running:
        yield running


@pytest.fixture
def fresh(folder: Path) -> Iterator[Running]:
    with serve(folder) as running:
        yield running


# What it tells


def test_health_counts_what_is_served_and_what_is_not(fresh: Running) -> None:
    fresh.post(CHAT, chat("one"))
    fresh.post(CHAT, chat("three"))
    assert fresh.health() == {
        "status": "ok",
        "version": __version__,
        "cassettes": 1,
        "interactions": 2,
        "present": 3,
        "skipped": 2,
        "broken": 1,
        "served": 1,
        "missed": 1,
        "loosely": {},
        "streams": 0,
        "stale": None,
    }


def test_the_cassettes_are_listed(server: Running, folder: Path) -> None:
    assert server.control("cassettes")["cassettes"] == [
        {
            "name": "a/one",
            "file": str(folder / "a/one.yaml"),
            "format": "go-vcr v2",
            "interactions": 2,
            "notes": [],
        }
    ]


def test_skipped_files_are_listed_with_their_reasons(server: Running, folder: Path) -> None:
    broken, other = server.control("cassettes")["skipped"]
    assert broken["file"] == str(folder / "broken.yaml")
    assert broken["broken"] is True
    assert broken["line"] == 3
    assert "url" in broken["reason"] or "response" in broken["reason"]
    assert other["file"] == str(folder / "config.yaml")
    assert other["broken"] is False


def test_names_that_are_not_utf_8_can_be_listed(tmp_path: Path) -> None:
    write(tmp_path, "caf\udce9", interaction(chat("one")))
    with serve(tmp_path) as running:
        running.post(CHAT, chat("two"))
        assert running.control("cassettes")["cassettes"]
        assert running.control("requests")["requests"]
        reply = running.post(f"/cassette/caf%E9/-{CHAT}", chat("one"))
    assert reply.header("x-playhead-interaction") == "caf%E9#0"


def test_the_journal_tells_requests_in_their_order(fresh: Running) -> None:
    fresh.post(CHAT, chat("one"))
    fresh.post(CHAT, chat("three"))
    fresh.post(CHAT, chat("two"))
    entries = fresh.control("requests")["requests"]
    assert [(entry["id"], entry["outcome"]) for entry in entries] == [
        (1, "served"),
        (2, "refused"),
        (3, "served"),
    ]


def test_a_miss_is_told_with_its_nearest_and_what_differs(fresh: Running) -> None:
    reply = fresh.post(f"/cassette/a/-{CHAT}", chat("ones"))
    (miss,) = fresh.control("misses")["misses"]
    assert miss.pop("time") > 1_600_000_000
    assert 0 < miss["nearest"].pop("likeness") < 1
    assert [near["interaction"] for near in miss.pop("also_near")] == ["a/one#1"]
    assert miss == {
        "id": 1,
        "session": None,
        "method": "POST",
        "path": CHAT,
        "scope": "a",
        "outcome": "refused",
        "status": 404,
        "message": error_in(reply)["message"],
        "client_retry": 0,
        "code": "body_differs",
        "times": 1,
        "first": None,
        "outside_scope": [],
        "nearest": {
            "interaction": "a/one#0",
            "only_client_defaults": False,
            "conversation": "messages[0], the user's message, differs",
            "differences": [
                {
                    "path": "messages[0].content",
                    "pointer": "/messages/0/content",
                    "change": "changed",
                    "part": "conversation",
                    "recorded": "one",
                    "sent": "ones",
                    "alike": 3,
                }
            ],
            "more_differences": 0,
        },
        "rule": {
            "lines": ["ignore: [/messages/0/content]"],
            "lets_go": ["conversation"],
            "merges": ["a/one#1"],
            "merged": 1,
            "complete": True,
            "heading": "record it again; or, if what is said there does not matter, this in "
            "playhead.yaml would make it match:",
            "cautions": [
                "it lets go: conversation",
                "whatever else is said there would then get the same answer",
                "1 other could then answer as well: a/one#1",
            ],
        },
        "looked_at": 2,
        "recordings": 2,
        "complete": True,
    }


def test_one_request_can_be_looked_up(fresh: Running) -> None:
    fresh.post(CHAT, chat("one"))
    assert fresh.control("requests/1") == fresh.control("requests")["requests"][0]


@pytest.mark.parametrize("number", ["999999", "0", "9" * 5000])
def test_a_request_that_is_not_kept_is_404(server: Running, number: str) -> None:
    with server.untroubled():
        reply = server.get(f"/__playhead/requests/{number}")
    assert reply.status == 404
    error_in(reply)


def test_the_journal_is_bounded_and_hits_do_not_push_misses_out(fresh: Running) -> None:
    fresh.post(CHAT, chat("three"))
    with fresh.connect() as connection:
        for _ in range(LIMIT + 1):
            connection.ask("POST", CHAT, chat("one"))
    entries = fresh.control("requests")["requests"]
    assert len(entries) == LIMIT + 1
    assert entries[0]["outcome"] == "refused"
    assert fresh.health()["served"] == LIMIT + 1


def test_looking_is_not_noted(fresh: Running) -> None:
    fresh.health()
    assert fresh.control("requests") == {"requests": []}


def test_a_rewind_says_that_it_was_done(server: Running) -> None:
    reply = server.post("/__playhead/rewind", headers=JSON)
    assert (reply.status, orjson.loads(reply.body)) == (200, {"rewound": True})


def _ask_in_sessions(server: Running) -> None:
    server.post(CHAT, chat("one"))
    server.post(f"/session/a/-{CHAT}", chat("one"))
    server.post(f"/session/a/-{CHAT}", chat("three"))


def test_the_sessions_are_listed_with_what_became_of_their_requests(fresh: Running) -> None:
    _ask_in_sessions(fresh)
    default, named = fresh.control("sessions")["sessions"]
    assert (default["session"], default["served"], default["missed"]) == (None, 1, 0)
    assert (named["session"], named["served"], named["missed"]) == ("a", 1, 1)
    assert 0 < default["since"] <= named["since"] <= named["last"]


@pytest.mark.parametrize(("session", "outcomes"), [("", ["served"]), ("a", ["served", "refused"])])
def test_the_requests_of_one_session_can_be_asked_for(
    fresh: Running, session: str, outcomes: list[str]
) -> None:
    _ask_in_sessions(fresh)
    entries = fresh.control(f"requests?session={session}")["requests"]
    assert [entry["outcome"] for entry in entries] == outcomes
    assert {entry["session"] for entry in entries} == {session or None}


def test_the_misses_of_one_session_can_be_asked_for(fresh: Running) -> None:
    _ask_in_sessions(fresh)
    assert fresh.control("misses?session=")["misses"] == []
    assert [miss["session"] for miss in fresh.control("misses?session=a")["misses"]] == ["a"]


@pytest.mark.parametrize("session", ["b", "A"])
def test_a_session_that_nobody_used_has_no_requests(fresh: Running, session: str) -> None:
    _ask_in_sessions(fresh)
    assert fresh.control(f"requests?session={session}") == {"requests": []}


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b"{", b'{"session": 1}', b'{"sesion": "a"}', b'{"session": "a", "x": 1}', b"1",
        b"null", b"\xff", b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_rewind_of_what_is_no_session_is_refused(server: Running, body: bytes) -> None:
    reply = server.post("/__playhead/rewind", body, headers=JSON)
    assert reply.status == 400
    assert "session" in error_in(reply)["message"]


# Metrics


def test_the_metrics_count_what_was_asked_in_any_session(fresh: Running) -> None:
    fresh.post(CHAT, chat("one"))
    fresh.post(CHAT, chat("one"), {"x-playhead-session": "mine"})
    fresh.post(CHAT, chat("three"))
    reply = fresh.get("/__playhead/metrics")
    assert reply.header("content-type") == "text/plain; version=0.0.4; charset=utf-8"
    found = metrics(reply.body.decode())
    assert found["playhead_served_total"].samples['{match="exact"}'] == 2
    assert found["playhead_missed_total"].samples['{reason="body_differs"}'] == 1
    assert found["playhead_answer_seconds"].samples["_count"] == 2
    assert found["playhead_answer_seconds"].samples["_sum"] > 0
    assert found["playhead_sessions"].samples == {"": 2}
    assert found["playhead_cassettes"].samples == {"": 1}
    assert found["playhead_interactions"].samples == {"": 2}
    assert found["playhead_skipped_files"].samples == {"": 2}


def test_the_metrics_count_streams_while_they_are_open(tmp_path: Path) -> None:
    events = interaction(chat("one"), "data: 1\n\ndata: 2\n\n", headers=EVENT_STREAM)
    write(tmp_path, "a/stream", events)
    with serve(tmp_path, "--event-gap", "60m", "--drain", "0") as running:
        with running.connect() as connection:
            connection.send(request("POST", CHAT, chat("one")))
            connection.head()
            assert _streams(running) == 1
            connection.reset()
        assert eventually(lambda: _streams(running) == 0)


def _streams(server: Running) -> float:
    text = server.get("/__playhead/metrics").body.decode()
    return metrics(text)["playhead_streams_open"].samples[""]


def test_the_metrics_count_how_often_the_library_was_replaced(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("one")))
    with serve(tmp_path) as running:
        write(tmp_path, "b", interaction(chat("two")))
        running.post("/__playhead/reload", headers=JSON)
        (tmp_path / "b.yaml").write_text("version: 2\ninteractions:\n- id: 0\n")
        assert running.post("/__playhead/reload", headers=JSON).status == 409
        found = metrics(running.get("/__playhead/metrics").body.decode())
    samples = found["playhead_reloads_total"].samples
    assert samples == {'{result="served"}': 1, '{result="refused"}': 1}


def test_the_default_session_is_begun_again_by_its_null(fresh: Running) -> None:
    reply = fresh.post("/__playhead/rewind", b'{"session": null}', headers=JSON)
    assert (reply.status, orjson.loads(reply.body)) == (200, {"rewound": True})
