import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import folder
from playhead.library import Library
from playhead.listing import conversation, named, rows, table, whole
from support.cassettes import interaction, library

STREAM = (("Content-Type", "text/event-stream"),)
EXAMPLES = Path(__file__).parent.parent / "cassettes"


def _row(
    name: str, *, model: str = "gpt-4o", operation: str = "chat.completions"
) -> dict[str, Any]:
    return {
        "interaction": name,
        "method": "POST",
        "operation": operation,
        "model": model,
        "status": 200,
        "answer": "2 events",
    }


def test_each_interaction_is_a_row() -> None:
    served = library(
        interaction("b", sent=b"{}", answer=b"abc", status=404),
        interaction("a", headers=STREAM, answer=b"data: 1\n\ndata: 2\n\n"),
    )
    assert rows(served) == [
        _row("a#0"),
        {**_row("b#0", model=""), "status": 404, "answer": "3 bytes"},
    ]


def test_a_model_in_the_path_stands_in_its_row() -> None:
    url = "https://g.example/v1beta/models/gemini:generateContent"
    (row,) = rows(library(interaction(url=url, sent=b"{}")))
    assert (row["model"], row["operation"]) == ("gemini", "generateContent")


def test_a_table_has_a_heading_and_a_line_for_each_row() -> None:
    assert list(table([_row("a#0"), _row("longer/name#1")], width=200)) == [
        "INTERACTION    METHOD  OPERATION         MODEL   STATUS  ANSWER",
        "a#0            POST    chat.completions  gpt-4o  200     2 events",
        "longer/name#1  POST    chat.completions  gpt-4o  200     2 events",
    ]


def test_a_table_without_rows_has_no_lines() -> None:
    assert list(table([], width=80)) == []


def test_a_name_that_does_not_fit_loses_its_middle() -> None:
    name = "openai/gpt-4o/" + "x" * 90 + "/last#12"
    line = list(table([_row(name)], width=80))[1]
    shown = line.split()[0]
    assert shown.startswith("openai/")
    assert shown.endswith("/last#12")
    assert "…" in shown
    assert len(line) <= 80


@given(
    names=st.lists(st.text("abc/", min_size=1, max_size=80), min_size=1),
    width=st.integers(80, 200),
    model=st.text("m-4", max_size=90),
)
def test_a_table_fits_its_width(names: list[str], width: int, model: str) -> None:
    lines = table([_row(f"{name}#0", model=model) for name in names], width=width)
    assert all(len(line) <= width for line in lines)


def test_a_table_keeps_a_narrowest_width_for_what_it_shortens() -> None:
    line = list(table([_row("x" * 50, model="m" * 50, operation="o" * 50)], width=10))[1]
    shown = line.split()
    assert [len(shown[at]) for at in (0, 2, 3)] == [12, 12, 12]


def test_a_name_means_a_cassette_a_folder_or_one_interaction() -> None:
    served = library(interaction("a", 0), interaction("a", 1), interaction("b/c", 0))
    assert [each.name for each in named(served, "a")] == ["a#0", "a#1"]
    assert [each.name for each in named(served, "b")] == ["b/c#0"]
    assert [each.name for each in named(served, "a#1")] == ["a#1"]
    assert named(served, "nobody") == []


def test_the_full_name_of_an_interaction_comes_before_a_cassette_of_that_name() -> None:
    served = library(interaction("a", 1), interaction("a#1", 0))
    assert [each.name for each in named(served, "a#1")] == ["a#1"]


def test_a_conversation_is_told_with_its_heads_and_its_end() -> None:
    answer = b'{"choices":[{"message":{"content":"a b\\n\\nc"},"finish_reason":"stop"}]}'
    told = interaction("x/y", 2, answer=answer, duration=0.25)
    assert list(conversation(told, width=80)) == [
        "x/y#2",
        "POST https://api.openai.com/v1/chat/completions",
        "asked for: model gpt-4o",
        f"200, {len(answer)} bytes, headers after 0.250 s",
        "",
        "  user",
        "    hi",
        "",
        "  assistant",
        "    a b",
        "",
        "    c",
        "",
        "  finish: stop",
        "",
    ]


def test_a_conversation_may_have_no_end() -> None:
    lines = list(conversation(interaction(url="/v1/else", sent=b"", answer=b""), width=80))
    assert lines == ["chat#0", "POST /v1/else", "200, 0 bytes, headers after 1.500 s", ""]


@pytest.mark.parametrize("width", [40, 80])
def test_a_conversation_is_wrapped(width: int) -> None:
    told = interaction(url="/v1/else", sent=b"some words " * 40, answer=b"")
    assert max(map(len, conversation(told, width=width))) <= width


def test_the_whole_of_an_interaction_is_json() -> None:
    told = interaction("a", sent=b"\xff", answer=b"text", request_headers=(("A", "b"),))
    value = json.loads(json.dumps(whole(told)))
    assert (value["request_body"], value["request_body_encoding"]) == ("/w==", "base64")
    assert (value["response_body"], value["response_body_encoding"]) == ("text", "utf-8")
    assert value["request_headers"] == [["A", "b"]]
    assert value["turns"][1] == {"role": "response", "text": "text"}
    assert (value["interaction"], value["duration_seconds"]) == ("a#0", 1.5)


def test_every_example_can_be_listed_and_told() -> None:
    served = Library(folder.load([EXAMPLES]))
    assert len(rows(served)) == 5
    for each in served.in_scope(None):
        assert "  assistant" in list(conversation(each, width=80))
        assert json.dumps(whole(each))
