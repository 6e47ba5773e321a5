"""Server processes on their own core: started, asked, measured, and ended by their id."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import recordings

HERE = Path(__file__).resolve().parent
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]
DEADLINE_SECONDS = 120
_CALLS = re.compile(r"calls=(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One running server."""

    process: subprocess.Popen[bytes]
    port: int

    def ask(self, body: bytes) -> tuple[list[tuple[str, str]], bytes]:
        """Return the headers and the body of one answer; raise where it is not 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_SECONDS)
        with contextlib.closing(connection):
            connection.request("POST", recordings.PATH, body)
            response = connection.getresponse()
            content = response.read()
        if response.status != 200:
            raise RuntimeError(f"the server answered {response.status}: {content[:400]!r}")
        return response.getheaders(), content


@contextlib.contextmanager
def playhead(*arguments: str | Path) -> Iterator[Server]:
    """Run the real `playhead serve`."""
    port = free_port()
    with _running(playhead_command(port, *arguments), port) as server:
        yield server


@contextlib.contextmanager
def bare(answer: Path, *, gap: float | None = None) -> Iterator[Server]:
    """Run a bare raw ASGI callable that sends `answer`, a file made by `save_answer`."""
    port = free_port()
    pace = [] if gap is None else [str(gap)]
    with _running(bare_command(port, answer, *pace), port) as server:
        yield server


def playhead_command(port: int, *arguments: str | Path) -> list[str]:
    command = [sys.executable, "-m", "playhead", "serve", "--port", str(port)]
    return [*command, *map(str, arguments)]


def bare_command(port: int, answer: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "bare", str(port), str(answer), *arguments]


def save_answer(server: Server, request: bytes, path: Path) -> Path:
    """Store what `server` answers to `request`, for `bare` to send the same."""
    headers, body = server.ask(request)
    kept = [pair for pair in headers if pair[0].lower() != "transfer-encoding"]
    path.write_text(json.dumps({"headers": kept, "body": body.decode()}))
    return path


def start(command: list[str], *, core: int | None) -> "subprocess.Popen[bytes]":
    """Start `command` on `core`; None leaves it all that there are."""
    cores = CORES if core is None else [core]
    paths = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        preexec_fn=partial(os.sched_setaffinity, 0, cores),
    )


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End `process`, which was started here."""
    process.terminate()
    try:
        process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of all threads of a process and its workers, to the nanosecond."""
    threads = [thread for each in (pid, *workers(pid)) for thread in _threads(each)]
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def workers(pid: int) -> list[int]:
    """Return the processes that a process has forked."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _threads(pid: int) -> Iterator[Path]:
    return Path(f"/proc/{pid}/task").iterdir()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_until_listening(process: "subprocess.Popen[bytes]", port: int) -> socket.socket:
    """Return a connection to `port` as soon as there is one."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            if process.poll() is not None:
                break
            time.sleep(0.0005)
    raise RuntimeError(f"no server on port {port}, exit code {process.poll()}")


@contextlib.contextmanager
def several(count: int, *arguments: str | Path, core: int | None = None) -> Iterator[Server]:
    """Run `playhead serve` with so many workers, on all cores unless one is named."""
    port = free_port()
    command = playhead_command(port, "--workers", str(count), *arguments)
    with _running(command, port, core=core) as server:
        yield server


@contextlib.contextmanager
def redis() -> Iterator[int]:
    """Run a Redis that keeps nothing on disk; its port is given."""
    port = free_port()
    process = start(["redis-server", "--port", str(port), "--save", ""], core=None)
    try:
        wait_until_listening(process, port).close()
        yield port
    finally:
        stop(process)


def redis_commands(port: int) -> int:
    """Return how many commands a Redis has had of others than this function."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE_SECONDS) as wire:
        wire.sendall(b"INFO commandstats\r\n")
        wire.shutdown(socket.SHUT_WR)
        told = b"".join(iter(lambda: wire.recv(65536), b"")).decode()
    rows = [line for line in told.splitlines() if line.startswith("cmdstat_")]
    mine = ("cmdstat_info:",)
    return sum(int(_CALLS.search(row)[1]) for row in rows if not row.startswith(mine))


@contextlib.contextmanager
def _running(command: list[str], port: int, *, core: int | None = SERVER_CORE) -> Iterator[Server]:
    process = start(command, core=core)
    try:
        wait_until_listening(process, port).close()
        if "--workers" in command:  # the banner comes when all of them accept
            process.stdout.readline()
        yield Server(process=process, port=port)
    finally:
        stop(process)
