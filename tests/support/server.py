"""A real `playhead serve` process on a free port of 127.0.0.1, ended by its id."""

import contextlib
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from signal import SIGTERM, Signals
from typing import IO, Any

import orjson

from support.wire import DEADLINE_SECONDS, Connection, Reply

LAST_LINE_OF_THE_BANNER = "ANTHROPIC_BASE_URL"


@dataclass(kw_only=True)
class Running:
    """One server process; `origin` is where it listens, `banner` what it printed first."""

    process: subprocess.Popen[str]
    origin: str
    banner: str
    log_file: IO[str]

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])

    def connect(self) -> Connection:
        return Connection(self.port)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
        return self.ask("POST", path, body, headers=headers)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request on a connection of its own and return the whole answer."""
        with self.connect() as connection:
            return connection.ask(method, path, body, headers)

    def control(self, path: str) -> Any:
        """The JSON that `/__playhead/PATH` answers."""
        reply = self.get(f"/__playhead/{path}")
        assert reply.status == 200, reply
        return orjson.loads(reply.body)

    def health(self) -> Any:
        return self.control("health")

    def rewind(self) -> None:
        reply = self.post("/__playhead/rewind", headers={"content-type": "application/json"})
        assert reply.status == 200, reply

    def reload(self) -> Reply:
        return self.post("/__playhead/reload", headers={"content-type": "application/json"})

    def descriptors(self) -> int:
        """How many files and sockets the process holds open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def log(self) -> str:
        """What the process wrote to its standard error so far."""
        return _all_of(self.log_file)

    @contextlib.contextmanager
    def untroubled(self) -> Iterator[None]:
        """What is done in the block must leave no traceback in the log."""
        before = len(self.log())
        yield
        assert "Traceback" not in self.log()[before:]

    @contextlib.contextmanager
    def missed_once(self) -> Iterator[None]:
        """What is done in the block must send one request, and that must be a miss."""
        before = self.health()
        yield
        after = self.health()
        assert after["missed"] == before["missed"] + 1
        assert after["served"] == before["served"]

    def signal(self, number: Signals = SIGTERM) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        """Wait for the end of the process; return its exit code."""
        return self.process.wait(timeout=DEADLINE_SECONDS)

    def stop(self, number: Signals = SIGTERM) -> int:
        """End the process; return its exit code."""
        self.signal(number)
        return self.wait()


@contextlib.contextmanager
def serve(
    *arguments: str | Path, env: Mapping[str, str] | None = None, through: Sequence[str] = ()
) -> Iterator[Running]:
    """Run `playhead serve ARGUMENTS` on a free port; it is gone when the block ends.

    `through` is a command that runs the one after it in its own place. The log goes to a file: a
    pipe that nobody reads would hold the server up when it is full. It is opened to append, since
    its position is shared with the server, which would write where `log` has just begun to read.
    """
    with tempfile.TemporaryFile("a+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [*through, *command("serve", "--port", "0", *arguments)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **(env or {})},
        )
        with process:
            try:
                banner = _banner(process)
                assert LAST_LINE_OF_THE_BANNER in banner, _all_of(log)
                origin = banner.partition("\n")[0].rpartition(" ")[2]
                yield Running(process=process, origin=origin, banner=banner, log_file=log)
            finally:
                process.terminate()


def playhead(
    *arguments: str | Path, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `playhead ARGUMENTS` in `folder` to its end."""
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, **(env or {})},
        timeout=DEADLINE_SECONDS,
        check=False,
    )


def on_a_terminal(*arguments: str | Path, width: int) -> str:
    """What a command prints to a terminal of that width."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    subprocess.run(command(*arguments), stdout=slave, check=True, env=env)
    os.close(slave)
    printed = os.read(master, 65536).decode()
    os.close(master)
    return printed


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "playhead", *map(str, arguments)]


def _banner(process: subprocess.Popen[str]) -> str:
    """What the server prints before it is ready, to the line that ends it."""
    assert process.stdout is not None
    lines = []
    for line in iter(process.stdout.readline, ""):
        lines.append(line)
        if LAST_LINE_OF_THE_BANNER in line:
            break
    return "".join(lines)


def _all_of(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
