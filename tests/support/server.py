"""A real `playhead serve` process on a free port of 127.0.0.1, ended by its id."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2

DEADLINE_SECONDS = 30


@dataclass(kw_only=True)
class Running:
    """One server process; `origin` is where it listens, `banner` what it printed first."""

    process: subprocess.Popen[str]
    origin: str
    banner: str

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(f"{self.origin}{path}", timeout=DEADLINE_SECONDS)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """End the process; return its exit code, what it printed after the banner, and its log."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=DEADLINE_SECONDS)
        return self.process.returncode, out, err


@contextlib.contextmanager
def serve(*arguments: str | Path, env: dict[str, str] | None = None) -> Iterator[Running]:
    """Run `playhead serve ARGUMENTS` on a free port; it is gone when the block ends."""
    command = [sys.executable, "-m", "playhead", "serve", "--port", "0", *map(str, arguments)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        banner = _banner(process)
        first = banner.splitlines()[0]
        yield Running(process=process, origin=first.rpartition(" ")[2], banner=banner)
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.communicate(timeout=DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _banner(process: subprocess.Popen[str]) -> str:
    """What the server prints before it is ready, to the line that ends it."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "ANTHROPIC_BASE_URL" in line:
            return "".join(lines)
    process.wait(timeout=DEADLINE_SECONDS)
    assert process.stderr is not None
    raise AssertionError(f"no server, exit code {process.returncode}: {process.stderr.read()}")
