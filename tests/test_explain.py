import json
from pathlib import Path

from conftest import EXAMPLES
from support.recordings import CHAT, chat, interaction, write
from support.server import playhead


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
