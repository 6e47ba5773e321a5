r"""Texts and bytes as YAML scalars that are read back exactly, and that a person can read.

Written by hand, not with PyYAML: libyaml spells every emoji as `\U0001F600` and then puts the
whole body on one line, and PyYAML's own emitter writes 3 MB a second; this writes 100.

- A text of several lines is a literal block; one line is quoted.
- What a block would change, such as CR, which YAML readers turn into LF, or what YAML does not
  allow as it stands, such as NUL, is escaped between double quotes.
- Bytes that are no UTF-8, or hold control characters that no text does, are `!!binary`.
"""

import base64
import json
import re

# YAML 1.1, 5.1: what a reader may see as it stands. Of those, NEL, LS and PS are line ends to
# YAML 1.1 and not to 1.2, and a BOM in the midst of a text is dropped by some readers.
_PLAIN_CHARS = r"\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_ONE_LINE = re.compile(f"[{_PLAIN_CHARS}]*")
_LINES = re.compile(f"[\t\n{_PLAIN_CHARS}]*")
_NOT_IN_A_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_TO_ESCAPE = re.compile(f"[^{_PLAIN_CHARS}]")

# What no YAML reader takes for anything but text: no number, word of YAML, or indicator.
_BARE = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./+;=?&%@,-]|:(?! |$)| (?=[A-Za-z0-9_(]))*")
_WORDS_OF_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def scalar(text: str) -> str:
    """Return a text on one line: bare where nothing can be meant by it, else quoted."""
    if _BARE.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    if text and _ONE_LINE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return _TO_ESCAPE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def body(content: bytes, indent: int) -> str:
    """Return a body: a block where it has lines, indented by `indent` spaces."""
    margin = " " * indent
    text = _text(content)
    if text is None:
        lines = base64.encodebytes(content).decode().splitlines()
        return "!!binary |\n" + "\n".join(margin + line for line in lines)
    if "\n" not in text or not text.strip() or not _LINES.fullmatch(text):
        return scalar(text)
    return _block(text, margin)


def _text(content: bytes) -> str | None:
    """The text that a body is; None where it is none."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if _NOT_IN_A_TEXT.search(text) else text


def _block(text: str, margin: str) -> str:
    """A literal block: `2` says its margin where the text begins as one, `-` and `+` its end."""
    # Relative to the mapping around it, which the margin is two deeper than.
    hint = "2" if text[0] in " \t\n" else ""
    ending = "+" if text.endswith("\n\n") else "" if text.endswith("\n") else "-"
    lines = text.removesuffix("\n").split("\n")
    indented = "\n".join(margin + line if line else "" for line in lines)
    return f"|{hint}{ending}\n{indented}"


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
