"""Why nothing matched: one value for every place where it is told, and the line for the client."""

from dataclasses import dataclass, field

from playhead.asked import Asked
from playhead.compared import Near
from playhead.errors import Code, Refusal
from playhead.nearest import Found

_NAMED_PATHS = 3
_MESSAGE_CHARS = 396
"""Test runners cut long messages, and clients carry this one in an exception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A refused request explained.

    `why_no_nearest` says why nothing was looked for, or nothing found in time. `outside` names
    interactions out of scope that are this very request. The same request was refused `times`
    times, first as request `first`. `summary` is the one line that the client gets.
    """

    refusal: Refusal
    asked: Asked
    found: Found = field(default_factory=Found)
    why_no_nearest: str = ""
    outside: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    times: int = 1
    first: int | str = 0

    @property
    def nearest(self) -> Near | None:
        """The recording most like the request; None where there is none, or none was found."""
        return self.found.nearest[0] if self.found.nearest else None

    def summary(self, see: str = "") -> str:
        """Return the one line for the client: verdict, nearest, JSON paths, where to `see` more.

        It stays under 400 characters and quotes nothing: clients sort errors by words in their
        text, so a quoted prompt about a "rate limit" would become a rate-limit error.
        """
        end = f" See {see}" if see else ""
        line = f"playhead: {self._verdict()}.{self._details()}"
        room = _MESSAGE_CHARS - len(end)
        for more in (self._rule(), self._again()):
            if len(line) + len(more) <= room:
                line += more
        if len(line) > room:
            line = f"{line[: room - 3]}..."
        return "".join(char if char.isprintable() else "?" for char in line + end)

    def _verdict(self) -> str:
        asked = self.asked
        what = f"{asked.method} {_short(asked.route.path, 80)}"
        where = f" in {_short(asked.scope, 60)}" if asked.scope is not None else ""
        match self.refusal.code:
            case Code.BODY_DIFFERS:
                return f"no recording matches {what}{where}{self._elsewhere()}"
            case Code.UNKNOWN_OPERATION:
                hint = f"; it is recorded with {', '.join(self.methods)}" if self.methods else ""
                if asked.scope is not None and asked.method in self.methods:
                    hint = self._elsewhere() or "; it is recorded in other cassettes"
                return f"nothing is recorded for {what}{where}{hint}"
            case Code.UNKNOWN_CASSETTE:
                hint = ""
                if asked.route.path.startswith("/cassette/"):
                    hint = "; a scope ends with /-/, as in /cassette/NAME/-/v1/..."
                name = _short(asked.scope or "", 80)
                return f"no cassette or folder is named {name!r}{hint or self._elsewhere()}"
            case Code.NO_CASSETTES:
                return "no cassettes are loaded; the folder is empty, or a volume not mounted"
            case _:
                return f"{self.refusal.message}: {what}{where}"

    def _elsewhere(self) -> str:
        if not self.outside:
            return ""
        more = len(self.outside) - 1
        others = f" and {more} more" if more else ""
        return f"; out of scope, {_short(self.outside[0], 90)}{others} would match exactly"

    def _details(self) -> str:
        near = self.nearest
        if near is None:
            return f" {self.why_no_nearest}" if self.why_no_nearest else ""
        title = "Nearest" if self.found.complete else "Nearest of those compared in time"
        likeness = min(99, round(100 * near.likeness))
        name = _short(near.interaction.name, 90)
        return f" {title}: {name} ({likeness} %), {differing(near)}."

    def _rule(self) -> str:
        rule = self.found.advice
        if rule is None or not rule.is_harmless:
            return ""
        return f" A rule would match: {'; '.join(rule.lines)}."

    def _again(self) -> str:
        return f" Asked {self.times} times, first as request {self.first}." if self.first else ""


def differing(near: Near) -> str:
    """Return in words, which quote nothing, where a request differs from a recording."""
    shown = [str(place.difference) for place in near.places[:_NAMED_PATHS]]
    more = len(near.places) + near.more - _NAMED_PATHS
    places = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    if near.only_the_client:
        return f"only client defaults differ: {places}"
    turning = f"; {near.turning}" if near.turning is not None and near.turning.alike else ""
    return f"differs at {places}{turning}"


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
