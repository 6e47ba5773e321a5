import json

import pytest

from playhead import terminal


def test_what_could_drive_a_terminal_is_spelled() -> None:
    assert terminal.printable("a\x1b[2J\u202e\ud800é") == "a\\x1b[2J\\x202e\\xd800é"


def test_lines_go_where_they_belong(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say(["a", "b\n"])
    terminal.say(["c"], err=True)
    assert capsys.readouterr() == ("a\nb\\x0a\n", "c\n")


def test_json_is_printed_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say_json({"a": ["\x1b"]})
    assert json.loads(capsys.readouterr().out) == {"a": ["\x1b"]}


def test_a_command_that_fails_says_why_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        terminal.fail("no", 3)
    assert caught.value.code == 3
    assert capsys.readouterr().err == "playhead: no\n"
