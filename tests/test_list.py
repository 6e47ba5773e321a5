import json
from pathlib import Path

import pytest

from conftest import EXAMPLES
from support.recordings import EVENT_STREAM, chat, events, interaction, write
from support.server import on_a_terminal, playhead


@pytest.mark.parametrize("width", [72, 80, 100, 200])
def test_the_table_fits_the_terminal(width: int) -> None:
    lines = on_a_terminal("list", EXAMPLES, width=width).splitlines()
    assert len(lines) == 6
    assert max(map(len, lines)) <= width


def test_a_terminal_too_narrow_costs_the_model_before_the_name() -> None:
    out = on_a_terminal("list", EXAMPLES, width=95)
    assert "openai/gpt-4o/responses-object-stream#0 " in out
    assert "…" in out


def test_what_is_piped_is_not_cut(tmp_path: Path) -> None:
    name = "long/" + "x" * 150
    write(tmp_path, name, interaction(chat("hi")))
    assert f"{name}#0  POST" in playhead("list", tmp_path, env={"COLUMNS": "72"}).stdout


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


def test_where_nothing_is_listed_the_files_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text("some: words")
    err = playhead("list", tmp_path).stderr
    assert f"skipped: {tmp_path}/notes.yaml: is not a cassette: it has no interactions\n" in err


def test_without_a_path_the_folder_cassettes_is_served(tmp_path: Path) -> None:
    write(tmp_path / "cassettes", "own", interaction(chat("hi")))
    done = playhead("list", folder=tmp_path)
    assert "own#0" in done.stdout


def test_one_of_a_thing_has_no_s(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("x"), events("1"), headers=EVENT_STREAM))
    write(tmp_path, "b", interaction(chat("y"), "1"))
    rows = json.loads(playhead("list", tmp_path, "--json").stdout)
    assert [row["answer"] for row in rows] == ["1 event", "1 byte"]
