import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.unfold.words import words


@given(st.text())
def test_the_words_joined_are_the_text(text: str) -> None:
    assert "".join(words(text)) == text


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("", []),
        ("hello", ["hello"]),
        ("Say it, then  stop.\n", ["Say", " it,", " then", "  stop.", "\n"]),
        (" \n", [" \n"]),
        ("猫が好き", ["猫が好き"]),
    ],
)
def test_a_word_has_the_white_space_before_it(text: str, cut: list[str]) -> None:
    assert words(text) == cut
