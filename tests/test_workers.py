import contextlib
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from select import select
from signal import SIGCONT, SIGINT, SIGKILL, SIGSTOP, SIGTERM, Signals

import orjson
import pytest

from conftest import EXAMPLES
from playhead import serve as server
from playhead.serve import hold, own_socket
from playhead.workers import MOST_FAILURES
from support.exposition import metrics
from support.flawed import BROKEN
from support.recordings import CHAT, EVENT_STREAM, chat, events, interaction, write
from support.server import Running, playhead, serve
from support.wire import DEADLINE_SECONDS, HEAD_END, Connection, eventually, request
from support.workers import are_gone, descriptors, open_files, replaced, sockets, workers

LONG = events(*map(str, range(500)))
JSON_POST = {"content-type": "application/json"}
STREAMS = 32
ASKED = 640
CLIENTS = 16
MANY = 64
"""So many connections that none of four workers is left without, but once in 25 million times."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    write(folder, "long", interaction(chat("long"), LONG, headers=EVENT_STREAM))
    write(folder, "short", interaction(chat("short"), '"here"'))
    write(folder, "many", *(interaction(chat("many"), str(at)) for at in range(ASKED)))
    return folder


@contextlib.contextmanager
def _four(*arguments: str | Path) -> Iterator[Running]:
    with serve("--workers", "4", *arguments) as running:
        yield running


# The port


def test_a_held_port_is_nobody_elses_and_refuses_until_somebody_listens() -> None:
    with hold("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            hold("127.0.0.1", port)
        with pytest.raises(ConnectionRefusedError):
            Connection(port)


def test_sockets_beside_each_other_take_turns_and_leave_nothing_behind() -> None:
    with hold("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with own_socket(held) as first, own_socket(held) as second:
            for listening in (first, second):
                listening.listen()
            first.close()
            with Connection(port), second.accept()[0]:
                pass
        with pytest.raises(ConnectionRefusedError):
            Connection(port)


def test_where_the_system_does_not_spread_connections_one_socket_is_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "_BALANCED", False)
    with hold("127.0.0.1", 0) as held:
        assert own_socket(held) is held


def test_a_port_in_use_is_exit_code_3() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = playhead("serve", EXAMPLES, "--workers", "2", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


# Start


def test_several_workers_print_one_banner_and_all_of_them_are_connected_to(folder: Path) -> None:
    with _four(folder) as running, contextlib.ExitStack() as stack:
        before = {pid: descriptors(pid) for pid in workers(running)}
        assert len(before) == 4
        connections = [stack.enter_context(running.connect()) for _ in range(MANY)]
        replies = [connection.ask("POST", CHAT, chat("short")) for connection in connections]
        assert {reply.body for reply in replies} == {b'"here"'}
        assert all(descriptors(pid) > count for pid, count in before.items())
        assert playhead("healthcheck", "--port", str(running.port)).returncode == 0
        assert running.stop() == 0
        assert running.process.communicate()[0] == ""
        assert "playhead serves" not in running.log()


def test_workers_that_cannot_start_end_the_parent(folder: Path) -> None:
    """Nobody else may listen on the port beside a server that did not hold it for others."""
    script = (
        "import sys\n"
        "from playhead import app, errors, serve, workers\n"
        "bound = serve.bind('127.0.0.1', 0)\n"
        "bound.listen()\n"
        "try:\n"
        "    app = app.create_app(sys.argv[1])\n"
        "    workers.run(app, bound, 3, until_eof=False, on_ready=lambda: print('on'))\n"
        "except errors.CouldNotStart as reason:\n"
        "    print(reason)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, folder],
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE_SECONDS,
    )
    assert done.stdout == "workers cannot start\n"
    assert "Address already in use" in done.stderr
    assert done.stderr.count("playhead: workers cannot start\n") == 1


def test_more_than_one_worker_needs_a_system_that_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from playhead.cli import main

    monkeypatch.delattr(os, "fork")
    done = CliRunner().invoke(main, ["serve", "--workers", "2"])
    assert done.exit_code == 2
    assert "cannot fork" in done.output


# Death


def test_a_worker_that_is_killed_is_replaced_as_often_as_that_happens(folder: Path) -> None:
    with _four(folder) as running:
        for _ in range(MOST_FAILURES + 1):
            first = workers(running)[0]
            os.kill(first, SIGKILL)
            assert replaced(running, first, 4)
            assert f"worker {first} was killed by SIGKILL" in running.log()
            assert running.post(CHAT, chat("short")).body == b'"here"'
        assert running.stop() == 0


def test_processes_that_others_left_behind_are_reaped(folder: Path, tmp_path: Path) -> None:
    """As process 1 of a container has to; here it is a child from before the server's start."""
    os.mkfifo(tmp_path / "held")
    left = ("sh", "-c", 'cat "$0" & exec "$@"', str(tmp_path / "held"))
    with serve("--workers", "2", folder, through=left) as running:
        assert len(workers(running)) == 3
        (tmp_path / "held").write_bytes(b"")
        assert eventually(lambda: len(workers(running)) == 2)
        assert running.stop() == 0
        assert running.log() == ""


def test_workers_end_when_their_parent_is_killed(folder: Path) -> None:
    with _four(folder) as running:
        pids = workers(running)
        assert running.stop(SIGKILL) == -SIGKILL
        assert are_gone(pids)


def test_a_parent_that_cannot_start_workers_any_more_gives_up_with_exit_code_3(
    folder: Path,
) -> None:
    with _four(folder) as running:
        used = descriptors(running.process.pid)
        resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (used - 1, used - 1))
        os.kill(workers(running)[0], SIGKILL)
        assert running.wait() == 3
        assert running.log().count("cannot start a worker: Too many open files") == MOST_FAILURES
        assert running.log().endswith("playhead: workers cannot start\n")


def test_a_sequence_goes_on_when_a_worker_is_killed_under_load(folder: Path) -> None:
    """A recording whose answer was lost with the worker may be missing; none comes twice."""
    seen: list[int] = []
    with _four(folder) as running:

        def ask(_: int) -> None:
            with contextlib.suppress(AssertionError, ConnectionError):  # its answer was lost
                seen.append(int(running.post(CHAT, chat("many")).body))

        with ThreadPoolExecutor(CLIENTS) as clients:
            asked = clients.map(ask, range(ASKED))
            assert eventually(lambda: len(seen) > ASKED // 4)
            killed = workers(running)[0]
            os.kill(killed, SIGKILL)
            list(asked)
        assert replaced(running, killed, 4)
        assert running.stop() == 0
    assert len(set(seen)) == len(seen) >= ASKED - CLIENTS * 2


def test_a_parent_gives_up_when_no_worker_comes_to_the_shared_state_any_more(
    folder: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state.sqlite"
    with _four(folder, "--state", f"sqlite:{state}") as running:
        state.unlink()
        state.mkdir()
        os.kill(workers(running)[0], SIGKILL)
        assert running.wait() == 3
        said = running.log()
    assert said.count("cannot be used") >= MOST_FAILURES
    assert "playhead: workers cannot start\n" in said
    assert "Traceback" not in said


def test_a_shared_state_that_cannot_be_used_is_exit_code_3(folder: Path, tmp_path: Path) -> None:
    where = f"sqlite:{tmp_path}"
    done = playhead("serve", folder, "--port", "0", "--workers", "4", "--state", where)
    assert done.returncode == 3
    assert "cannot be used" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_what_was_refused_is_still_known_when_all_workers_were_killed(folder: Path) -> None:
    with _four("--fail-on-miss", folder) as running:
        assert running.post(CHAT, chat("nowhere")).status == 404
        before = workers(running)
        for pid in before:
            os.kill(pid, SIGKILL)
        assert replaced(running, before[0], 4)
        assert running.stop() == 1
        assert "playhead: NOT PROVED: 0 requests answered, 1 refused\n" in running.log()


def test_a_worker_that_was_killed_leaves_no_socket_behind(folder: Path) -> None:
    with _four(folder) as running:
        killed = workers(running)[0]
        (address,) = sockets(killed)
        os.kill(killed, SIGKILL)
        assert replaced(running, killed, 4)
        assert address.exists()
        assert running.stop() == 0
        assert not address.parent.exists()


# Reload


def test_all_workers_have_reloaded_when_that_is_answered_and_those_forked_later(
    tmp_path: Path,
) -> None:
    write(tmp_path, "a", interaction(chat("a"), "old"))
    with _four("--all-used", tmp_path) as running:
        assert {running.post(CHAT, chat("a")).body for _ in range(MANY)} == {b"old"}
        write(tmp_path, "a", interaction(chat("a"), "new"))
        write(tmp_path, "b", interaction(chat("b")))
        with ThreadPoolExecutor(CLIENTS) as clients:
            told = list(clients.map(lambda _: running.reload().status, range(CLIENTS)))
        assert told == [200] * CLIENTS
        assert {running.post(CHAT, chat("a")).body for _ in range(MANY)} == {b"new"}
        killed = workers(running)[0]
        os.kill(killed, SIGKILL)
        assert replaced(running, killed, 4)
        assert {running.post(CHAT, chat("a")).body for _ in range(MANY)} == {b"new"}
        assert running.stop() == 1
        assert "1 interaction answered nothing: b#0." in running.log()


def test_no_worker_proves_a_run_while_old_cassettes_are_served(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("a")))

    def told(running: Running) -> set[int]:
        return {running.get("/__playhead/verify").status for _ in range(MANY)}

    with _four("--fail-on-miss", tmp_path) as running:
        (tmp_path / "a.yaml").write_text(BROKEN)
        assert running.reload().status == 409
        assert told(running) == {409}
        killed = workers(running)[0]
        os.kill(killed, SIGKILL)
        assert replaced(running, killed, 4)
        assert told(running) == {409}
        write(tmp_path, "a", interaction(chat("a")))
        assert running.reload().status == 200
        assert told(running) == {200}
        assert running.stop() == 0


def test_any_worker_tells_how_often_all_of_them_have_reloaded(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("one")))
    with serve(tmp_path, "--workers", "2") as running:
        write(tmp_path, "b", interaction(chat("two")))
        assert running.reload().status == 200
        (tmp_path / "b.yaml").write_text(BROKEN)
        assert running.reload().status == 409
        for _ in range(MANY // 4):
            told = metrics(running.get("/__playhead/metrics").body.decode())
            samples = told["playhead_reloads_total"].samples
            assert samples == {'{result="served"}': 2, '{result="refused"}': 2}


def test_a_reload_does_not_wait_for_a_worker_that_is_dead(folder: Path) -> None:
    with _four(folder) as running, contextlib.ExitStack() as stack:
        stuck = workers(running)[0]
        os.kill(stuck, SIGSTOP)
        connections = [stack.enter_context(running.connect()) for _ in range(MANY)]
        for connection in connections:
            connection.send(request("POST", "/__playhead/reload", b"", JSON_POST))
        os.kill(stuck, SIGKILL)
        answered = 0
        for connection in connections:
            with contextlib.suppress(AssertionError, ConnectionError):
                answered += connection.reply().status == 200
        assert answered


HURRIES = """
import sys
from playhead import cli, worker
worker.PATIENCE_SECONDS = 0.1
sys.argv = sys.argv[3:]
cli.main()
"""
"""Becomes the `python -m playhead` that it is given, one that waits only shortly for a reload."""


def test_a_reload_says_that_a_worker_is_stuck_and_so_does_the_next(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("a"), "old"))
    hurried = [sys.executable, "-c", HURRIES]
    with serve("--workers", "2", tmp_path, through=hurried) as running:
        write(tmp_path, "a", interaction(chat("a"), "new"))
        stuck = workers(running)[0]
        os.kill(stuck, SIGSTOP)
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(running.connect()) for _ in range(MANY)]
            for connection in connections:
                connection.send(request("POST", "/__playhead/reload", b"", JSON_POST))
            (first, *_), _, _ = select([each.socket for each in connections], [], [])
            (answering,) = [each for each in connections if each.socket is first]
            told = [answering.reply(), answering.ask("POST", "/__playhead/reload", b"", JSON_POST)]
        for reply in told:
            assert reply.status == 503
            late = orjson.loads(reply.body)["late"]
            assert late == "another worker has not reloaded after 0.1 s"
        os.kill(stuck, SIGCONT)
        assert eventually(lambda: running.reload().status == 200)
        assert {running.post(CHAT, chat("a")).body for _ in range(MANY)} == {b"new"}


def test_a_reload_that_waits_for_a_stuck_worker_does_not_hold_up_the_end(folder: Path) -> None:
    with _four(folder, "--drain", "0") as running, contextlib.ExitStack() as stack:
        os.kill(workers(running)[0], SIGSTOP)
        for _ in range(MANY):
            connection = stack.enter_context(running.connect())
            connection.send(request("POST", "/__playhead/reload", b"", JSON_POST))
        assert running.stop() == 0
        assert "Traceback" not in running.log()


# Stop


def test_what_all_workers_answered_is_said_at_the_end_and_the_shared_state_is_removed(
    folder: Path,
) -> None:
    with _four(folder) as running:
        (state,) = {name for pid in workers(running) for name in open_files(pid, "state.sqlite")}
        assert state.exists()
        for _ in range(MANY):
            running.post(CHAT, chat("short"))
        assert running.stop() == 0
        assert running.log().startswith(f"playhead: {MANY} requests answered, 0 refused\n")
        assert not state.parent.exists()


@pytest.mark.parametrize("asked_for", ["nothing", "report.json"])
def test_a_shared_state_that_is_gone_at_the_end_is_said_and_no_report_is_written(
    folder: Path, tmp_path: Path, asked_for: str
) -> None:
    state, report = tmp_path / "state.sqlite", tmp_path / "report.json"
    wanted: list[str | Path] = ["--report", report] if asked_for == report.name else []
    with _four(folder, "--state", f"sqlite:{state}", *wanted) as running:
        state.unlink()
        state.mkdir()
        assert running.stop() == (1 if wanted else 0)
        assert not report.exists()
        assert "cannot be used" in running.log()
        assert "Traceback" not in running.log()


def test_a_run_whose_shared_state_was_removed_is_not_proved(folder: Path, tmp_path: Path) -> None:
    """Whoever comes to a new file at its path would find that nothing was ever refused."""
    state = tmp_path / "state.sqlite"
    with _four("--fail-on-miss", folder, "--state", f"sqlite:{state}") as running:
        assert running.post(CHAT, chat("nowhere")).status == 404
        for file in tmp_path.iterdir():
            file.unlink()
        assert running.stop() == 1
        assert "not proved: it is not known what became of all requests" in running.log()


@pytest.mark.parametrize("number", [SIGTERM, SIGINT])
def test_a_signal_ends_idle_workers_with_exit_code_0(number: Signals) -> None:
    with _four(EXAMPLES) as running:
        pids = workers(running)
        assert running.stop(number) == 0
        assert running.log() == ""
        assert are_gone(pids)


def _open_streams(stack: contextlib.ExitStack, running: Running) -> list[Connection]:
    connections = [stack.enter_context(running.connect()) for _ in range(STREAMS)]
    for connection in connections:
        connection.send(request("POST", CHAT, chat("long")))
    for connection in connections:
        connection.until(HEAD_END)
    return connections


def _rest_of_body(connection: Connection) -> bytes:
    return b"".join(chunk.data for chunk in iter(connection.chunk, None))


def test_streams_of_all_workers_end_whole_at_a_signal(folder: Path) -> None:
    with _four(folder, "--event-gap", "1ms") as running, contextlib.ExitStack() as stack:
        connections = _open_streams(stack, running)
        running.signal()
        assert {_rest_of_body(connection) for connection in connections} == {LONG.encode()}
        assert running.wait() == 0


def test_a_signal_to_the_whole_group_counts_once_and_a_second_one_ends_the_drain(
    folder: Path,
) -> None:
    """A Ctrl-C reaches the workers as well: taken for a second signal it would end the pace."""
    arguments = ("--event-gap", "60m", "--drain", "60m")
    with _four(folder, *arguments) as running, contextlib.ExitStack() as stack:
        connections = _open_streams(stack, running)
        for pid in [running.process.pid, *workers(running)]:
            os.kill(pid, SIGINT)
        assert eventually(lambda: running.log().count("a second signal sends the rest now") == 4)
        assert len(workers(running)) == 4
        running.signal(SIGTERM)
        assert {_rest_of_body(connection) for connection in connections} == {LONG.encode()}
        assert running.wait() == 0


def test_a_worker_that_does_not_end_is_killed_after_the_drain(folder: Path) -> None:
    with _four(folder, "--drain", "0") as running:
        stuck = workers(running)[0]
        os.kill(stuck, SIGSTOP)
        assert running.stop() == 0
        assert (
            running.log() == f"playhead: worker {stuck} was killed by SIGKILL before it was done\n"
        )
