import pytest
import yaml
from hypothesis import given

from playhead.writers import yaml_text
from support.legal import odd_texts


@given(odd_texts)
def test_a_text_is_read_back_as_text(text: str) -> None:
    assert yaml.safe_load(f"a:\n- {yaml_text.scalar(text)}\n") == {"a": [text]}


@pytest.mark.parametrize(
    "text", ["Accept", "text/event-stream; charset=utf-8", "https://a.b/c?d=e"]
)
def test_a_plain_text_stands_bare(text: str) -> None:
    assert yaml_text.scalar(text) == text


@pytest.mark.parametrize(
    "text", ["", "null", "On", "1", "a: b", "a:", "a #b", "- a", "*", "a ", "~"]
)
def test_what_could_mean_something_is_quoted(text: str) -> None:
    assert yaml_text.scalar(text)[0] in "'\""
    assert yaml.safe_load(yaml_text.scalar(text)) == text
