"""A parsed file, and the words for what is wrong in it and where."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from playhead import frames, pieces, streaming
from playhead.cassette import Cassette, Interaction
from playhead.errors import CassetteError
from playhead.formats import yaml_places, yaml_tree
from playhead.formats.fields import Fields
from playhead.formats.yaml_tree import Tree

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file: its bytes, the values in it, and what was noted while it was read."""

    raw: bytes
    tree: Tree
    file: str
    is_json: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def top(self) -> Fields:
        """The mapping that the whole file is; readers are only shown files that are one."""
        assert isinstance(self.tree, dict)  # noqa: S101
        return Fields(self, self.tree, ())

    def json_at(self, path: Path) -> Any:
        """Return the value at `path`, read again with the types that JSON has."""
        value: Any = self.tree if self.is_json else yaml_tree.load(self.raw, typed=True)
        for step in path:
            value = value[step]
        return value

    @cached_property
    def source(self) -> yaml_places.Source:
        """The text behind the values; made when first asked for, and only once."""
        return yaml_places.Source(self.raw)

    @cached_property
    def lines(self) -> Callable[[Path], int]:
        """The line of the value at a path, for who asks for many; made as `source` is."""
        return yaml_places.lines(self.raw)

    def error(self, path: Path, reason: str) -> CassetteError:
        """Return the error that says `reason` of the place `path`, with its line."""
        line = 0 if self.is_json else self.lines(path)
        return CassetteError(f"{spell(path)}: {reason}", line=line)

    def note(self, path: Path, reason: str) -> None:
        """Note `reason`, said of the place `path`.

        Without its line: to find it takes a second parse, and a folder may hold many notes.
        """
        self.notes.append(f"{spell(path)}: {reason}")

    def cassette(self, name: str, form: str, interactions: tuple[Interaction, ...]) -> Cassette:
        """Return the cassette made of what was read, with a note for each odd stream in it."""
        for interaction in interactions:
            if reason := _oddity(interaction):
                self.notes.append(f"#{interaction.id}: {reason}")
        return Cassette(
            name=name,
            file=self.file,
            format=form,
            interactions=interactions,
            notes=tuple(self.notes),
        )


def _oddity(interaction: Interaction) -> str:
    """What is odd about the recorded answer's stream; empty where nothing is."""
    response = interaction.response
    if not response.event_offsets and not _may_be_frames(response.body):
        return ""
    form = streaming.form_of(interaction)
    if form is pieces.AWS and (at := frames.damaged_at(response.body)) is not None:
        return f"its AWS event stream is damaged from byte {at} on; served as it is"
    offsets = len(response.event_offsets)
    events = len(form.split(response.body)) if form else 1
    if offsets not in (0, events):
        return f"x_playhead has {offsets} offsets for {events} events: none is used"
    return ""


def _may_be_frames(body: bytes) -> bool:
    """Whether a body may be an AWS event stream: most begin as none does, and cost no look."""
    return body[:1] not in (b"{", b"[", b"d", b"e", b":", b"")


def spell(path: Path) -> str:
    """Return `path` the way it is written in code: `interactions[3].response.code`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")
