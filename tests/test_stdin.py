import os
import subprocess
from pathlib import Path
from signal import SIGTERM

from conftest import EXAMPLES
from support.server import LAST_LINE_OF_THE_BANNER, command
from support.wire import DEADLINE_SECONDS

SERVE = command("serve", "--port", "0", "--until-eof", EXAMPLES)


def test_a_server_ends_with_its_standard_input_and_not_with_what_comes_there() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(SERVE, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("not an end\n")
        process.stdin.flush()
        assert LAST_LINE_OF_THE_BANNER in "".join(process.stdout.readline() for _ in range(5))
        process.stdin.close()
        assert process.wait(DEADLINE_SECONDS) == 0


def test_standard_input_that_cannot_be_read_is_at_its_end() -> None:
    with Path(os.devnull).open("wb") as only_written:
        done = subprocess.run(
            SERVE, stdin=only_written, capture_output=True, timeout=DEADLINE_SECONDS, check=False
        )
    assert done.returncode in (0, -SIGTERM)  # SIGTERM may come before the server listens to it
