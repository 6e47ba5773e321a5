"""Debian's `redis-server` on a free port of 127.0.0.1, keeping nothing, ended by its id."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.wire import DEADLINE_SECONDS

_PROGRAM = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(
    _PROGRAM is None or find_spec("redis") is None,
    reason="needs the program redis-server and the package redis",
)


@dataclass(kw_only=True)
class RedisServer:
    """One Redis that can be stopped and started again on its port."""

    folder: Path
    port: int
    options: tuple[str, ...] = ()
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def socket(self) -> Path:
        return self.folder / "redis.sock"

    def start(self) -> None:
        """Start it; it takes connections when this returns."""
        assert _PROGRAM is not None
        place = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [_PROGRAM, *place, "--unixsocket", str(self.socket), "--save", "", *self.options],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        said = next(line for line in self.process.stdout if "Ready to accept" in line)
        assert said

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def commands(self) -> int:
        """How many commands it was sent by clients since its start, this question excluded."""
        told = self.ask("INFO", "stats")
        return int(told.partition("total_commands_processed:")[2].split()[0])

    def ask(self, *words: str) -> str:
        """What it answers, as it comes over the wire."""
        with socket.create_connection(("127.0.0.1", self.port), DEADLINE_SECONDS) as wire:
            wire.sendall((" ".join(words) + "\r\n").encode())
            wire.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: wire.recv(65536), b"")).decode()


@contextlib.contextmanager
def redis_server(*options: str) -> Iterator[RedisServer]:
    """Run a Redis with `options`; it is gone when the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(folder=Path(folder), port=port, options=options)
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def redis_url(_: Path) -> Iterator[str]:
    """The `--state` of a Redis that runs as long as the block."""
    with redis_server() as server:
        yield server.url
