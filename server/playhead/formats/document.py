"""A parsed file, and the words for what is wrong in it and where."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from playhead.errors import CassetteError
from playhead.formats import yaml_tree
from playhead.formats.yaml_tree import Tree

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file: its bytes, and the values in it."""

    raw: bytes
    tree: Tree
    file: str

    @cached_property
    def source(self) -> yaml_tree.Source:
        """The text behind the values; made when first asked for, and only once."""
        return yaml_tree.Source(self.raw)

    def error(self, path: Path, reason: str) -> CassetteError:
        """Return the error that says `reason` of the place `path`, with its line."""
        return CassetteError(f"{spell(path)}: {reason}", line=yaml_tree.line_of(self.raw, path))

    def note(self, path: Path, reason: str) -> str:
        """Return the sentence that says `reason` of the place `path`.

        Without its line: to find it takes a second parse, and a folder may hold many notes.
        """
        return f"{spell(path)}: {reason}"


def spell(path: Path) -> str:
    """Return `path` the way it is written in code: `interactions[3].response.code`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")
