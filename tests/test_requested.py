import json
from typing import Any

import pytest

from playhead.transcript.requested import requested
from support.cassettes import interaction

GEMINI = "https://g.example/v1beta/models/gemini:generateContent"


def _requested(asked: Any, **fields: Any) -> list[str]:
    return requested(interaction(sent=json.dumps(asked).encode(), **fields))


def test_the_model_comes_first_and_what_is_told_is_left_out() -> None:
    asked = {"temperature": 0.2, "messages": [], "stream": False, "seed": None, "model": "m"}
    assert _requested(asked) == ["model m", "temperature 0.2", "stream false"]


def test_a_model_may_stand_in_the_path_and_settings_in_an_object() -> None:
    asked = {"contents": [], "generationConfig": {"maxOutputTokens": 5}, "text": "told"}
    assert _requested(asked, url=GEMINI) == ["model gemini", "maxOutputTokens 5"]


def test_a_body_that_is_no_json_asks_for_nothing_that_is_known() -> None:
    assert requested(interaction(sent=b"x")) == []


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"response_format": {"json_schema": {"name": "n", "schema": {}}}}, "response_format n"),
        ({"text": {"format": {"type": "text"}}}, 'text {"format": {"type": "text"}}'),
        ({"tool_choice": "auto"}, "tool_choice auto"),
        ({"stop": ["x" * 80]}, 'stop ["' + "x" * 57 + "…"),
        ({"toolConfig": {"toolChoice": {"any": {}}}}, 'toolChoice {"any": {}}'),
    ],
)
def test_a_setting_is_told_on_one_line(setting: dict[str, Any], said: str) -> None:
    assert _requested(setting) == [said]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "f"),
        ({"tools": [{"type": "function", "name": "f"}, {"type": "web_search"}]}, "f, web_search"),
        ({"functions": [{"name": "f"}]}, "f"),
        ({"tools": [{"functionDeclarations": [{"name": "f"}]}, {"googleSearch": {}}, {}]},
         "f, googleSearch, ?"),
        ({"toolConfig": {"tools": [{"toolSpec": {"name": "f"}}]}}, "f"),
    ],
)  # fmt: skip
def test_tools_are_told_by_their_names(asked: dict[str, Any], names: str) -> None:
    assert _requested(asked) == [f"tools: {names}"]
