import subprocess
from pathlib import Path

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
