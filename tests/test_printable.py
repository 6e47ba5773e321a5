import pytest

from playhead.printable import printable


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("one\r\ntwo\0", "one\\x0d\\x0atwo\\x00"),
        ("\x9b", "\\x9b"),
        ("\u202eabc\u2066", "\\x202eabc\\x2066"),
        ("\ud800", "\\xd800"),
        ("a ##[error]b", "a ##\\x5berror]b"),
        ("# [a](b)", "# [a](b)"),
        ("é, 漢字 and 😀", "é, 漢字 and 😀"),
    ],
)
def test_what_drives_a_terminal_is_spelled_out(text: str, printed: str) -> None:
    assert printable(text) == printed
