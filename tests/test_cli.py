import json
import os
import pty
import shlex
import socket
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from fcntl import ioctl
from pathlib import Path

import pytest

from conftest import EXAMPLES
from playhead import __version__
from support.recordings import CHAT, EVENT_STREAM, chat, events, interaction, write
from support.server import Running, command, playhead, serve
from support.wire import DEADLINE_SECONDS, Connection, request

BROKEN = "version: 2\ninteractions:\n- request: {method: POST, url: /v1/x}\n"
KEY = "sk-" + "a" * 40
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202etxt.exe"


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a broken file, a secret, a tie, a note and a file that is no cassette."""
    folder = tmp_path_factory.mktemp("flawed")
    (folder / "broken.yaml").write_text(BROKEN)
    (folder / "config.yaml").write_text("name: value\n")
    write(folder, "leak", interaction(chat(KEY), headers={"Set-Cookie": ["session=123"]}))
    for name in ("tie/a", "tie/b"):
        write(folder, name, interaction(chat("tie")))
    write(folder, "note", interaction(chat("note"), "{}", content_length=99))
    return folder


# serve: flags, variables, banner, exit codes


def test_the_banner_says_where_and_how_much_and_what_to_copy(examples: Running) -> None:
    lines = examples.banner.splitlines()
    assert lines[0] == f"playhead {__version__} serves {examples.origin}"
    assert "5 cassettes with 5 interactions" in lines[1]
    assert f"export OPENAI_BASE_URL={examples.origin}/v1 OPENAI_API_KEY=" in examples.banner
    assert f"export ANTHROPIC_BASE_URL={examples.origin} ANTHROPIC_API_KEY=" in examples.banner


def test_without_a_path_the_folder_cassettes_is_served(tmp_path: Path) -> None:
    write(tmp_path / "cassettes", "own", interaction(chat("hi")))
    done = playhead("list", folder=tmp_path)
    assert "own#0" in done.stdout


def test_the_banner_names_broken_and_skipped_files(flawed: Path) -> None:
    with serve(flawed) as running:
        banner = running.banner
    assert f"broken: {flawed / 'broken.yaml'}:3: " in banner
    assert f"skipped: {flawed / 'config.yaml'}: " in banner


def test_the_banner_counts_files_that_are_no_cassettes_when_they_are_many(tmp_path: Path) -> None:
    for at in range(22):
        (tmp_path / f"{at:02}.yaml").write_text("name: value\n")
    with serve(tmp_path) as running:
        banner = running.banner
    assert banner.count(" skipped: ") == 21
    assert "2 more" in banner


def test_an_empty_folder_is_served_with_a_loud_line(tmp_path: Path) -> None:
    with serve(tmp_path) as running:
        assert f"NO CASSETTES in {tmp_path}" in running.banner
        assert running.health()["status"] == "ok"


@pytest.mark.parametrize("sub", ["serve", "check", "list"])
def test_a_missing_path_is_a_usage_error(sub: str, tmp_path: Path) -> None:
    done = playhead(sub, tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_a_missing_default_folder_is_a_usage_error_with_a_hint(tmp_path: Path) -> None:
    done = playhead("serve", "--port", "0", folder=tmp_path)
    assert done.returncode == 2
    assert "name the folder that holds your cassettes" in done.stderr


def test_strict_does_not_start_with_a_broken_cassette(flawed: Path) -> None:
    done = playhead("serve", flawed, "--port", "0", "--strict")
    assert done.returncode == 3
    assert "broken.yaml:3" in done.stderr
    assert done.stdout == ""


def test_strict_starts_without_one() -> None:
    with serve(EXAMPLES, "--strict") as running:
        assert running.health()["cassettes"] == 5


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with ExitStack() as stack, pytest.raises(AssertionError, match="no file or folder"):
        stack.enter_context(serve(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    "flags",
    [
        ["--event-gap", "soon"], ["--event-gap", "-1ms"], ["--speed", "0"], ["--speed", "-1"],
        ["--speed", "nan"], ["--timing", "later"], ["--repeat", "always"], ["--port", "70000"],
        ["--drain", "1h"], ["--nonsense"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_flag_that_makes_no_sense_is_a_usage_error(flags: list[str]) -> None:
    process = subprocess.Popen(
        command("serve", EXAMPLES, "--port", "0", *flags),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        assert process.stdout is not None
        served = process.stdout.readline()
        process.terminate()
    assert (served, process.returncode) == (b"", 2)


def test_several_folders_are_served_together() -> None:
    with serve(EXAMPLES / "azure", EXAMPLES / "vercel") as running:
        names = [each["name"] for each in running.control("cassettes")["cassettes"]]
    assert names == ["gpt-5/chat-stream", "o4-mini/chat-stream"]


def test_a_single_file_is_served() -> None:
    with serve(EXAMPLES / "azure/o4-mini/chat-stream.yaml") as running:
        names = [each["name"] for each in running.control("cassettes")["cassettes"]]
    assert names == ["chat-stream"]


def test_every_flag_has_a_variable(tmp_path: Path) -> None:
    body = events("1", "2")
    write(tmp_path / "a", "a", interaction(chat("hi"), body, headers=EVENT_STREAM))
    write(tmp_path / "b", "b", interaction(chat("ho")))
    env = {
        "PLAYHEAD_CASSETTES": f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}",
        "PLAYHEAD_EVENT_GAP": "1ms",
        "PLAYHEAD_REPEAT": "never",
        "PLAYHEAD_CORS_ORIGIN": "http://localhost:3000",
        "PLAYHEAD_ALLOWED_HOST": "a.example.com b.example.com",
        "PLAYHEAD_TIMING": "recorded",
        "PLAYHEAD_SPEED": "2",
        "PLAYHEAD_DRAIN": "1s",
        "PLAYHEAD_STRICT": "1",
        "PLAYHEAD_HOST": "127.0.0.1",
    }
    with serve(env=env) as running:
        reply = running.post(CHAT, chat("hi"))
        again = running.post(CHAT, chat("hi"))
        other = running.post(CHAT, chat("ho"))
        health = running.get("/__playhead/health", {"host": "b.example.com"})
    assert [chunk.data for chunk in reply.chunks] == [b"data: 1\n\n", b"data: 2\n\n"]
    assert reply.header("access-control-allow-origin") == "http://localhost:3000"
    assert (again.status, other.status, health.status) == (404, 200, 200)


def test_the_port_has_a_variable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = playhead("serve", EXAMPLES, env={"PLAYHEAD_PORT": port})
    assert done.returncode == 3
    assert port in done.stderr


def test_the_version_and_the_help_are_printed() -> None:
    assert playhead("--version").stdout.strip().endswith(__version__)
    assert "PLAYHEAD_EVENT_GAP" in playhead("serve", "-h").stdout


# check


def test_check_finds_nothing_in_the_examples() -> None:
    done = playhead("check", EXAMPLES)
    assert done.returncode == 0
    assert "0 broken, 0 secret" in done.stdout


def test_check_of_a_flawed_folder_is_exit_code_1(flawed: Path) -> None:
    assert playhead("check", flawed).returncode == 1


@pytest.mark.parametrize("name", ["broken", "secret"])
def test_either_finding_alone_is_exit_code_1(tmp_path: Path, name: str) -> None:
    if name == "broken":
        (tmp_path / "broken.yaml").write_text(BROKEN)
    else:
        write(tmp_path, "leak", interaction(chat(KEY)))
    assert playhead("check", tmp_path).returncode == 1


def test_check_names_the_place_of_a_secret_and_not_the_secret(flawed: Path) -> None:
    out = playhead("check", flawed).stdout
    assert f"secret: {flawed / 'leak.yaml'}: leak#0: request.body: " in out
    assert "leak#0: response.headers.Set-Cookie" in out
    assert KEY not in out
    assert "session=123" not in out


def test_check_lists_a_tie_and_how_to_scope_it_away(flawed: Path) -> None:
    out = playhead("check", flawed).stdout
    assert "tie/a#0, tie/b#0" in out
    assert "/cassette/tie/a/-/" in out


def test_check_lists_notes_and_files_that_are_no_cassettes(flawed: Path) -> None:
    out = playhead("check", flawed).stdout
    assert "note: " in out
    assert "content_length" in out
    assert "config.yaml" in out


def test_ties_and_notes_alone_are_exit_code_0(tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path, name, interaction(chat("tie"), "{}", content_length=99))
    assert playhead("check", tmp_path).returncode == 0


@pytest.fixture
def loosened(tmp_path: Path) -> Path:
    """A folder in which a rule merges two requests, with the rules of before beside it."""
    for name in "ab":
        write(tmp_path / "new", name, interaction(chat("hi", user=name), name))
    (tmp_path / "new" / "playhead.yaml").write_text("ignore: /user\n")
    (tmp_path / "old.yaml").write_text("ignore: /seed\n")
    return tmp_path


def test_check_says_what_rules_merge_and_which_are_idle(loosened: Path) -> None:
    done = playhead("check", "new", "--fallback", "tools", folder=loosened)
    assert done.returncode == 0
    assert "merged: under `rules` one request has the answers of a#0, b#0\n" in done.stdout
    assert "let go by `ignore: /user` (new/playhead.yaml:1)\n" in done.stdout
    assert "idle: `fallbacks: tools` (--fallback): " in done.stdout


@pytest.mark.parametrize("answers", [("a", "b"), ("a", "a")])
@pytest.mark.parametrize("users", [("a", "b"), ("a", "a")])
def test_strict_fails_for_requests_with_several_different_answers(
    loosened: Path, users: tuple[str, str], answers: tuple[str, str]
) -> None:
    for name, user, answer in zip("ab", users, answers, strict=True):
        write(loosened / "new", name, interaction(chat("hi", user=user), answer))
    assert playhead("check", loosened / "new").returncode == 0
    differ = len(set(answers)) > 1
    assert playhead("check", loosened / "new", "--strict").returncode == int(differ)


def test_strict_passes_what_is_a_sequence_or_an_idle_rule(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi"), "1"), interaction(chat("hi"), "2"))
    assert playhead("check", tmp_path, "--strict", "--ignore", "/x").returncode == 0


def test_what_a_rule_redacts_and_a_recording_holds_is_exit_code_1(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("my number is 555-0199")))
    done = playhead("check", tmp_path, "--redact", "[0-9]{3}-[0-9]{4}")
    assert done.returncode == 1
    assert "a#0: request.body: what `redact` takes out (--redact)" in done.stdout
    assert "555" not in done.stdout


@pytest.mark.parametrize("old", ["none", "old.yaml"])
def test_check_against_other_rules_is_exit_code_1_where_an_answer_changes(
    loosened: Path, old: str
) -> None:
    done = playhead("check", "new", "--against", old, folder=loosened)
    assert done.returncode == 1
    assert "changed: a#0, b#0\n" in done.stdout


def test_check_against_the_same_rules_is_exit_code_0(loosened: Path) -> None:
    assert playhead("check", "new", "--against", "new", folder=loosened).returncode == 0
    (loosened / "new" / "playhead.yaml").unlink()
    assert playhead("check", "new", "--against", "none", folder=loosened).returncode == 0


def test_check_against_other_rules_with_a_broken_file_is_exit_code_1(loosened: Path) -> None:
    (loosened / "new" / "broken.yaml").write_text(BROKEN)
    done = playhead("check", "new", "--against", "new", folder=loosened)
    assert (done.returncode, done.stdout.partition(" ")[0]) == (1, "broken:")


def test_check_against_other_rules_as_json(loosened: Path) -> None:
    done = playhead("check", "new", "--against", "none", "--json", folder=loosened)
    assert [change["requests"] for change in json.loads(done.stdout)["changes"]] == [["a#0", "b#0"]]


@pytest.mark.parametrize("old", ["nowhere", "new/a.yaml"])
def test_check_against_what_are_no_rules_is_a_usage_error(loosened: Path, old: str) -> None:
    done = playhead("check", "new", "--against", old, folder=loosened)
    assert done.returncode == 2
    assert f"--against: {old}:" in done.stderr


def test_check_as_json(flawed: Path) -> None:
    done = playhead("check", flawed, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["present"] == found["served"] + len(found["skipped"])
    assert [Path(skip["file"]).name for skip in found["skipped"] if skip["broken"]] == [
        "broken.yaml"
    ]
    assert [tie["interactions"] for tie in found["ties"]] == [["tie/a#0", "tie/b#0"]]
    assert {secret["place"] for secret in found["secrets"]} == {
        "request.body",
        "response.headers.Set-Cookie",
    }
    assert "note" in found["notes"]


# list


@pytest.mark.parametrize("width", [72, 80, 100, 200])
def test_the_table_fits_the_terminal(width: int) -> None:
    lines = _on_a_terminal("list", EXAMPLES, width=width).splitlines()
    assert len(lines) == 6
    assert max(map(len, lines)) <= width


def test_a_terminal_too_narrow_costs_the_model_before_the_name() -> None:
    out = _on_a_terminal("list", EXAMPLES, width=95)
    assert "openai/gpt-4o/responses-object-stream#0 " in out
    assert "…" in out


def test_what_is_piped_is_not_cut(tmp_path: Path) -> None:
    name = "long/" + "x" * 150
    write(tmp_path, name, interaction(chat("hi")))
    assert f"{name}#0  POST" in playhead("list", tmp_path, env={"COLUMNS": "72"}).stdout


def test_what_is_piped_is_not_wrapped_and_a_terminal_wraps_between_words(tmp_path: Path) -> None:
    words = "https://example.com/" + "y" * 100 + " and more words" * 10
    write(tmp_path, "a", interaction(chat(words)))
    assert f"    {words}\n" in playhead("show", "a", tmp_path, env={"COLUMNS": "72"}).stdout
    shown = _on_a_terminal("show", "a", tmp_path, width=72)
    assert "y" * 100 in shown
    assert f"    {words}" not in shown


def _on_a_terminal(*arguments: str | Path, width: int) -> str:
    """What a command prints to a terminal of that width."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    subprocess.run(command(*arguments), stdout=slave, check=True, env=env)
    os.close(slave)
    printed = os.read(master, 65536).decode()
    os.close(master)
    return printed


def test_the_table_says_what_each_interaction_is() -> None:
    out = playhead("list", EXAMPLES, env={"COLUMNS": "200"}).stdout
    line = next(line for line in out.splitlines() if line.startswith("azure"))
    assert line.split() == [
        "azure/o4-mini/chat-stream#0", "POST", "chat.completions", "o4-mini", "200", "7", "events",
    ]  # fmt: skip


def test_list_as_json() -> None:
    rows = json.loads(playhead("list", EXAMPLES, "--json").stdout)
    assert rows[0] == {
        "interaction": "azure/o4-mini/chat-stream#0",
        "method": "POST",
        "operation": "chat.completions",
        "model": "o4-mini",
        "status": 200,
        "answer": "7 events",
    }


def test_list_of_an_empty_folder_has_no_rows(tmp_path: Path) -> None:
    done = playhead("list", tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"playhead: no interactions in {tmp_path}\n"


@pytest.mark.parametrize("sub", [["list"], ["show", "good"]])
def test_what_is_broken_is_named_beside_what_is_shown(tmp_path: Path, sub: list[str]) -> None:
    write(tmp_path, "good", interaction(chat("hi")))
    for at in range(22):
        (tmp_path / f"{at:02}.yaml").write_text(BROKEN)
    done = playhead(*sub, tmp_path)
    assert (done.returncode, "good#0" in done.stdout) == (0, True)
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"broken: {tmp_path / '00.yaml'}:3: ")
    assert lines[20:] == ["broken: 2 more files (`playhead check` lists them)"]


# show


def test_show_tells_a_cassette_as_a_conversation() -> None:
    out = playhead("show", "azure/o4-mini/chat-stream", EXAMPLES).stdout
    assert "Say hi in Portuguese" in out
    assert "Olá!" in out
    assert "finish: stop" in out


def test_show_tells_one_interaction_by_its_number(tmp_path: Path) -> None:
    write(tmp_path, "two", interaction(chat("first")), interaction(chat("second")))
    out = playhead("show", "two#1", tmp_path).stdout
    assert "second" in out
    assert "first" not in out


def test_show_of_a_cassette_tells_all_its_interactions(tmp_path: Path) -> None:
    write(tmp_path, "two", interaction(chat("first")), interaction(chat("second")))
    found = json.loads(playhead("show", "two", tmp_path, "--json").stdout)
    assert [each["interaction"] for each in found] == ["two#0", "two#1"]
    assert found[0]["turns"][0] == {"role": "user", "text": "first"}


def test_show_of_an_unknown_name_is_a_usage_error() -> None:
    done = playhead("show", "nobody", EXAMPLES)
    assert done.returncode == 2
    assert "nobody" in done.stderr
    assert "playhead list" in done.stderr


@pytest.mark.parametrize(
    "name", ["chat-steam", "gpt-4o/chat-stream", "openai/gpt-4o/chat-stream#7"]
)
def test_show_of_an_unknown_name_names_what_is_near(name: str) -> None:
    done = playhead("show", name, EXAMPLES / "openai/..")
    assert done.returncode == 2
    assert "; did you mean " in done.stderr
    assert "openai/gpt-4o/chat-stream" in done.stderr


@pytest.mark.parametrize("name", ["broken", "broken.yaml", "broken#0", "config"])
def test_show_of_what_is_not_served_says_why(flawed: Path, name: str) -> None:
    done = playhead("show", name, flawed)
    file = "config.yaml: is not a cassette" if name == "config" else "broken.yaml:3: "
    assert done.returncode == 2
    assert f"{name!r} is not served: {flawed}/{file}" in done.stderr


@pytest.mark.parametrize(("behind", "shown"), [("", 2), ("#1", 1), ("#2", 0)])
def test_show_takes_the_path_of_a_file(tmp_path: Path, behind: str, shown: int) -> None:
    file = write(tmp_path / "in", "a#b/two", interaction(chat("1")), interaction(chat("2")))
    done = playhead("show", f"{file}{behind}", folder=tmp_path)
    assert done.stdout.count("two#") == shown
    assert done.returncode == (0 if shown else 2)


def test_show_as_json_keeps_every_byte(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi"), b"\xff\x00", duration="0s"))
    (value,) = json.loads(playhead("show", "a", tmp_path, "--json").stdout)
    assert (value["request_body"].encode(), value["request_body_encoding"]) == (chat("hi"), "utf-8")
    assert (value["response_body"], value["response_body_encoding"]) == ("/wA=", "base64")
    assert value["duration_seconds"] is None


def test_show_says_what_was_asked_for() -> None:
    out = playhead("show", "openai/gpt-4o/chat-stream", EXAMPLES).stdout
    assert "asked for: model gpt-4o, max_tokens 4000" in out


@pytest.mark.parametrize("sub", [["show", "evil"], ["list"]])
def test_what_would_drive_the_terminal_is_shown_escaped(tmp_path: Path, sub: list[str]) -> None:
    body = chat(ESCAPES, model=f"gpt{ESCAPES}")
    write(tmp_path, "evil", interaction(body, url=f"http://x{CHAT}"))
    out = playhead(*sub, tmp_path, env={"COLUMNS": "300"}).stdout
    assert [char for char in out if not char.isprintable() and char != "\n"] == []
    assert r"\x1b[2J" in out


def test_a_name_that_would_drive_the_terminal_is_shown_escaped(tmp_path: Path) -> None:
    write(tmp_path, "a\x1b[2J", interaction(chat("hi")))
    (tmp_path / "b\x1b[2J.yaml").write_text(BROKEN)
    with serve(tmp_path) as running:
        banner = running.banner
    out = banner + playhead("check", tmp_path).stdout + playhead("list", tmp_path).stdout
    assert "\x1b" not in out
    assert r"b\x1b[2J.yaml" in banner


def test_a_terminal_that_knows_only_ascii_gets_what_it_can_show() -> None:
    done = playhead(
        "show", "azure/o4-mini/chat-stream", EXAMPLES, env={"PYTHONIOENCODING": "ascii"}
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


# env


def test_env_prints_lines_that_a_shell_can_read() -> None:
    line = shlex.join(command("env", "--port", "4242"))
    script = f'eval "$({line})" && printf "%s %s" "$OPENAI_BASE_URL" "$ANTHROPIC_BASE_URL"'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "http://127.0.0.1:4242/v1 http://127.0.0.1:4242"


def test_env_as_json_has_a_key_for_every_sdk() -> None:
    values = json.loads(playhead("env", "--json").stdout)
    assert values["OPENAI_API_KEY"] == values["ANTHROPIC_API_KEY"] == values["GEMINI_API_KEY"]
    assert values["OPENAI_BASE_URL"] == "http://127.0.0.1:8080/v1"


@pytest.mark.parametrize(
    ("host", "origin"), [("0.0.0.0", "http://127.0.0.1:8080"), ("::", "http://[::1]:8080")]
)
def test_env_names_an_address_that_can_be_called(host: str, origin: str) -> None:
    values = json.loads(playhead("env", "--json", "--host", host).stdout)
    assert values["ANTHROPIC_BASE_URL"] == origin


@pytest.mark.parametrize("sub", ["env", "healthcheck"])
def test_no_server_listens_on_port_0(sub: str) -> None:
    done = playhead(sub, "--port", "0")
    assert done.returncode == 2
    assert "--port" in done.stderr


# standard output that takes nothing

SHOWING = [
    ["list"], ["check"], ["check", "--json"], ["show", "azure"], ["env"],
    ["convert", "--to", "har", "--out", "OUT"],
]  # fmt: skip


@pytest.mark.parametrize("to", [">&-", ">/dev/full"])
@pytest.mark.parametrize("sub", SHOWING, ids=" ".join)
def test_standard_output_that_takes_nothing_is_said(
    sub: list[str], to: str, tmp_path: Path
) -> None:
    words = [str(tmp_path / "out") if word == "OUT" else word for word in sub]
    env = {**os.environ, "PLAYHEAD_CASSETTES": str(EXAMPLES)}
    script = f"{shlex.join(command(*words))} {to}"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, env=env)
    why = "it is closed" if to == ">&-" else "No space left on device"
    assert done.stderr == f"playhead: cannot write to standard output: {why}\n"
    assert done.returncode == 3


@pytest.mark.parametrize("to", [">&-", ">/dev/full", ">&- 2>&-", ">/dev/full 2>/dev/full", ""])
def test_a_server_that_nobody_reads_serves(to: str, tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi")))
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    script = f"exec {shlex.join(command('serve', tmp_path, '--port', str(port)))} {to}"
    reading, gone = os.pipe()
    os.close(reading)
    words = ["/bin/sh", "-c", script]
    with subprocess.Popen(words, stdout=gone, stderr=subprocess.PIPE, text=True) as process:
        os.close(gone)
        try:
            with _connected(port) as connection:
                assert connection.ask("GET", "/nothing").status == 404
                assert connection.ask("POST", CHAT, chat("hi")).status == 200
        finally:
            process.terminate()
        _, said = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 0
    assert "Traceback" not in said
    assert ("cannot write to standard output" in said) == (to in (">&-", ">/dev/full"))


def test_a_reader_that_has_gone_ends_a_command_without_a_word() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command("list", EXAMPLES), stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def _connected(port: int) -> Connection:
    """A connection to a server that begins to listen within the deadline."""
    until = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            return Connection(port)
        except ConnectionRefusedError:
            assert time.monotonic() < until


# healthcheck


def test_a_healthy_server_is_exit_code_0(examples: Running) -> None:
    done = playhead("healthcheck", "--port", str(examples.port))
    assert (done.returncode, done.stdout) == (0, "healthy\n")


def test_a_server_on_all_addresses_is_called_by_one_of_them(examples: Running) -> None:
    env = {"PLAYHEAD_HOST": "0.0.0.0", "PLAYHEAD_PORT": str(examples.port)}
    assert playhead("healthcheck", env=env).returncode == 0


def test_no_server_is_exit_code_1() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        done = playhead("healthcheck", "--port", str(bound.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.startswith("playhead: unhealthy: ")
    assert "Traceback" not in done.stderr


@pytest.fixture
def stranger() -> Iterator[tuple[int, list[bytes]]]:
    """A port at which something answers one request with given bytes."""
    answers: list[bytes] = []
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answers[0])

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1], answers
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", b"220 mail ready\r\n", b""],
    ids=["unwell", "no HTTP", "nothing"],
)
def test_a_server_that_is_not_well_is_exit_code_1(
    stranger: tuple[int, list[bytes]], answer: bytes
) -> None:
    port, answers = stranger
    answers.append(answer)
    done = playhead("healthcheck", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith("playhead: unhealthy: ")


def test_a_probe_leaves_nothing_in_the_journal(examples: Running) -> None:
    before = examples.control("requests")["requests"]
    playhead("healthcheck", "--port", str(examples.port))
    assert examples.control("requests")["requests"] == before


def test_what_a_client_sends_cannot_drive_the_terminal_of_the_log(examples: Running) -> None:
    with examples.connect() as connection:
        connection.send(request("GET", "/%1b[2J%0aforged"))
        connection.reply()
    assert "\x1b" not in examples.log()
    assert "\nforged" not in examples.log()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.yaml": BROKEN}, "1 file is broken, and no other is a cassette."),
        ({"a.yaml": BROKEN, "b.yaml": BROKEN}, "2 files are broken, and no other is a cassette."),
        ({"a.yaml": "name: value"}, "1 file skipped, and no other is there."),
        ({}, "Is the folder empty, or its volume not mounted?"),
    ],
)
def test_the_banner_says_why_there_are_no_cassettes(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with serve(tmp_path) as running:
        assert f"  {said}\n" in running.banner


def test_a_tie_names_a_scope_as_a_url_holds_it(tmp_path: Path) -> None:
    for name in ("a b#[", "c"):
        write(tmp_path, name, interaction(chat("tie")))
    assert "/cassette/a%20b%23%5B/-/" in playhead("check", tmp_path).stdout
    with serve(tmp_path) as running:
        assert running.post(f"/cassette/a%20b%23%5B/-{CHAT}", chat("tie")).status == 200


def test_one_of_a_thing_has_no_s(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("x"), events("1"), headers=EVENT_STREAM))
    write(tmp_path, "b", interaction(chat("y"), "1"))
    rows = json.loads(playhead("list", tmp_path, "--json").stdout)
    assert [row["answer"] for row in rows] == ["1 event", "1 byte"]


# explain


def test_explain_says_what_answers(tmp_path: Path) -> None:
    write(tmp_path / "served", "a", interaction(chat("hi")))
    (tmp_path / "request.json").write_bytes(chat("hi"))
    done = playhead("explain", "request.json", "served", folder=tmp_path)
    assert (done.stdout, done.returncode) == ("answered by a#0\n", 0)


def test_explain_says_why_nothing_answers(tmp_path: Path) -> None:
    write(tmp_path / "served", "a", interaction(chat("hi\x1b[2J", max_tokens=1)))
    (tmp_path / "request.json").write_bytes(chat("hi\x1b[2J", max_tokens=2))
    done = playhead("explain", "request.json", "served", "--path", CHAT, folder=tmp_path)
    assert done.returncode == 1
    assert "    ignore: [/max_tokens]" in done.stdout.splitlines()
    assert "\x1b" not in done.stdout


def test_explain_as_json(tmp_path: Path) -> None:
    write(tmp_path / "served", "a", interaction(chat("hi")))
    (tmp_path / "request.json").write_text(json.dumps({"path": CHAT, "body": {"n": 1}}))
    done = playhead("explain", "--json", "request.json", "served", folder=tmp_path)
    assert (json.loads(done.stdout)["nearest"]["interaction"], done.returncode) == ("a#0", 1)


def test_explain_obeys_rules_given_as_flags(tmp_path: Path) -> None:
    write(tmp_path / "served", "a", interaction(chat("hi", max_tokens=1)))
    (tmp_path / "request.json").write_bytes(chat("hi"))
    flags = ("--ignore", "/max_tokens")
    done = playhead("explain", "request.json", "served", *flags, folder=tmp_path)
    assert done.stdout.splitlines()[0] == "answered by a#0, found by rules"


def test_explain_of_what_is_no_request_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text('{"method": 1, "body": ""}')
    done = playhead("explain", "request.json", EXAMPLES, folder=tmp_path)
    assert done.returncode == 2
    assert "are texts" in done.stderr
    assert playhead("explain", "nothing.json", EXAMPLES, folder=tmp_path).returncode == 2
