"""Explains the misses of one library: what is near in reach, and what would answer out of it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf

from playhead.asked import Asked
from playhead.cassette import Interaction
from playhead.compared import sent
from playhead.errors import Code, Refusal
from playhead.library import Library
from playhead.miss import Miss
from playhead.nearest import Neighbours
from playhead.rules import Rules


class Explainer:
    """Looks for what a request might have meant; it keeps what it learns of the recordings."""

    def __init__(
        self,
        library: Library,
        clock: Callable[[], float],
        breathe: Callable[[], None] = lambda: None,
    ) -> None:
        self._library = library
        self._neighbours = Neighbours(clock, partial(_rules_of, library), breathe)

    def begun(self, asked: Asked, refusal: Refusal) -> Miss:
        """Return a miss of which nothing is known but the reason."""
        methods = tuple(self._library.methods(asked.route.operation))
        return Miss(refusal=refusal, asked=asked, methods=methods)

    def explained(self, miss: Miss, *, deadline: float = inf) -> Miss:
        """Return a miss with all that is found out before the deadline."""
        miss = replace(miss, outside=self._outside(miss.asked))
        if miss.refusal.code is not Code.BODY_DIFFERS:
            return miss
        reach = self._library.alike(miss.asked)
        found = self._neighbours.nearest(sent(miss.asked), reach, deadline=deadline)
        return replace(miss, found=found)

    def grow(self, seconds: float) -> bool:
        """Learn for so long of the recordings; return whether there is more to learn."""
        return self._neighbours.grow(seconds)

    def _outside(self, asked: Asked) -> tuple[str, ...]:
        """The names of the interactions that would answer if there were no scope."""
        if asked.scope is None:
            return ()
        try:
            found = self._library.find(replace(asked, scope=None))
        except Refusal:
            return ()
        return tuple(interaction.name for interaction in found.interactions)


def _rules_of(library: Library, interaction: Interaction) -> Rules:
    return library.shelf.configuration(interaction.cassette).rules
