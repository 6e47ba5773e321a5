"""A server in a process of its own, which ends with the process that started it.

Not a thread: what is tested beside it may hold the interpreter, freeze the clock or replace
sockets, and the server does not notice.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from time import sleep
from typing import IO

from playhead.errors import PlayheadError

_ORIGIN = re.compile(rb"playhead \S+ serves (http://\S+)\n")
_STEP = 0.01
_STEPS = 6000
"""One minute until it serves: 25,000 cassettes load in a tenth of that."""
_END_SECONDS = 5.0
_TOLD_LINES = 20
_NOT_FOR_IT = frozenset(["PLAYHEAD_REPORT", "GITHUB_ACTIONS"])
"""What makes a server report its end: here others report, who know which misses were meant."""


class DidNotStart(PlayheadError):
    """A server that ended, or said nothing for a minute; the text holds its last lines."""


class Sidecar:
    """A server of the cassettes below `paths`; raises DidNotStart.

    `arguments` are flags of `playhead serve`. It has a group of its own, so that Ctrl-C reaches
    only who started it, and a pipe as standard input, whose end it takes for its own.
    """

    def __init__(self, paths: Sequence[Path], arguments: Sequence[str] = ()) -> None:
        # Files, since a pipe that nobody reads holds the server up when it is full; opened to
        # append, since their position is shared with the server.
        self._out = TemporaryFile("a+b")  # noqa: SIM115 - `stop` closes it
        self._log = TemporaryFile("a+b")  # noqa: SIM115 - this too
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            # -P: what lies in this folder, perhaps a yaml.py, is none of the server's modules
            [sys.executable, "-P", "-m", "playhead", *_serve(paths, arguments)],
            stdin=subprocess.PIPE,
            stdout=self._out,
            stderr=self._log,
            env={name: value for name, value in os.environ.items() if name not in _NOT_FOR_IT},
            start_new_session=os.name == "posix",
        )
        try:
            self.origin = self._ready()
        except BaseException:
            self.stop()
            raise

    def _ready(self) -> str:
        for _ in range(_STEPS):
            ended = self._process.poll() is not None
            if found := _ORIGIN.search(_all_of(self._out)):
                return found[1].decode()
            if ended:
                raise DidNotStart(f"the server ended at its start:\n{self.last_lines()}")
            sleep(_STEP)
        raise DidNotStart(f"the server says nothing after a minute:\n{self.last_lines()}")

    def last_lines(self) -> str:
        """Return the last lines of the server's log."""
        lines = _all_of(self._log).decode(errors="replace").splitlines()
        return "\n".join(lines[-_TOLD_LINES:])

    def stop(self) -> None:
        """End the server, and wait for its end."""
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        self._process.terminate()
        self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            self._out.close()
            self._log.close()


def _serve(paths: Sequence[Path], arguments: Sequence[str]) -> list[str]:
    ours = ["serve", "--host", "127.0.0.1", "--port", "0", "--until-eof", "--drain", "0"]
    return [*ours, *arguments, "--", *map(str, paths)]


def _all_of(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
