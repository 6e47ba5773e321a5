"""Programs to be run as the command of `playhead run`, and what runs a command as it does."""

import contextlib
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from typing import IO

from support.wire import DEADLINE_SECONDS

RUNS = "import os, sys; from playhead import child; sys.exit(child.run(sys.argv[1:], os.environ))"

TELLS = """
import signal, sys
told = []
def tell(number, frame):
    told.append(number)
    print("told", number, flush=True)
    if number == signal.SIGTERM:
        print("in all", told, flush=True)
        sys.exit(7)
for name in sys.argv[1:]:
    signal.signal(signal.Signals[name], tell)
print("ready", flush=True)
while True:
    signal.pause()
"""
"""Prints the signals that are named to it as they come; SIGTERM ends it, with 7."""

HAS_A_TERMINAL = """
import os, sys
os.open(os.ttyname(0), os.O_RDWR)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Makes the terminal that it prints to its own, and becomes Python with its arguments: the first
terminal that the leader of a session opens is the one that controls it."""


def run(*words: str, code: str = RUNS) -> subprocess.CompletedProcess[bytes]:
    """Run a command as `playhead run` does, to its end; `code` can do something before."""
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


@contextlib.contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start Python with `words` in a session of its own, where it has no terminal."""
    with subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def at_a_terminal(*words: str) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Start Python with `words` at a terminal; what is yielded with it is the terminal's keyboard
    and screen."""
    ours, theirs = pty.openpty()
    with open(ours, "rb+", buffering=0) as terminal:  # noqa: PTH123 - no path
        process = subprocess.Popen(
            [sys.executable, "-c", HAS_A_TERMINAL, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        with process:
            os.close(theirs)
            try:
                yield process, terminal
            finally:
                process.kill()


def until(stream: IO[bytes] | None, text: bytes) -> bytes:
    """Read `stream` up to and with `text`."""
    assert stream is not None
    read = b""
    while not read.endswith(text):
        byte = stream.read(1)
        assert byte, read
        read += byte
    return read
