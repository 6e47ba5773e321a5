import os
import signal
import sys
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, Signals

import pytest

from playhead import child
from support.children import RUNS, TELLS, at_a_terminal, run, started, until
from support.wire import DEADLINE_SECONDS

PYTHON = sys.executable


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_the_exit_code_is_the_commands(code: int) -> None:
    assert run(PYTHON, "-c", f"raise SystemExit({code})").returncode == code


@pytest.mark.parametrize("number", [SIGKILL, SIGTERM, SIGINT])
def test_a_signal_that_ends_the_command_is_added_to_128(number: Signals) -> None:
    kills = f"import os; os.kill(os.getpid(), {number})"
    restores = f"import signal; signal.signal({number}, signal.SIG_DFL); "
    done = run(PYTHON, "-c", (restores if number != SIGKILL else "") + kills)
    assert done.returncode == 128 + number


def test_what_the_command_prints_is_left_as_it_is() -> None:
    prints = "import os; os.write(1, bytes(range(256))); os.write(2, bytes(range(255, -1, -1)))"
    done = run(PYTHON, "-c", prints)
    assert done.stdout == bytes(range(256))
    assert done.stderr == bytes(range(255, -1, -1))


def test_the_command_reads_what_we_are_given() -> None:
    with started("-c", RUNS, "cat") as process:
        assert process.communicate(b"\0typed\xff", DEADLINE_SECONDS) == (b"\0typed\xff", b"")


def test_the_command_has_the_environment_it_is_given() -> None:
    code = "import sys; from playhead import child; child.run(sys.argv[1:], {'ONLY': 'this'})"
    assert run("/usr/bin/env", code=code).stdout == b"ONLY=this\n"


def test_the_command_has_the_files_we_were_started_with_and_none_of_ours() -> None:
    lists = "import os; print(sorted(each for each in range(64) if {!s}))"
    lists = lists.format("os.path.exists(f'/proc/self/fd/{each}')")
    opens = "import os; os.set_inheritable(os.open('/dev/null', 0), True); os.open('/dev/null', 0);"
    done = run(PYTHON, "-c", lists, code=f"{opens} {RUNS}")
    assert done.stdout == b"[0, 1, 2, 3]\n"


@pytest.mark.parametrize("number", [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2])
def test_a_signal_is_passed_on(number: Signals) -> None:
    with started("-c", RUNS, PYTHON, "-c", TELLS, number.name, "SIGTERM") as process:
        until(process.stdout, b"ready\n")
        process.send_signal(number)
        until(process.stdout, b"told %d\n" % number)
        process.send_signal(SIGTERM)
        assert process.wait(DEADLINE_SECONDS) == 7


def test_a_command_that_takes_no_notice_is_waited_for() -> None:
    ignores = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('ready', flush=True); input(); print('done')"
    )
    with started("-c", RUNS, PYTHON, "-c", ignores) as process:
        until(process.stdout, b"ready\n")
        process.send_signal(SIGTERM)
        assert process.communicate(b"go on\n", DEADLINE_SECONDS) == (b"done\n", b"")
        assert process.returncode == 0


@pytest.mark.parametrize("number", [SIGHUP, SIGINT])
def test_a_signal_that_is_ignored_here_is_ignored_by_the_command(number: Signals) -> None:
    ignores = f"import signal; signal.signal({number}, signal.SIG_IGN);"
    asks = f"import signal; print(signal.getsignal({number}).name)"
    assert run(PYTHON, "-c", asks, code=f"{ignores} {RUNS}").stdout == b"SIG_IGN\n"


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(SIGTERM), signal.getsignal(SIGINT)
    assert child.run(["true"], os.environ) == 0
    assert (signal.getsignal(SIGTERM), signal.getsignal(SIGINT)) == before


def test_handlers_are_put_back_where_the_command_cannot_be_started() -> None:
    before = signal.getsignal(SIGTERM)
    with pytest.raises(FileNotFoundError):
        child.run(["./not-there"], os.environ)
    assert signal.getsignal(SIGTERM) == before


def test_a_file_that_may_not_be_executed_cannot_be_started(tmp_path: Path) -> None:
    file = tmp_path / "command"
    file.write_text("#!/bin/sh\n")
    with pytest.raises(PermissionError):
        child.run([str(file)], os.environ)


# Ctrl-C


def test_ctrl_c_reaches_the_command_once() -> None:
    command = (PYTHON, "-c", TELLS, "SIGINT", "SIGTERM")
    with at_a_terminal("-c", RUNS, *command) as (process, terminal):
        until(terminal, b"ready\r\n")
        terminal.write(b"\x03")
        until(terminal, b"told 2\r\n")
        process.send_signal(SIGTERM)
        until(terminal, b"in all [2, 15]\r\n")
        assert process.wait(DEADLINE_SECONDS) == 7


def test_an_interrupt_from_elsewhere_is_passed_on_where_a_terminal_is_in_the_background() -> None:
    groups = "import os; os.setpgid(0, 0);"
    command = (PYTHON, "-c", TELLS, "SIGINT", "SIGTERM")
    outer = (
        "import subprocess, sys;"
        "inner = subprocess.Popen([sys.executable, '-c', *sys.argv[1:]]);"
        "print('inner', inner.pid, flush=True);"
        "sys.exit(inner.wait())"
    )
    with at_a_terminal("-c", outer, f"{groups} {RUNS}", *command) as (process, terminal):
        seen = until(terminal, b"ready\r\n")
        inner = int(seen.split(b"inner ")[1].split()[0])
        os.kill(inner, SIGINT)
        until(terminal, b"told 2\r\n")
        os.kill(inner, SIGTERM)
        until(terminal, b"in all [2, 15]\r\n")
        assert process.wait(DEADLINE_SECONDS) == 7
