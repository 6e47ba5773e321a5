"""Why nothing matched: the nearest recording, and where the request differs from it.

A first, cheap nearest neighbour: each request is the set of its members (a message, a tool, a
field), the candidates that share most of them are compared in full, and the one with the least
text changed is the nearest. Pure but for the clock, which is an argument.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from playhead import key
from playhead.asked import Asked
from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.difference import Difference, differences
from playhead.errors import Code, Refusal

_COMPARED_IN_FULL = 12
_CHECKED_EVERY = 16
_WORD = re.compile(rb"[^\s\"\\{}\[\],:]+")
_WORDS = 64
_NAMED_PATHS = 3
_KEPT_PATHS = 100
_MESSAGE_CHARS = 396
"""Test runners cut long messages, and clients carry this one in an exception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The recording most like a request; `likeness` is the share of unchanged text, 0 to 1.

    `differences` are the first hundred, `more` is how many there are beside them. `complete` is
    False where time ran out before every recording had been looked at.
    """

    interaction: Interaction
    likeness: float
    differences: tuple[Difference, ...]
    more: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A refused request explained; `nearest` is None where there is none, or none was found."""

    refusal: Refusal
    summary: str
    nearest: Nearest | None = None
    why_no_nearest: str = ""


class Neighbours:
    """Finds nearest recordings, and remembers the members of those it has looked at."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._members: dict[Interaction, frozenset[int]] = {}

    def nearest(
        self, asked: Asked, candidates: Sequence[Interaction], *, deadline: float
    ) -> Nearest | None:
        """Return the nearest of `candidates`; None where there are none, or no time was left."""
        members = _members_of(asked.method, asked.route.parameters, asked.body)
        ranked: list[tuple[float, int, Interaction]] = []
        for at, interaction in enumerate(candidates):
            if at % _CHECKED_EVERY == 0 and self._clock() > deadline:
                break
            ranked.append((-_overlap(members, self._members_in(interaction)), at, interaction))
        complete = len(ranked) == len(candidates)
        best: Nearest | None = None
        for _, _, interaction in sorted(ranked, key=lambda entry: entry[:2])[:_COMPARED_IN_FULL]:
            if best is not None and self._clock() > deadline:
                complete = False
                break
            candidate = _compare(interaction, asked)
            if best is None or candidate.likeness > best.likeness:
                best = candidate
        return replace(best, complete=complete) if best else None

    def _members_in(self, interaction: Interaction) -> frozenset[int]:
        known = self._members.get(interaction)
        if known is None:
            request = interaction.request
            parameters = recorded_route(interaction).parameters
            known = _members_of(request.method, parameters, request.body)
            self._members[interaction] = known
        return known


def explain(miss: Miss, asked: Asked, methods: Sequence[str], *, see: str) -> Miss:
    """Return `miss` with its one-line summary: verdict, nearest, JSON paths, where to read more.

    `methods` are those that the operation is recorded with, in whatever cassette. The line stays
    under 400 characters and quotes no prompt: clients sort errors by words in their text, so a
    quoted prompt about a "rate limit" would become a rate-limit error.
    """
    verdict = _verdict(miss.refusal, asked, methods)
    line = f"playhead: {verdict}.{_details(miss)} See {see}"
    if len(line) > _MESSAGE_CHARS:
        room = _MESSAGE_CHARS - len(f" See {see}")
        line = f"{line[: room - 3]}... See {see}"
    return replace(miss, summary="".join(char if char.isprintable() else "?" for char in line))


def _verdict(refusal: Refusal, asked: Asked, methods: Sequence[str]) -> str:
    what = f"{asked.method} {_short(asked.route.path, 80)}"
    where = f" in {_short(asked.scope, 60)}" if asked.scope is not None else ""
    match refusal.code:
        case Code.BODY_DIFFERS:
            return f"no recording matches {what}{where}"
        case Code.UNKNOWN_OPERATION:
            hint = f"; it is recorded with {', '.join(methods)}" if methods else ""
            if asked.scope is not None and asked.method in methods:
                hint = "; it is recorded in other cassettes"
            return f"nothing is recorded for {what}{where}{hint}"
        case Code.UNKNOWN_CASSETTE:
            hint = ""
            if asked.route.path.startswith("/cassette/"):
                hint = "; a scope ends with /-/, as in /cassette/NAME/-/v1/..."
            return f"no cassette or folder is named {_short(asked.scope or '', 80)!r}{hint}"
        case Code.NO_CASSETTES:
            return "no cassettes are loaded; is the folder empty, or the volume not mounted?"
        case _:
            return f"{refusal.message}: {what}{where}"


def _details(miss: Miss) -> str:
    if miss.nearest is None:
        return f" {miss.why_no_nearest}" if miss.why_no_nearest else ""
    nearest = miss.nearest
    named = ", ".join(str(place) for place in nearest.differences[:_NAMED_PATHS])
    more = len(nearest.differences) + nearest.more - _NAMED_PATHS
    rest = f" and {more} more" if more > 0 else ""
    likeness = min(99, round(100 * nearest.likeness))
    name = _short(nearest.interaction.name, 90)
    title = "Nearest" if nearest.complete else "Nearest of those compared in time"
    return f" {title}: {name} ({likeness} %), differs at {named}{rest}."


def _compare(interaction: Interaction, asked: Asked) -> Nearest:
    recorded, sent = _value(interaction.request.body), _value(asked.body)
    found = list(_parameter_differences(interaction, asked))
    if recorded is None or sent is None:
        found += _opaque_differences(interaction.request.body, asked.body)
    else:
        found += differences(recorded, sent)
    size = max(len(interaction.request.body), len(asked.body), 1)
    changed = sum(place.weight for place in found)
    return Nearest(
        interaction=interaction,
        likeness=max(0.0, 1 - changed / (size + changed)),
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


def _members_of(method: str, parameters: tuple[str, ...], body: bytes) -> frozenset[int]:
    """A hash for each member of a request, and for each word of what was said last.

    Of a top-level list, such as `messages` or `tools`, each element is a member. The words tell
    apart requests that share all but one message; two elements hold the last question and, after
    a tool call, its result.
    """
    members = {hash((method, parameters))}
    try:
        value = orjson.loads(body)
    except ValueError:
        return frozenset(members)
    if not isinstance(value, dict):
        return frozenset(members)
    for name, member in value.items():
        elements = member if isinstance(member, list) else [member]
        members.update(hash((name, _spelled(element))) for element in elements)
        for element in elements[-2:]:
            members.update(hash(word) for word in _WORD.findall(_spelled(element))[-_WORDS:])
    return frozenset(members)


def _spelled(element: object) -> bytes:
    try:
        return orjson.dumps(element, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return b"nested too deeply to be told apart"


def _overlap(sent: frozenset[int], recorded: frozenset[int]) -> float:
    return len(sent & recorded) / len(sent | recorded)


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
