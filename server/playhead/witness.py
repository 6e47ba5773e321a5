"""What a server saw of one test: what it missed or left undone, and how that is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from playhead.marked import Marked
from playhead.remote import Unreachable
from playhead.retold import distinct, lines
from playhead.shortfall import shortfall
from playhead.testing import Playhead, Server

_MOST_MISSES = 5
_MOST_UNUSED = 10


class Witness:
    """Asks the server what became of the requests of one test, and knows what was told of that.

    `failure` is the exception by which a test was failed in its name.
    """

    def __init__(self, server: Server, session: Playhead, wanted: Marked) -> None:
        self.failure: BaseException | None = None
        self._server = server
        self._session = session
        self._wanted = wanted
        self._told: int | None = None

    def fault(self) -> str:
        """Return why a test that passes is to fail; empty where it may pass."""
        return self._asked(lambda: self._missed(after=0) or self._too_few() or self._unused())

    def missed(self) -> str:
        """Return what was missed until now; empty where nothing was, or where it is allowed."""
        return self._asked(lambda: self._missed(after=0))

    def late(self) -> str:
        """Return what was missed after all that was told, by what runs when the test is over."""
        after = self._told
        # Nothing was told where the test was interrupted: then nobody waits for this.
        return "" if after is None else self._asked(lambda: self._missed(after=after))

    def _asked(self, question: Callable[[], str]) -> str:
        """The server's answer to a question, or why there is none."""
        try:
            return question()
        except Unreachable as error:
            self._told = None
            return "\n".join(filter(None, (f"playhead: {error}", self._server.log())))

    def _missed(self, *, after: int) -> str:
        misses = self._session.misses
        self._told = len(misses)
        if self._wanted.allow_misses:
            return ""
        return "\n".join(_lines([miss.details for miss in misses[after:]]))

    def _too_few(self) -> str:
        wanted = self._wanted.require_served
        if not wanted:
            return ""
        # All are counted there, while of the requests themselves the last thousand are kept.
        proof = self._server.remote.get("verify", session=self._session.session)
        served, missed = proof["served"], proof["missed"]
        if served >= wanted:
            return ""
        advice = (
            f"Its base URL should be {self._session.base_url}; the fixture `playhead_env` sets the "
            "variables of every SDK, too late for a client that is made at import."
        )
        told = shortfall(served=served, missed=missed, wanted=wanted, advice=advice)
        return f"playhead: {told}"

    def _unused(self) -> str:
        if not self._wanted.all_used or not (unused := self._session.unused):
            return ""
        scope = f" of {self._wanted.name}" if self._wanted.name else ""
        few = "interaction was" if len(unused) == 1 else "interactions were"
        names = [f"  {name}" for name in unused[:_MOST_UNUSED]]
        if more := len(unused[_MOST_UNUSED:]):
            names.append(f"  and {more} more")
        return "\n".join([f"playhead: {len(unused)} {few} not used{scope}:", *names])


def _lines(misses: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    once = distinct(misses)
    for miss in once[:_MOST_MISSES]:
        yield from lines(miss)
    if more := len(once[_MOST_MISSES:]):
        yield f"and {more} more refused request{'s' * (more > 1)}"
