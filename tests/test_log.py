import logging
import os
import subprocess
import sys
from pathlib import Path

from playhead.log import Kept
from support.recordings import CHAT, chat, interaction, write
from support.server import command
from support.wire import DEADLINE_SECONDS, Connection

MISSES = 3000


def _server(folder: Path) -> subprocess.Popen[str]:
    """A server whose log goes into a pipe that nobody reads yet."""
    write(folder, "a", interaction(chat("recorded")))
    return subprocess.Popen(
        command("serve", "--port", "0", folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline().rpartition(":")[2])


def test_a_log_that_nobody_reads_holds_up_no_answer(tmp_path: Path) -> None:
    with _server(tmp_path) as process:
        try:
            with Connection(_port(process)) as connection:
                refused = {connection.ask("POST", CHAT, b"other").status for _ in range(MISSES)}
                assert refused == {404}
                assert connection.ask("POST", CHAT, chat("recorded")).status == 200
        finally:
            process.terminate()
        assert process.wait(DEADLINE_SECONDS) == 0


def test_lines_that_were_dropped_are_counted_once_somebody_reads(tmp_path: Path) -> None:
    with _server(tmp_path) as process:
        with Connection(_port(process)) as connection:
            for _ in range(MISSES):
                connection.ask("POST", CHAT, b"other")
        process.terminate()
        _, log = process.communicate(timeout=DEADLINE_SECONDS)
    assert "lines were dropped: nobody read this pipe" in log
    assert process.returncode == 0


def test_a_log_that_is_kept_is_read_line_by_line_and_the_rest_counted() -> None:
    kept = Kept()
    for number in range(25):
        kept.handle(logging.makeLogRecord({"msg": f"miss {number}\n  where"}))
    lines = list(kept.lines())
    assert lines[:4] == ["miss 0", "  where", "miss 1", "  where"]
    assert lines[40:] == ["(5 more like these)"]


def test_a_log_that_is_kept_says_nothing_of_more_where_there_is_none() -> None:
    assert list(Kept().lines()) == []


def test_a_line_that_standard_error_does_not_take_at_once_is_dropped() -> None:
    """Where the line would be waited for, this would never end."""
    script = (
        "import os\n"
        "from playhead.log import try_to_say\n"
        "try_to_say('taken')\n"
        "os.set_blocking(2, False)\n"
        "try:\n"
        "    while os.write(2, b'x' * 1000): pass\n"
        "except BlockingIOError:\n"
        "    os.set_blocking(2, True)\n"
        "try_to_say('dropped')\n"
        "print('on')\n"
    )
    read, write = os.pipe()
    with os.fdopen(read, "rb") as reader:
        with os.fdopen(write, "wb") as writer:
            done = subprocess.run(
                [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=writer, check=True
            )
        said = reader.read()
    assert done.stdout == b"on\n"
    assert said.startswith(b"taken\nxxx")
    assert b"dropped" not in said
