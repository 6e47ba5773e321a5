"""A request beside one recording: where they differ, how much, and how much of it matters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import log2
from typing import Any
from urllib.parse import urlsplit

from playhead import identifiers, key
from playhead.agreement import Turning, turning
from playhead.areas import CLIENT_PARTS, Part, part
from playhead.asked import Asked
from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.difference import BODY, URL_PATH, URL_QUERY, Change, Difference, differences
from playhead.rules import NO_RULES, Rules, Tier

KEPT = 100
"""Differences of one recording that are kept; the rest is counted."""
_WEIGHED = 200
_PART_NAME = re.compile(rb'\bname="?([^";\n]*)')

# What a difference costs in the ranking beside the text that it changes: the recording somebody
# means says the same, and what clients change by themselves counts less. What the request lacks
# counts less than what it has and the recording has not: all of the request is then explained.
_COSTS = {
    Part.DEFAULT: 4,
    Part.ID: 4,
    Part.TOOLS: 4,
    Part.STREAM: 5,
    Part.OTHER: 6,
    Part.SYSTEM: 8,
    Part.MODEL: 10,
    Part.CONVERSATION: 16,
}
_LACKING = 3.0, 0.4

NOT_JSON = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request, and the JSON value of its body: NOT_JSON where it has none."""

    asked: Asked
    value: Any


def sent(asked: Asked) -> Sent:
    """Return a request with the JSON value of its body."""
    return Sent(asked=asked, value=json_value(asked.body, stream=asked.route.streams_by_default))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A difference, and what its place is for."""

    difference: Difference
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A recording that did not answer, compared with the request.

    `likeness` is the share of unchanged text, 0 to 1; `cost` what the recordings are ranked by,
    least first. `places` are the first hundred differences, `more` is how many there are beside
    them. `turning` is where the conversations part, None where all that was said is the same.
    """

    interaction: Interaction
    likeness: float
    cost: float
    places: tuple[Place, ...]
    more: int = 0
    turning: Turning | None = None

    @property
    def only_the_client(self) -> bool:
        """Whether nothing differs but what comes with another version of a client."""
        parts = {place.part for place in self.places}
        return bool(parts) and not self.more and parts <= CLIENT_PARTS


def compare(interaction: Interaction, sent: Sent, rules: Rules = NO_RULES) -> Near:
    """Return a recording beside a request.

    What `rules`, those of the recording, let go is no difference.
    """
    asked, value = sent.asked, sent.value
    stream = recorded_route(interaction).streams_by_default
    recorded = json_value(interaction.request.body, stream=stream)
    found = list(_parameter_differences(interaction, asked))
    if recorded is NOT_JSON or value is NOT_JSON:
        found += _opaque_differences(interaction.request.body, asked.body)
    else:
        recorded, value = _counting(recorded, rules), _counting(value, rules)
        found += differences(recorded, value)
    if not found and urlsplit(interaction.request.url).query != asked.query:
        found = [_query_difference(interaction, asked)]
    if rules.ids_renamed:
        found = _without_renamed(found, recorded, value) or found
    places = [
        Place(
            difference=each,
            part=part(each, recorded if each.change is Change.REMOVED else value),
        )
        for each in found[:_WEIGHED]
    ]
    weights = [place.difference.weight for place in places]
    changed = sum(weights) + len(found) - len(places)
    size = max(len(interaction.request.body), len(asked.body), 1)
    costs = [_cost(place, weight) for place, weight in zip(places, weights, strict=True)]
    return Near(
        interaction=interaction,
        likeness=max(0.0, 1 - changed / (size + changed)),
        cost=sum(costs) + len(found) - len(places),
        places=tuple(places[:KEPT]),
        more=max(0, len(found) - KEPT),
        turning=turning(found, recorded, value),
    )


def _cost(place: Place, weight: int) -> float:
    cost = _COSTS[place.part] + log2(1 + weight)
    if place.difference.change is Change.REMOVED:
        return _LACKING[0] + _LACKING[1] * cost
    return cost


def _counting(value: Any, rules: Rules) -> Any:
    """What counts of a body, with its identifiers as they are: people must find them again."""
    return replace(rules, ids_renamed=False).projected(value, "", Tier.RULES)


def _without_renamed(found: list[Difference], recorded: Any, sent: Any) -> list[Difference]:
    counted = differences(identifiers.numbered(recorded), identifiers.numbered(sent))
    left = {each.steps for each in counted}
    return [each for each in found if not each.steps or each.steps in left]


def json_value(body: bytes, *, stream: bool = False) -> Any:
    """Return the JSON value of a body as matching sees it, or NOT_JSON.

    `stream` is what a request that does not say so asks for. The parts of a multipart body stand
    for the members of an object.
    """
    if body.startswith(b"--") and key.canonical(body).startswith(b"multipart\0"):
        return _parts(body)
    try:
        return key.parse(body, stream=stream)
    except ValueError:
        return NOT_JSON


def _parts(body: bytes) -> dict[str, str]:
    """The contents of a multipart body by the names of its parts."""
    boundary, _, rest = body.replace(b"\r\n", b"\n").partition(b"\n")
    parts: dict[str, str] = {}
    for at, piece in enumerate((b"\n" + rest).split(b"\n" + boundary)[:-1]):
        head, _, content = piece.partition(b"\n\n")
        named = _PART_NAME.search(head)
        name = named[1].decode(errors="replace") if named else f"part {at}"
        name = name if name not in parts else f"{name} {at}"
        parts[name] = content.decode(errors="backslashreplace")
    return parts


def _parameter_differences(interaction: Interaction, asked: Asked) -> Iterator[Difference]:
    """What differs in the path: the model of a Gemini request, say."""
    recorded, sent = recorded_route(interaction), asked.route
    if (recorded.parameters, recorded.deployment) != (sent.parameters, sent.deployment):
        yield Difference(place=URL_PATH, recorded=recorded.path, sent=sent.path)


def _query_difference(interaction: Interaction, asked: Asked) -> Difference:
    """What else can tell apart two requests that are the same: the page of a list, say."""
    recorded = urlsplit(interaction.request.url).query
    return Difference(place=URL_QUERY, recorded=recorded, sent=asked.query)


def _opaque_differences(recorded: bytes, sent: bytes) -> Iterator[Difference]:
    if key.canonical(recorded) != key.canonical(sent):
        yield Difference(place=BODY, recorded=recorded, sent=sent)
