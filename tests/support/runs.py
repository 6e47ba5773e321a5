"""What became of a run, made for a test: accounts and refused requests as the journal has them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from playhead import explained, inquiry
from playhead.account import Account
from playhead.errors import StateUnreachable
from playhead.inquiry import Inquiry
from playhead.library import Library
from playhead.miss import Miss
from playhead.state import Memory

CHAT = "/v1/chat/completions"


def account(
    session: str = "",
    *misses: dict[str, Any],
    served: Mapping[str, int] | None = None,
    first: float = 0.0,
    last: float = 0.0,
    **kinds: Mapping[str, int],
) -> Account:
    """The account of a session; of `kinds` one that is a tier is said of those that answered."""
    counts = Counter({("served", name): times for name, times in (served or {}).items()})
    counts.update(("missed", miss["code"]) for miss in misses)
    for kind, names in kinds.items():
        told = kind if kind == "ambiguous" else f"loosely:{kind}"
        counts.update({(told, name): times for name, times in names.items()})
    return Account(session=session, counts=counts, misses=misses, first=first, last=last)


def refused(library: Library, body: bytes, id: int = 1, **fields: Any) -> dict[str, Any]:
    """A request that a library refuses, as the journal has it; a test may change its fields."""
    miss = inquiry.answer(library, Inquiry(method="POST", path=CHAT, body=body))
    assert isinstance(miss, Miss)
    entry = {
        "id": id,
        "time": 1000.0 + id,
        "session": None,
        "method": "POST",
        "path": CHAT,
        "scope": None,
        "outcome": "refused",
        "status": 404,
        "message": miss.summary(),
        "client_retry": 0,
        **explained.as_json(miss),
    }
    return {**entry, **fields}


class Unreachable(Memory):
    """A state whose journals cannot be read, as when what several servers share is gone."""

    async def accounts(self, session: str | None = None) -> list[Account]:  # noqa: ARG002
        raise StateUnreachable("the store is gone")
