import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from signal import SIGTERM

import pytest

from conftest import ROOT
from support.children import TELLS, at_a_terminal, started, until
from support.flawed import BROKEN
from support.recordings import CHAT, EVENT_STREAM, chat, events, interaction, write
from support.server import command, playhead
from support.wire import DEADLINE_SECONDS, request

PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider")
PROJECT = ROOT / "examples" / "pytest-openai"

ASKS = f"""
import os, sys, urllib.error, urllib.request
for body in sys.argv[1:]:
    request = urllib.request.Request(os.environ["PLAYHEAD_ORIGIN"] + "{CHAT}", body.encode())
    try:
        urllib.request.urlopen(request).read()
    except urllib.error.HTTPError:
        pass
"""
"""Sends a chat request for each of its words, and takes no notice of what comes back."""

LEAVES = """
import os, socket, sys
left = socket.create_connection(os.environ["PLAYHEAD_ORIGIN"].rpartition("/")[2].split(":"))
left.sendall(sys.argv[1].encode())
left.recv(1)
if os.fork() == 0:
    os.setsid()
    os.close(1)
    os.close(2)
    os.read(0, 1)
"""
"""Sends a request and ends; a daemon of it holds the connection until standard input ends."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of cassettes in a folder to run commands in."""
    write(tmp_path / "cassettes", "one", interaction(chat("one")))
    write(tmp_path / "cassettes", "two", interaction(chat("two")))
    return tmp_path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example project."""
    return shutil.copytree(PROJECT, tmp_path / "project")


def asking(*prompts: str) -> tuple[str, ...]:
    return (PYTHON, "-c", ASKS, *(chat(prompt).decode() for prompt in prompts))


def run(
    folder: Path, *words: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return playhead("run", *words, folder=folder, env=env)


def test_a_command_that_reloads_what_is_broken_proves_nothing(folder: Path) -> None:
    broken = "from pathlib import Path; Path('cassettes/one.yaml').write_text('version: 2\\nx: [')"
    reloads = (
        "import os; from playhead.remote import Remote; "
        "Remote(os.environ['PLAYHEAD_ORIGIN']).post('reload', {})"
    )
    done = run(folder, "--", PYTHON, "-c", f"{broken}; {reloads}")
    assert done.returncode == 1
    assert "  not proved: old cassettes are served, not what is there now: cassettes/one.yaml:" in (
        done.stderr
    )


# A project that is tested


def test_a_suite_whose_answers_are_all_recorded_is_green(project: Path) -> None:
    done = run(project, "--all-used", "--require-served", "2", "--", *PYTEST)
    assert "2 passed" in done.stdout
    assert done.stderr == "playhead: proved: 2 requests answered, 0 refused\n"
    assert done.returncode == 0


def test_a_prompt_that_changed_is_named_with_its_nearest_recording(project: Path) -> None:
    app = project / "triage.py"
    app.write_text(app.read_text().replace("one word", "a word"))
    done = run(project, "--", *PYTEST)
    assert "1 failed, 1 passed" in done.stdout
    assert "nearest triage#0, differs at messages[0].content" in done.stderr
    assert 'sent      "Answer with a word: refund, bug or other."' in done.stderr
    assert "NOT PROVED: 1 request answered, 1 refused" in done.stderr
    assert done.returncode == 1


def test_an_app_that_swallows_a_miss_does_not_hide_it(project: Path) -> None:
    app = project / "triage.py"
    changed = app.read_text().replace("one word", "a word").replace("def label", "def ask")
    swallows = "\ndef label(ticket):\n    try:\n        return ask(ticket)\n"
    app.write_text(f"{changed}{swallows}    except Exception:\n        return 'refund'\n")
    done = run(project, "--", *PYTEST)
    assert "2 passed" in done.stdout
    assert "triage#0, differs at messages[0].content" in done.stderr
    assert done.returncode == 1


def test_an_app_that_never_calls_fails_where_an_answer_is_required(project: Path) -> None:
    (project / "triage.py").write_text("label = lambda _: 'refund'\nreply = lambda _: []\n")
    tests = project / "test_triage.py"
    tests.write_text(tests.read_text().partition("\n\n\ndef test_the_customer")[0] + "\n")
    assert run(project, "--", *PYTEST).returncode == 0
    done = run(project, "--require-served", "1", "--", *PYTEST)
    assert "1 passed" in done.stdout
    assert "the app never called" in done.stderr
    assert "nothing was asked" in done.stderr
    assert done.returncode == 1


def test_the_fixture_of_pytest_takes_its_sessions_from_the_server_of_the_run(folder: Path) -> None:
    (folder / "test_it.py").write_text(
        f"""
import pytest, subprocess, sys

@pytest.mark.parametrize("asked", {[chat("one").decode(), chat("three").decode()]})
def test_it(playhead, asked):
    env = {{"PLAYHEAD_ORIGIN": playhead.origin}}
    subprocess.run([sys.executable, "-c", {ASKS!r}, asked], env=env, check=True)
"""
    )
    words = (*PYTEST, "-p", "playhead.pytest_plugin", "--playhead-cassettes", "not-looked-at")
    done = run(folder, "--report", "proof.json", "--", *words)
    assert "1 failed, 1 passed" in done.stdout
    assert "no recording matches" in done.stdout
    report = json.loads((folder / "proof.json").read_text())
    assert (report["served"], report["missed"]) == (1, 1)
    default, *others = (each["session"] for each in report["sessions"])
    assert default is None
    assert [name[:8] for name in others] == ["test_it-", "test_it-"]


def test_the_cassettes_of_the_example_project_are_in_order() -> None:
    assert playhead("check", PROJECT, "--strict").returncode == 0


# What the command gets


def test_the_command_is_what_follows_the_first_dashes_to_the_letter(folder: Path) -> None:
    tells = "import json, sys; print(json.dumps(sys.argv[1:]))"
    words = ["-q", "--strict", "--", "--port", "", "a b", "--help"]
    done = run(folder, "--", PYTHON, "-c", tells, *words)
    assert json.loads(done.stdout) == words


def test_paths_stand_before_the_dashes(folder: Path) -> None:
    (folder / "cassettes").rename(folder / "other")
    done = run(folder, "other/one.yaml", "other/two.yaml", "--all-used", "--", *asking("one"))
    assert "answered nothing: two#0" in done.stderr


def test_without_a_path_the_variable_names_the_cassettes(folder: Path) -> None:
    env = {"PLAYHEAD_CASSETTES": str(folder / "cassettes" / "one.yaml")}
    done = run(folder, "--all-used", "--", *asking("one"), env=env)
    assert done.returncode == 0


def test_the_variables_lead_to_the_server_and_replace_keys(folder: Path) -> None:
    prints = "echo $OPENAI_BASE_URL $OPENAI_API_KEY"
    done = run(folder, "--", "sh", "-c", prints, env={"OPENAI_API_KEY": "sk-real"})
    url, key = done.stdout.split()
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/v1")
    assert key == "playhead"


def test_a_proxy_is_not_asked_for_what_is_here(folder: Path) -> None:
    proxy = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy"), "http://127.0.0.1:9")
    done = run(folder, "--require-served", "1", "--", *asking("one"), env=proxy)
    assert done.returncode == 0


def test_the_port_can_be_chosen_and_is_not_the_one_of_a_server_in_use(folder: Path) -> None:
    prints = ("--", "sh", "-c", "echo $PLAYHEAD_ORIGIN")
    done = run(folder, *prints, env={"PLAYHEAD_PORT": "1"})
    port = done.stdout.strip().rpartition(":")[2]
    done = run(folder, "--port", port, *prints)
    assert done.stdout == f"http://127.0.0.1:{port}\n"


def test_the_flags_of_serve_count(folder: Path) -> None:
    words = ("--ignore", "/messages/*/content", "--", *asking("three"))
    assert run(folder, *words).returncode == 0


# What comes out


def test_the_output_of_the_command_is_left_as_it_is(folder: Path) -> None:
    prints = "import os; os.write(1, bytes(range(256))); os.write(2, b'its own\\n')"
    done = subprocess.run(
        command("run", "--", PYTHON, "-c", prints), capture_output=True, cwd=folder
    )
    assert done.stdout == bytes(range(256))
    assert done.stderr.startswith(b"its own\nplayhead: ")


def test_standard_input_is_the_commands(folder: Path) -> None:
    done = subprocess.run(
        command("run", "--", "cat"), input=b"\0typed\xff", capture_output=True, cwd=folder
    )
    assert done.stdout == b"\0typed\xff"


def test_nothing_is_said_of_a_miss_before_the_command_has_ended(folder: Path) -> None:
    done = run(folder, "--", "sh", "-c", '"$@"; echo "the last word" >&2', "sh", *asking("three"))
    assert done.stderr.startswith("the last word\nplayhead: no recording matches")
    assert done.returncode == 1


def test_of_many_misses_twenty_are_told_and_the_rest_is_counted(folder: Path) -> None:
    done = run(folder, "--", *asking(*(f"number {at}" for at in range(21))))
    assert done.stderr.count("\nnearest: ") == 20
    assert "and 1 more refused request: a --report has the rest\n" in done.stderr


def test_who_only_asked_for_the_models_has_asked_something(folder: Path) -> None:
    asks = "import os, urllib.request as u; u.urlopen(os.environ['OPENAI_BASE_URL'] + '/models')"
    done = run(folder, "--", PYTHON, "-c", asks)
    assert "proves nothing" in done.stderr
    assert "nothing was asked" not in done.stderr
    assert done.returncode == 0


def test_what_is_broken_is_said_after_the_command(folder: Path) -> None:
    (folder / "cassettes" / "broken.yaml").write_text(BROKEN)
    done = run(folder, "--", *asking("one"))
    assert done.stderr.startswith("broken: cassettes/broken.yaml:3: ")
    assert done.returncode == 0


def test_a_report_is_written(folder: Path) -> None:
    done = run(folder, "--report", "proof.json", "--", *asking("one", "three"))
    report = json.loads((folder / "proof.json").read_text())
    assert (report["proved"], report["served"], report["missed"]) == (False, 1, 1)
    assert report["required"]["fail_on_miss"] is True
    assert done.returncode == 1


# How it ends


@pytest.mark.parametrize(
    ("script", "code"),
    [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137), ("kill -TERM $$", 143)],
)
def test_the_exit_code_is_the_commands(folder: Path, script: str, code: int) -> None:
    assert run(folder, "--", "sh", "-c", script).returncode == code


def test_the_exit_code_of_the_command_comes_before_a_miss(folder: Path) -> None:
    done = run(folder, "--", "sh", "-c", '"$@"; exit 7', "sh", *asking("three"))
    assert "NOT PROVED" in done.stderr
    assert done.returncode == 7


def test_a_command_that_is_not_there_is_127(folder: Path) -> None:
    done = run(folder, "--", "./not-there")
    assert done.stderr == "playhead: cannot run './not-there': there is no such command\n"
    assert done.returncode == 127


def test_a_command_that_cannot_be_executed_is_126(folder: Path) -> None:
    (folder / "script").write_text("#!/bin/sh\n")
    done = run(folder, "--", "./script")
    assert done.stderr == "playhead: cannot run './script': Permission denied\n"
    assert done.returncode == 126


def test_a_script_whose_interpreter_is_not_there_is_126_and_says_so(folder: Path) -> None:
    (folder / "script").write_text("#!/not/there\n")
    (folder / "script").chmod(0o755)
    done = run(folder, "--", "./script")
    wanted = "cannot run './script': the interpreter that its first line names is not there"
    assert done.stderr == f"playhead: {wanted}\n"
    assert done.returncode == 126


@pytest.mark.parametrize("words", [[], ["--"], ["cassettes"], ["pytest", "-q"], ["a", "--"]])
def test_no_command_is_a_usage_error_that_shows_the_form(folder: Path, words: list[str]) -> None:
    done = run(folder, *words)
    assert "there is no command to run: " in done.stderr
    assert "run [PATH]... -- COMMAND..." in done.stderr
    assert done.returncode == 2


def test_a_flag_that_is_none_is_a_usage_error(folder: Path) -> None:
    assert run(folder, "--nonsense", "--", "true").returncode == 2


def test_the_help_needs_no_command(folder: Path) -> None:
    done = run(folder, "--help")
    assert "[PATHS]... -- COMMAND..." in done.stdout
    assert done.returncode == 0


def test_under_strict_a_broken_cassette_is_3_and_the_command_does_not_run(folder: Path) -> None:
    (folder / "cassettes" / "broken.yaml").write_text(BROKEN)
    done = run(folder, "--strict", "--", "touch", "ran")
    assert "1 file is broken, and --strict is on" in done.stderr
    assert done.returncode == 3
    assert not (folder / "ran").exists()


def test_under_strict_a_run_without_a_broken_cassette_goes_on(folder: Path) -> None:
    assert run(folder, "--strict", "--", "true").returncode == 0


def test_a_signal_is_passed_on_and_the_verdict_is_said_after_it(folder: Path) -> None:
    words = command("run", folder / "cassettes", "--", PYTHON, "-c", TELLS, "SIGTERM")[1:]
    with started(*words) as process:
        until(process.stdout, b"ready\n")
        process.send_signal(SIGTERM)
        _, said = process.communicate(timeout=DEADLINE_SECONDS)
    assert b"playhead: proves nothing: 0 requests" in said
    assert process.returncode == 7


def test_ctrl_c_ends_the_command_and_then_the_verdict_is_said(folder: Path) -> None:
    words = command("run", folder / "cassettes", "--", PYTHON, "-c", TELLS, "SIGUSR1")[1:]
    with at_a_terminal(*words) as (process, terminal):
        until(terminal, b"ready\r\n")
        terminal.write(b"\x03")
        until(terminal, b"playhead: proves nothing: 0 requests answered, 0 refused\r\n")
        assert process.wait(DEADLINE_SECONDS) == 128 + signal.SIGINT


def test_what_the_command_leaves_behind_does_not_hold_up_the_end(folder: Path) -> None:
    stream = events(*["x" * 65536] * 200)
    write(folder / "cassettes", "big", interaction(chat("big"), stream, headers=EVENT_STREAM))
    asked = request("POST", CHAT, chat("big")).decode()
    words = ("run", folder / "cassettes", "--", PYTHON, "-c", LEAVES, asked)
    with started(*command(*words)[1:]) as process:
        assert process.wait(DEADLINE_SECONDS) == 0
        assert process.stderr is not None
        assert b"1 request answered" in process.stderr.read()
