"""Counts and lists in the sentences that are told to a person."""

from collections.abc import Sequence


def plural(count: int, noun: str) -> str:
    """Return a count and its noun, which takes an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(words: Sequence[str], most: int) -> str:
    """Return the first of `words` with commas between them, and how many more there are."""
    more = len(words[most:])
    shown = ", ".join(words[:most])
    return f"{shown} and {more} more" if more else shown
