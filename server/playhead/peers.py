"""Which recordings a recorded request is confused with: what answers it once it has drifted.

A request sent as recorded is answered to the letter, whatever the rules say. One that differs
from it in nothing but what they let go is answered by all recordings of which the same counts.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from playhead.asked import Asked
from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.library import Library, narrowed
from playhead.loose import in_order
from playhead.rules import Tier


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answering:
    """The interactions that answer at a tier, in their order.

    One object for all requests that they answer. `requests` are the different requests among
    them, each as the first interaction that recorded it.
    """

    tier: Tier
    interactions: tuple[Interaction, ...]
    requests: tuple[Interaction, ...]


class Peers:
    """Finds what the recorded requests of a library are confused with."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._listed = library.loose.listed()
        self._firsts = {each: same[0] for same in library.repeats() for each in same}
        self._known: dict[tuple[object, ...], Answering] = {}
        self._same: dict[tuple[Tier, tuple[Interaction, ...]], Answering] = {}

    def request(self, interaction: Interaction) -> Interaction:
        """Return the first interaction that recorded the same request to the letter."""
        return self._firsts.get(interaction, interaction)

    def of(self, interaction: Interaction) -> tuple[Answering, ...]:
        """Return what answers a drifted form of a recorded request, the stricter tiers first.

        Only what has other requests in it is told, and of a looser tier only what a stricter one
        had not found.
        """
        asked = _as_recorded(interaction)
        rules = self._library.shelf.configuration(interaction.cassette).rules
        lists = [
            *self._listed.get(interaction, ()),
            *self._library.loose.lists(asked, but=rules),
        ]
        found: list[Answering] = []
        for tier in Tier:
            at_tier = [alike for other, alike in lists if other is tier]
            answering = self._answering(tier, at_tier, asked)
            if answering.requests not in ((), (self.request(interaction),)):
                found.append(answering)
        return tuple(
            each
            for at, each in enumerate(found)
            if not at or each.interactions != found[at - 1].interactions
        )

    def _answering(self, tier: Tier, lists: list[list[Interaction]], asked: Asked) -> Answering:
        """What answers at a tier those requests that the index has in the same lists.

        Remembered by those lists: a key that thousands share is looked up once.
        """
        known = (tier, *map(id, lists), asked.route.path, asked.query)
        if known not in self._known:
            found = tuple(narrowed(asked, in_order(lists)))
            requests = tuple(dict.fromkeys(map(self.request, found)))
            new = Answering(tier=tier, interactions=found, requests=requests)
            self._known[known] = self._same.setdefault((tier, found), new)
        return self._known[known]


def _as_recorded(interaction: Interaction) -> Asked:
    request = interaction.request
    return Asked(
        method=request.method,
        route=recorded_route(interaction),
        query=urlsplit(request.url).query,
        body=request.body,
    )
