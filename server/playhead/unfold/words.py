"""Texts cut into the deltas of a stream."""

import re

_WORD = re.compile(r"\s*\S+|\s+")


def words(text: str) -> list[str]:
    """Return the words of `text`, each with the white space before it; joined, they are `text`.

    A token of most models is a word with the space before it, so what a client does with deltas
    is done with these too; and the same text is always cut the same way. A text of one word, or
    of a script without spaces, is one delta.
    """
    return _WORD.findall(text)
