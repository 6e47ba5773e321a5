"""Two sets of rules compared: which recorded requests are answered otherwise once they drift.

A request sent as recorded is answered to the letter under either. What rules change is what
answers one that differs in nothing but what they let go: all recordings that are then the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from playhead.cassette import Interaction
from playhead.configured import Configured
from playhead.folder import Shelf
from playhead.library import Library
from playhead.peers import Answering, Peers


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Recorded requests whose drifted forms are answered otherwise, all in the same way.

    `was` and `now` are what answers them, the stricter tiers first; empty for their own recordings
    alone. `own` are the different ones among the requests, each as its first interaction.
    """

    requests: tuple[Interaction, ...]
    own: tuple[Interaction, ...]
    was: tuple[Answering, ...]
    now: tuple[Answering, ...]

    @property
    def merged(self) -> list[Interaction]:
        """The requests they can no longer be told from, each other included."""
        return self._beside(self.now, self.was)

    @property
    def parted(self) -> list[Interaction]:
        """The requests they can be told from again, each other included."""
        return self._beside(self.was, self.now)

    def _beside(self, these: Iterable[Answering], others: Iterable[Answering]) -> list[Interaction]:
        known = {request for each in others for request in each.requests}
        found = dict.fromkeys(request for each in these for request in each.requests)
        return [each for each in found if each not in known and self.own != (each,)]


def under(shelf: Shelf, old: Configured | None) -> Shelf:
    """Return `shelf` with other rules: those of `old` by the folder of a cassette, or none."""
    if old is None:
        return replace(shelf, configurations={}, stated=())
    found = {each.name: old.of(each.name.rpartition("/")[0]) for each in shelf.cassettes}
    return replace(shelf, configurations=found, stated=tuple(dict.fromkeys(old.stated())))


def changes(old: Library, new: Library) -> list[Change]:
    """Return what differs between two libraries of the same cassettes under different rules."""
    before, after = Peers(old), Peers(new)
    alike: defaultdict[tuple[tuple[Answering, ...], ...], list[Interaction]] = defaultdict(list)
    for cassette in new.shelf.cassettes:
        for interaction in cassette.interactions:
            alike[before.of(interaction), after.of(interaction)].append(interaction)
    return [
        Change(
            requests=tuple(requests),
            own=tuple(dict.fromkeys(map(after.request, requests))),
            was=was,
            now=now,
        )
        for (was, now), requests in alike.items()
        if _sequences(was) != _sequences(now)
    ]


def _sequences(answering: Iterable[Answering]) -> list[tuple[Interaction, ...]]:
    return [each.interactions for each in answering]
