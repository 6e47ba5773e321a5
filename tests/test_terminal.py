import json
import subprocess
import sys
from pathlib import Path

import pytest

from playhead import terminal


def test_lines_go_where_they_belong(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say(["a", "b\n"])
    terminal.warn(["c"])
    assert capsys.readouterr() == ("a\nb\\x0a\n", "c\n")


def test_json_is_printed_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say_json({"a": ["\x1b"]})
    assert json.loads(capsys.readouterr().out) == {"a": ["\x1b"]}


def test_a_command_that_fails_says_why_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        terminal.fail("no", 3)
    assert caught.value.code == 3
    assert capsys.readouterr().err == "playhead: no\n"


def test_a_command_that_warns_nobody_goes_on() -> None:
    script = "from playhead import terminal; terminal.warn(['a'])"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", script], stderr=full, check=False)
    assert done.returncode == 0
