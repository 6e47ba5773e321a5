"""The names of cassettes and of the folders above them."""

from collections.abc import Iterable

_MOST = 3


def scopes(cassettes: Iterable[str]) -> frozenset[str]:
    """Return every name that confines: those of the cassettes and of the folders above them."""
    names = set()
    for name in cassettes:
        while name:
            names.add(name)
            name = name.rpartition("/")[0]
    return frozenset(names)


def near(wrong: str, names: Iterable[str]) -> list[str]:
    """Return up to three names that are like a wrong one, the likeliest first.

    Where none is like the whole, those whose last part is like its last part.
    """
    from difflib import get_close_matches

    known = sorted(names)
    last = {each: each.rpartition("/")[2] for each in known}
    alike = get_close_matches(wrong.rpartition("/")[2], set(last.values()), n=1)
    found = get_close_matches(wrong, known) or [each for each in known if last[each] in alike]
    return found[:_MOST]
