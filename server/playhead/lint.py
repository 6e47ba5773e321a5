"""What `playhead check` looks for beside broken files: secrets, ambiguity, and idle rules."""

from dataclasses import dataclass

from playhead import ambiguity
from playhead.ambiguity import Group
from playhead.idle import Idle, idle_rules
from playhead.library import Library
from playhead.secrets import Secret, secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found: `ties` to the letter between cassettes, `merged` by rules.

    `sequences` are what one cassette recorded several times, and `idle` the rules that change
    nothing; neither is a fault.
    """

    secrets: list[Secret]
    ties: list[Group]
    sequences: list[Group]
    merged: list[Group]
    idle: list[Idle]

    @property
    def unsure(self) -> list[Group]:
        """The requests whose answer depends on which recording comes first."""
        return [group for group in (*self.ties, *self.merged) if group.answers_differ]


def lint(library: Library) -> Findings:
    """Return what a person should look at in cassettes that are served."""
    return Findings(
        secrets=secrets(library.shelf),
        ties=ambiguity.ties(library),
        sequences=ambiguity.sequences(library),
        merged=ambiguity.merged(library),
        idle=idle_rules(library.shelf),
    )
