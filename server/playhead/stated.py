"""A rule and where it stands, so that it can be named to whoever wrote it."""

from collections.abc import Iterator
from dataclasses import dataclass

from playhead.pointer import Pointer
from playhead.rules import REDACTED, Replacement, Rules, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One rule, and where it stands: `name` is its field, `place` a file with a line, or a flag.

    `rule` is None for `ids: renamed`, which has nothing more to say.
    """

    name: str
    rule: Pointer | Replacement | Tier | None
    place: str

    def __str__(self) -> str:
        return f"`{self.name}: {self.text}` ({self.place})"

    @property
    def text(self) -> str:
        """What the rule says; for `redact` nothing, since a pattern may be the secret itself."""
        if isinstance(self.rule, Replacement):
            return "…" if self.name == "redact" else self.rule.pattern
        if isinstance(self.rule, Tier):
            return self.rule.value
        return str(self.rule or "renamed")


def by_flags(rules: Rules) -> tuple[Stated, ...]:
    """Return each of the `rules` that flags made."""
    return tuple(_flags(rules))


def _flags(rules: Rules) -> Iterator[Stated]:
    for pointer in rules.ignore:
        yield Stated(name="ignore", rule=pointer, place="--ignore")
    for each in rules.replace:
        name = "redact" if each.text == REDACTED else "replace"
        yield Stated(name=name, rule=each, place=f"--{name}")
    if rules.ids_renamed:
        yield Stated(name="ids", rule=None, place="--ids")
    for tier in rules.fallbacks:
        yield Stated(name="fallbacks", rule=tier, place="--fallback")
