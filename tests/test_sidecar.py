import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from conftest import EXAMPLES
from playhead import sidecar
from playhead.remote import Remote, Unreachable
from playhead.sidecar import DidNotStart, Sidecar
from support.wire import DEADLINE_SECONDS, eventually

KILLED = f"""
import os, signal
from pathlib import Path
from playhead.sidecar import Sidecar
print(Sidecar([Path({str(EXAMPLES)!r})]).origin, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def running() -> Iterator[Sidecar]:
    started = Sidecar([EXAMPLES])
    yield started
    started.stop()


def _answers(origin: str) -> bool:
    try:
        Remote(origin).get("health")
    except Unreachable:
        return False
    return True


def test_it_serves_until_it_is_stopped() -> None:
    started = Sidecar([EXAMPLES])
    assert Remote(started.origin).get("health")["cassettes"] == 5
    started.stop()
    assert not _answers(started.origin)


def test_it_is_given_further_flags() -> None:
    started = Sidecar([EXAMPLES], ["--allowed-host", "example.com"])
    assert _answers(started.origin)
    started.stop()


def test_ctrl_c_does_not_reach_it(running: Sidecar) -> None:
    assert os.getpgid(running._process.pid) != os.getpgrp()


def test_it_does_not_outlive_who_started_it_and_was_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    origin = done.stdout.strip()
    assert origin.startswith("http://127.0.0.1:")
    assert eventually(lambda: not _answers(origin))


def test_why_it_did_not_start_is_told() -> None:
    with pytest.raises(DidNotStart, match=r"(?s)the server ended at its start:.*--no-such-flag"):
        Sidecar([EXAMPLES], ["--no-such-flag"])


def test_a_start_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sidecar, "_STEPS", 1)
    with pytest.raises(DidNotStart, match="says nothing"):
        Sidecar([EXAMPLES])


def test_one_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sidecar, "_END_SECONDS", 0.1)
    stopped = Sidecar([EXAMPLES])
    stopped._process.send_signal(signal.SIGSTOP)
    stopped.stop()
    assert stopped._process.returncode == -signal.SIGKILL


def test_its_last_lines_are_kept(running: Sidecar) -> None:
    assert running.last_lines() == ""
