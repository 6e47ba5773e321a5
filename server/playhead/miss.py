"""Why nothing matched: the nearest recording, and where the request differs from it.

A first, cheap nearest neighbour: each request is the set of its members (a message, a tool, a
field), the candidates that share most of them are compared in full, and the one with the least
text changed is the nearest. Pure but for the clock, which is an argument.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from playhead import key
from playhead.asked import Asked
from playhead.cassette import Interaction
from playhead.difference import Difference, differences
from playhead.errors import Code, Refusal
from playhead.library import Library, recorded_route

_COMPARED_IN_FULL = 12
_NAMED_PATHS = 3
_KEPT_PATHS = 100
_MESSAGE_CHARS = 396
"""Test runners cut long messages, and clients carry this one in an exception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The recording most like a request; `likeness` is the share of unchanged text, 0 to 1.

    `differences` are the first hundred, `more` is how many there are beside them.
    """

    interaction: Interaction
    likeness: float
    differences: tuple[Difference, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A refused request explained; `nearest` is None where there is none, or no time was left."""

    refusal: Refusal
    summary: str
    nearest: Nearest | None = None
    out_of_time: bool = False


class Neighbours:
    """Finds nearest recordings in one library, and remembers what it parsed."""

    def __init__(self, library: Library, clock: Callable[[], float]) -> None:
        self._library = library
        self._clock = clock
        self._members: dict[Interaction, frozenset[int]] = {}

    def nearest(self, asked: Asked, *, deadline: float) -> Nearest | None:
        """Return the nearest recording of the same operation; None where time or data ran out."""
        sent = _value(asked.body)
        members = _members_of(asked.method, asked.route.parameters, sent)
        ranked: list[tuple[float, int, Interaction]] = []
        for at, interaction in enumerate(self._library.alike(asked)):
            if at % 64 == 0 and self._clock() > deadline:
                break
            ranked.append((-_overlap(members, self._members_in(interaction)), at, interaction))
        ranked.sort(key=lambda entry: entry[:2])
        best: Nearest | None = None
        for _, _, interaction in ranked[:_COMPARED_IN_FULL]:
            if best is not None and self._clock() > deadline:
                break
            candidate = _compare(interaction, asked, sent)
            if best is None or candidate.likeness > best.likeness:
                best = candidate
        return best

    def _members_in(self, interaction: Interaction) -> frozenset[int]:
        known = self._members.get(interaction)
        if known is None:
            parameters = recorded_route(interaction).parameters
            value = _value(interaction.request.body)
            known = _members_of(interaction.request.method, parameters, value)
            self._members[interaction] = known
        return known


def explain(miss: Miss, asked: Asked, library: Library, *, see: str) -> Miss:
    """Return `miss` with its one-line summary: verdict, nearest, JSON paths, where to read more.

    The line stays under 400 characters and quotes no prompt: clients sort errors by words in
    their text, so a quoted prompt about a "rate limit" would become a rate-limit error.
    """
    verdict = _verdict(miss.refusal, asked, library)
    details = _details(miss)
    if asked.route.path.startswith("/cassette/"):
        details = f" A scope ends with /-/, as in /cassette/NAME/-/v1/...{details}"
    line = f"playhead: {verdict}.{details} See {see}"
    if len(line) > _MESSAGE_CHARS:
        room = _MESSAGE_CHARS - len(f" See {see}")
        line = f"{line[: room - 3]}... See {see}"
    return replace(miss, summary="".join(char if char.isprintable() else "?" for char in line))


def _verdict(refusal: Refusal, asked: Asked, library: Library) -> str:
    what = f"{asked.method} {_short(asked.route.path, 80)}"
    where = f" in {_short(asked.scope, 60)}" if asked.scope is not None else ""
    match refusal.code:
        case Code.BODY_DIFFERS:
            return f"no recording matches {what}{where}"
        case Code.UNKNOWN_OPERATION:
            methods = library.methods(asked.route.operation)
            hint = f"; it is recorded with {', '.join(methods)}" if methods else ""
            if asked.scope is not None and asked.method in methods:
                hint = "; it is recorded in other cassettes"
            return f"nothing is recorded for {what}{where}{hint}"
        case Code.UNKNOWN_CASSETTE:
            return f"no cassette or folder is named {_short(asked.scope or '', 80)!r}"
        case Code.NO_CASSETTES:
            return "no cassettes are loaded; is the folder empty, or the volume not mounted?"
        case _:
            return f"{refusal.message}: {what}{where}"


def _details(miss: Miss) -> str:
    if miss.out_of_time:
        return " The nearest recording was not computed in time."
    if miss.nearest is None:
        return ""
    nearest = miss.nearest
    named = ", ".join(str(place) for place in nearest.differences[:_NAMED_PATHS])
    more = len(nearest.differences) + nearest.more - _NAMED_PATHS
    rest = f" and {more} more" if more > 0 else ""
    likeness = min(99, round(100 * nearest.likeness))
    name = _short(nearest.interaction.name, 90)
    return f" Nearest: {name} ({likeness} %), differs at {named}{rest}."


def _compare(interaction: Interaction, asked: Asked, sent: object) -> Nearest:
    recorded = _value(interaction.request.body)
    found = list(_parameter_differences(interaction, asked))
    if recorded is None or sent is None:
        found += _opaque_differences(interaction.request.body, asked.body)
    else:
        found += differences(recorded, sent)
    size = max(len(interaction.request.body), len(asked.body), 1)
    changed = sum(place.weight for place in found)
    likeness = max(0.0, 1 - changed / (size + changed))
    return Nearest(
        interaction=interaction,
        likeness=likeness,
        differences=tuple(found[:_KEPT_PATHS]),
        more=max(0, len(found) - _KEPT_PATHS),
    )


def _parameter_differences(interaction: Interaction, asked: Asked) -> list[Difference]:
    """What differs in the path: the model of a Gemini request, say."""
    recorded = recorded_route(interaction)
    if (recorded.parameters, recorded.deployment) == (
        asked.route.parameters,
        asked.route.deployment,
    ):
        return []
    was, now = _short(recorded.path, 60), _short(asked.route.path, 60)
    return [Difference(path="the URL's path", recorded=was, sent=now, weight=len(now))]


def _opaque_differences(recorded: bytes, sent: bytes) -> list[Difference]:
    if key.canonical(recorded) == key.canonical(sent):
        return []
    return [
        Difference(
            path="the body",
            recorded=_opaque(recorded),
            sent=_opaque(sent),
            weight=max(len(recorded), len(sent)),
        )
    ]


def _opaque(body: bytes) -> str:
    if not body:
        return "nothing"
    kind = "bytes of JSON" if _value(body) is not None else "bytes that are not JSON"
    return f"{len(body)} {kind}"


def _value(body: bytes) -> Any:
    """The JSON value of a body as matching sees it; None where it is not JSON."""
    try:
        return key.parse(body)
    except ValueError:
        return None


def _members_of(method: str, parameters: tuple[str, ...], value: object) -> frozenset[int]:
    """A hash for each member of the value: of its top-level lists each element counts."""
    members = {hash((method, parameters))}
    if not isinstance(value, dict):
        return frozenset(members)
    for name, member in value.items():
        for element in member if isinstance(member, list) else (member,):
            members.add(hash((name, _spelled(element))))
    return frozenset(members)


def _spelled(element: object) -> bytes | str:
    try:
        return orjson.dumps(element, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return repr(element)


def _overlap(sent: frozenset[int], recorded: frozenset[int]) -> float:
    return len(sent & recorded) / len(sent | recorded)


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
