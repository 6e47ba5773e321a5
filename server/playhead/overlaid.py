"""Which answers come before which recording: the overlays of all cassettes, looked up by it.

An answer of an overlay is an interaction of its own, with the name and the request of the one it
comes before, so that cursors, pace and journal treat it as any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from playhead.cassette import Interaction, Response
from playhead.dialects import recorded_route
from playhead.failure import failure
from playhead.folder import Shelf
from playhead.overlay import Early


class Overlaid:
    """The answers that come before each interaction; immutable once made."""

    def __init__(self, shelf: Shelf) -> None:
        self._before: dict[Interaction, tuple[Interaction, ...]] = {}
        named = set()
        for cassette in shelf.cassettes:
            for overlay in shelf.configuration(cassette.name).overlays:
                for interaction in overlay.named(cassette):
                    self._lay(overlay.answers, interaction)
                    named.add((overlay.file, overlay.path))
        self.notes = [
            each.idle_note for each in shelf.overlays if (each.file, each.path) not in named
        ]
        """What a person should look at: the overlays that name nothing that is served."""

    def __len__(self) -> int:
        return len(self._before)

    def _lay(self, answers: Sequence[Early], interaction: Interaction) -> None:
        earlier = self._before.get(interaction, ())
        self._before[interaction] = earlier + tuple(
            replace(interaction, response=_response(answer, interaction), overlay=number)
            for number, answer in enumerate(answers, len(earlier) + 1)
        )

    def sequence(self, recorded: Sequence[Interaction]) -> tuple[Interaction, ...]:
        """Return `recorded` with the answers that come before each of them in front of it."""
        if not self._before:
            return tuple(recorded)
        return tuple(self._sequence(recorded))

    def _sequence(self, recorded: Sequence[Interaction]) -> Iterator[Interaction]:
        for interaction in recorded:
            yield from self._before.get(interaction, ())
            yield interaction


def _response(answer: Early, interaction: Interaction) -> Response:
    if answer.body is not None:
        return Response(status=answer.status, headers=answer.headers, body=answer.body)
    headers, body = failure(answer.status, recorded_route(interaction).errors)
    given = {name.lower() for name, _ in answer.headers}
    own = tuple(pair for pair in headers if pair[0] not in given)
    return Response(status=answer.status, headers=answer.headers + own, body=body)
