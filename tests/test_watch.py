import os
import shutil
import weakref
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL
from time import monotonic

import orjson
import pytest

from playhead.app import create_app
from playhead.library import Library
from playhead.reload import Reloader
from playhead.watch import Watcher
from support.inside import inside
from support.recordings import CHAT, chat, interaction, write
from support.server import Running, serve
from support.versions import publish, served, under_load
from support.wire import Connection, eventually
from support.workers import replaced, workers

JSON = {"content-type": "application/json"}
BROKEN = "version: 2\ninteractions:\n- request: {method: POST}\n"
REPLACEMENTS = 1000
MANY = 32
"""So many connections that neither of two workers is left without, but once in 2 billion times."""


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Running]:
    write(tmp_path, "a", interaction(chat("a")))
    with serve(tmp_path, "--watch") as running:
        yield running


def _answers(server: Running, prompt: str) -> bool:
    return server.post(CHAT, chat(prompt)).status == 200


def _reload(connection: Connection) -> None:
    reply = connection.ask("POST", "/__playhead/reload", b"{}", JSON)
    assert reply.status == 200, reply


def test_a_cassette_that_appears_in_an_empty_folder_is_served(tmp_path: Path) -> None:
    with serve(tmp_path, env={"PLAYHEAD_WATCH": "1"}) as server:
        assert not _answers(server, "a")
        write(tmp_path, "deep/a", interaction(chat("a")))
        assert eventually(lambda: _answers(server, "a"))


def test_a_folder_that_is_not_there_yet_is_served_when_it_comes(tmp_path: Path) -> None:
    folder = tmp_path / "checkout/cassettes"
    with serve(folder, "--watch") as server:
        assert f"broken: {folder}: cannot be read: No such file or directory" in server.banner
        assert not _answers(server, "a")
        write(folder, "a", interaction(chat("a")))
        assert eventually(lambda: _answers(server, "a"))
        assert eventually(lambda: "reloaded: 0 changed, 1 new, 0 gone" in server.log())


def test_a_cassette_that_changes_is_served_as_it_is_now(watching: Running, tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("b")))
    assert eventually(lambda: _answers(watching, "b"))
    assert not _answers(watching, "a")


def test_a_cassette_that_is_deleted_is_not_served(watching: Running, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").unlink()
    assert eventually(lambda: watching.health()["cassettes"] == 0)


def test_a_rule_that_changes_applies(watching: Running, tmp_path: Path) -> None:
    (tmp_path / "playhead.yaml").write_text("ignore: /messages\n")
    assert eventually(lambda: _answers(watching, "quite another"))


def test_a_broken_edit_keeps_what_is_served_until_it_is_mended(
    watching: Running, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(BROKEN)
    problem = f"{tmp_path / 'a.yaml'}:3: "
    assert eventually(lambda: problem in (watching.health()["stale"] or ""))
    assert _answers(watching, "a")
    assert b"old cassettes" in watching.get("/__playhead/verify").body
    assert eventually(lambda: f"cassettes are served on: {problem}" in watching.log())
    write(tmp_path, "a", interaction(chat("mended")))
    assert eventually(lambda: _answers(watching, "mended"))
    assert watching.health()["stale"] is None
    assert b"old cassettes" not in watching.get("/__playhead/verify").body
    told = f"reloaded: 1 changed, 0 new, 0 gone (1 cassette with 1 interaction): changed {tmp_path}"
    assert eventually(lambda: told in watching.log())


def test_a_folder_that_vanishes_is_served_on_until_it_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    write(folder, "a", interaction(chat("a")))
    with serve(folder, "--watch") as server:
        shutil.rmtree(folder)
        assert eventually(lambda: server.health()["stale"] is not None)
        assert _answers(server, "a")
        assert server.get("/__playhead/verify").status == 409
        write(folder, "b", interaction(chat("b")))
        assert eventually(lambda: _answers(server, "b"))


def test_cursors_go_on_where_they_were(watching: Running, tmp_path: Path) -> None:
    write(tmp_path, "a", *(interaction(chat("a"), f"{number}") for number in range(3)))
    assert eventually(lambda: watching.health()["interactions"] == 3)
    assert watching.post(CHAT, chat("a")).body == b"0"
    write(tmp_path, "b", interaction(chat("b")))
    assert eventually(lambda: watching.health()["cassettes"] == 2)
    assert watching.post(CHAT, chat("a")).body == b"1"


def test_without_the_flag_nothing_is_reloaded_before_it_is_asked_for(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    with serve(tmp_path) as server, server.connect() as connection:
        publish(tmp_path, 2)
        assert served(connection) == 1
        _reload(connection)
        assert served(connection) == 2


def test_a_thousand_replacements_fail_no_request_and_mix_no_answer(tmp_path: Path) -> None:
    publish(tmp_path, 0)
    with (
        serve(tmp_path) as server,
        under_load(server.port),
        server.untroubled(),
        server.connect() as connection,
    ):
        for version in range(1, REPLACEMENTS + 1):
            publish(tmp_path, version)
            _reload(connection)
            assert served(connection) == version


def test_a_thousand_replacements_that_are_watched_fail_no_request(tmp_path: Path) -> None:
    publish(tmp_path, 0)
    with (
        serve(tmp_path, "--watch") as server,
        under_load(server.port),
        server.untroubled(),
        server.connect() as connection,
    ):
        for version in range(1, REPLACEMENTS + 1):
            publish(tmp_path, version)
            assert served(connection) <= version
        assert eventually(lambda: served(connection) == REPLACEMENTS)


def test_a_thousand_reloads_keep_no_old_library(tmp_path: Path) -> None:
    publish(tmp_path, 0)
    app = create_app(tmp_path)
    old: list[weakref.ref[Library]] = []
    with inside(app) as server, Connection(server.port) as connection:
        for version in range(1, REPLACEMENTS + 1):
            old.append(weakref.ref(app.library))
            connection.ask("POST", CHAT, chat("a miss, which has a thread of its own"))
            publish(tmp_path, version)
            _reload(connection)
        assert eventually(lambda: sum(each() is not None for each in old) <= 1)
    assert app.state.sessions.counts()["reloads", "served"] == REPLACEMENTS


def test_what_goes_on_changing_is_read_all_the_same(tmp_path: Path) -> None:
    with serve(tmp_path, "--watch") as server:
        numbers = iter(range(100_000))

        def changes_on() -> bool:
            (tmp_path / "growing.json").write_text(" " * next(numbers))
            return bool(server.health()["skipped"])

        assert eventually(changes_on)


def test_a_bug_while_reloading_ends_no_watch(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put_in: list[Library] = []

    def swap(library: Library) -> None:
        put_in.append(library)
        if len(put_in) == 1:
            raise ZeroDivisionError

    watcher = Watcher(Reloader([tmp_path]), swap)
    watcher.start()
    try:
        write(tmp_path, "a", interaction(chat("a")))
        assert eventually(lambda: "ZeroDivisionError" in caplog.text)
        write(tmp_path, "b", interaction(chat("b")))
        assert eventually(lambda: len(put_in) == 2)
    finally:
        watcher.stop()


def test_a_look_at_what_is_as_it_was_read_reads_nothing(tmp_path: Path) -> None:
    put_in: list[Library] = []
    watcher = Watcher(Reloader([tmp_path]), put_in.append)
    (tmp_path / "playhead.json").mkdir()
    numbers = []
    for _ in range(3):
        watcher._look(monotonic())
        numbers.append(len(put_in))
    assert numbers == [0, 1, 1]  # what is seen for the first time is looked at again before


def test_what_was_being_read_at_the_stop_is_not_put_in(tmp_path: Path) -> None:
    put_in: list[Library] = []
    watcher = Watcher(Reloader([tmp_path]), put_in.append)
    watcher.start()
    watcher.stop()
    watcher._put_in(watcher._reloader.library)
    assert not put_in


# Several workers


def _have_reloaded(server: Running, count: int) -> bool:
    return eventually(lambda: server.log().count("playhead: reloaded: ") == count)


def test_the_end_of_several_workers_judges_what_they_served_last(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("a")))
    write(tmp_path, "gone", interaction(chat("gone")))
    with serve(tmp_path, "--watch", "--workers", "2", "--all-used") as server:
        assert _answers(server, "a")
        (tmp_path / "gone.yaml").unlink()
        write(tmp_path, "new", interaction(chat("new")))
        assert _have_reloaded(server, 2)
        assert server.stop() == 1
        log = server.log()
    assert "1 interaction answered nothing: new#0." in log
    assert "1 of 2 interactions answered nothing" in log
    assert log.count("playhead: reloaded: ") == 2


def test_the_end_of_several_workers_knows_that_what_they_serve_is_old(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("a")))
    with serve(tmp_path, "--watch", "--workers", "2", "--fail-on-miss") as server:
        assert _answers(server, "a")
        (tmp_path / "a.yaml").write_text(BROKEN)
        assert eventually(lambda: server.log().count("playhead: not reloaded") == 2)
        assert server.stop() == 1
        assert f"  not proved: old cassettes are served, not what is there now: {tmp_path}" in (
            server.log()
        )


def test_a_worker_in_the_place_of_another_begins_with_what_is_there_now(tmp_path: Path) -> None:
    publish(tmp_path, 0)
    with serve(tmp_path, "--watch", "--workers", "2") as server:
        publish(tmp_path, 1)
        assert _have_reloaded(server, 2)
        dead = workers(server)[0]
        os.kill(dead, SIGKILL)
        assert replaced(server, dead, 2)
        for _ in range(MANY):
            with server.connect() as connection:
                assert served(connection) == 1


# On request


def test_the_control_api_tells_what_a_reload_changed(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("a")))
    with serve(tmp_path) as server:
        write(tmp_path, "b", interaction(chat("b")))
        reply = server.post("/__playhead/reload", headers=JSON)
        assert reply.status == 200
        assert orjson.loads(reply.body) == {
            "changed": {"count": 0, "first": []},
            "new": {"count": 1, "first": [str(tmp_path / "b.yaml")]},
            "gone": {"count": 0, "first": []},
            "cassettes": 2,
            "interactions": 2,
            "problems": [],
        }


def test_the_control_api_tells_what_keeps_the_old_library(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("a")))
    with serve(tmp_path) as server:
        (tmp_path / "a.yaml").write_text(BROKEN)
        reply = server.post("/__playhead/reload", headers=JSON)
        assert reply.status == 409
        (problem,) = orjson.loads(reply.body)["problems"]
        assert (problem["file"], problem["line"]) == (str(tmp_path / "a.yaml"), 3)
