"""What `playhead check` looks for beside broken files: secrets, ambiguity, idle rules, typos."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from playhead import ambiguity
from playhead.ambiguity import Group
from playhead.folder import Shelf
from playhead.idle import Idle, idle_rules
from playhead.library import Library
from playhead.secrets import Secret, secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found: `ties` to the letter between cassettes, `merged` by rules.

    `sequences` are what one cassette recorded several times, and `idle` the rules that change
    nothing; neither is a fault. `malformed` says of bodies that they were to be JSON, it seems.
    """

    secrets: list[Secret]
    ties: list[Group]
    sequences: list[Group]
    merged: list[Group]
    idle: list[Idle]
    malformed: list[str]

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
        malformed=list(_malformed(library.shelf)),
    )


def _malformed(shelf: Shelf) -> Iterator[str]:
    """Name the bodies that begin as JSON does and are none: of such a request the bytes count."""
    for cassette in shelf.cassettes:
        for interaction in cassette.interactions:
            sides = ("request", interaction.request), ("response", interaction.response)
            for side, message in sides:
                if problem := _no_json(message.body):
                    place = f"{cassette.file}: {interaction.name}: {side}.body"
                    yield f"{place}: begins like JSON and is none: {problem}"


def _no_json(body: bytes) -> str:
    """Say why a body is no JSON that begins like it; nothing of JSON Lines, a value each."""
    text = body.strip()
    if not text.startswith((b"{", b"[")) or not _problem(text.partition(b"\n")[0]):
        return ""
    return _problem(text)


def _problem(text: bytes) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        return str(error)
    except RecursionError:  # what is so deep was not typed by hand
        return ""
    return ""
