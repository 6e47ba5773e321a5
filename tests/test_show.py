import json
from pathlib import Path

import pytest

from conftest import EXAMPLES
from support.recordings import chat, interaction, write
from support.server import on_a_terminal, playhead


def test_what_is_piped_is_not_wrapped_and_a_terminal_wraps_between_words(tmp_path: Path) -> None:
    words = "https://example.com/" + "y" * 100 + " and more words" * 10
    write(tmp_path, "a", interaction(chat(words)))
    assert f"    {words}\n" in playhead("show", "a", tmp_path, env={"COLUMNS": "72"}).stdout
    shown = on_a_terminal("show", "a", tmp_path, width=72)
    assert "y" * 100 in shown
    assert f"    {words}" not in shown


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


def test_a_terminal_that_knows_only_ascii_gets_what_it_can_show() -> None:
    done = playhead(
        "show", "azure/o4-mini/chat-stream", EXAMPLES, env={"PYTHONIOENCODING": "ascii"}
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
