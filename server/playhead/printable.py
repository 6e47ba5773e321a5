"""Text that cannot drive a terminal: recorded prompts are strangers' text."""

import re

# Control characters, marks that turn the direction of text, and halves of characters. And `##[`:
# GitHub's runner takes that for a command wherever it stands in a line, `::` only at its start.
_DRIVES_A_TERMINAL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
    r"|(?<=##)\["
)


def printable(text: str) -> str:
    """Return `text` without what could drive a terminal: recorded prompts are strangers' text."""
    return _DRIVES_A_TERMINAL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
