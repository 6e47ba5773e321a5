import os
import subprocess
from pathlib import Path
from signal import SIGTERM

import pytest

from conftest import EXAMPLES
from playhead.sidecar import Sidecar
from support.server import LAST_LINE_OF_THE_BANNER, command
from support.wire import DEADLINE_SECONDS

SERVE = command("serve", "--port", "0", "--until-eof", EXAMPLES)
SEVERAL = ("--workers", "2")


@pytest.mark.parametrize("workers", [(), SEVERAL], ids=["alone", "workers"])
def test_a_server_ends_with_its_standard_input_and_not_with_what_comes_there(
    workers: tuple[str, ...],
) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([*SERVE, *workers], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("not an end\n")
        process.stdin.flush()
        assert LAST_LINE_OF_THE_BANNER in "".join(process.stdout.readline() for _ in range(5))
        process.stdin.close()
        assert process.wait(DEADLINE_SECONDS) == 0


def test_who_forks_workers_has_no_thread_that_waits_for_the_end() -> None:
    started = Sidecar([EXAMPLES], SEVERAL)
    threads = len(list(Path(f"/proc/{started._process.pid}/task").iterdir()))
    started.stop()
    assert threads == 1


@pytest.mark.parametrize("workers", [(), SEVERAL], ids=["alone", "workers"])
def test_standard_input_that_cannot_be_read_is_at_its_end(workers: tuple[str, ...]) -> None:
    with Path(os.devnull).open("wb") as only_written:
        done = subprocess.run(
            [*SERVE, *workers],
            stdin=only_written,
            capture_output=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
    assert done.returncode in (0, -SIGTERM)  # SIGTERM may come before the server listens to it
