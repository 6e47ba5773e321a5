import os
import shlex
import subprocess
from pathlib import Path

import pytest

from conftest import EXAMPLES
from support.flawed import BROKEN
from support.recordings import CHAT, chat, interaction, write
from support.server import command, playhead, serve

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202etxt.exe"


@pytest.mark.parametrize("sub", ["serve", "check", "list"])
def test_a_missing_path_is_a_usage_error(sub: str, tmp_path: Path) -> None:
    done = playhead(sub, tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


@pytest.mark.parametrize("sub", ["env", "healthcheck"])
def test_no_server_listens_on_port_0(sub: str) -> None:
    done = playhead(sub, "--port", "0")
    assert done.returncode == 2
    assert "--port" in done.stderr


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


def test_a_reader_that_has_gone_ends_a_command_without_a_word() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command("list", EXAMPLES), stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
