import json
import os
import pty
import shlex
import socket
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from fcntl import ioctl
from pathlib import Path

import pytest

from conftest import EXAMPLES
from playhead import __version__
from support.recordings import CHAT, EVENT_STREAM, chat, events, interaction, write
from support.server import Running, command, playhead, serve
from support.wire import request

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


def test_check_as_json(flawed: Path) -> None:
    done = playhead("check", flawed, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["present"] == found["served"] + len(found["skipped"])
    assert [Path(skip["file"]).name for skip in found["skipped"] if skip["broken"]] == [
        "broken.yaml"
    ]
    assert found["ties"] == [["tie/a#0", "tie/b#0"]]
    assert {secret["place"] for secret in found["secrets"]} == {
        "request.body",
        "response.headers.Set-Cookie",
    }
    assert "note" in found["notes"]


# list


@pytest.mark.parametrize("width", [72, 80, 100, 200])
def test_the_table_fits_the_terminal(width: int) -> None:
    done = playhead("list", EXAMPLES, env={"COLUMNS": str(width)})
    assert len(done.stdout.splitlines()) == 6
    assert max(map(len, done.stdout.splitlines())) <= width


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
    assert (done.returncode, done.stdout.strip()) == (0, "")


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


def test_the_table_fits_a_real_terminal() -> None:
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    subprocess.run(command("list", EXAMPLES), stdout=slave, check=True, env=env)
    os.close(slave)
    lines = os.read(master, 65536).decode().splitlines()
    os.close(master)
    assert len(lines) == 6
    assert max(map(len, lines)) <= 70


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
