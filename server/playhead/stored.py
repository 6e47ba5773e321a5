"""How a store keeps what accounts hold: as which texts, and in which order.

Names and entries are kept as JSON in ASCII: they may hold what is not Unicode, and they come back
from a place that others can write to, so they are read as data and nothing else.
"""

import json
from collections import Counter
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from playhead.account import ENDED, Account, Counts

PATIENCE_SECONDS = 2.0
"""How long one who gathers waits for the other servers."""


def as_text(value: object) -> str:
    """Return JSON in ASCII, which every store takes, whatever the names in it hold."""
    return json.dumps(value, separators=(",", ":"))


def as_name(text: str | bytes) -> str:
    """Return the name that was kept as `text`."""
    return str(json.loads(text))


def entries(texts: Iterable[str | bytes]) -> list[dict[str, Any]]:
    """Return the entries of a journal that were kept as `texts`, oldest first.

    Servers write what they hold when somebody gathers, so the order in which entries came in says
    nothing. Raise ValueError where one is no entry.
    """
    read = [json.loads(text) for text in texts]
    if not all(isinstance(entry, dict) and _is_time(entry.get("time")) for entry in read):
        raise ValueError("it holds an entry that playhead did not write")
    return sorted(read, key=itemgetter("time"))


def _is_time(value: object) -> bool:
    return isinstance(value, int | float)


def counts(kept: Iterable[tuple[str | bytes, int | bytes]]) -> Counts:
    """Return the counts that were kept as texts and numbers; raise ValueError for others."""
    found: Counts = Counter()
    for what, times in kept:
        kind, name = json.loads(what)
        found[str(kind), str(name)] += int(times)
    return found


def in_order(accounts: Iterable[Account]) -> list[Account]:
    """Return accounts as they are listed: the default session first, the ended ones last."""
    return sorted(
        accounts, key=lambda each: (each.session == ENDED, each.session != "", each.first)
    )
