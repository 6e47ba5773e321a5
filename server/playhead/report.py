"""What `serve` and `convert` say of the files: lines for a person."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from playhead import __version__
from playhead.folder import Shelf
from playhead.library import Library
from playhead.wording import plural

if TYPE_CHECKING:
    from playhead.convert import Outcome

QUIET_LINES = 20
"""Files that are no cassettes and are named in the banner, before the rest are only counted."""


def banner(origin: str, library: Library, paths: Sequence[str]) -> list[str]:
    """Return the lines that a server at `origin` prints once it answers."""
    shelf = library.shelf
    lines = [f"playhead {__version__} serves {origin}", f"  {counts(shelf)}"]
    lines += [f"  broken: {skip}" for skip in shelf.broken]
    lines += [f"  note: {note}" for note in library.overlaid.notes]
    lines += _quiet_skips(shelf)
    if overlaid := len(library.overlaid):
        lines.append(f"  overlays come before {plural(overlaid, 'interaction')}")
    if ties := len(library.ties()):
        lines.append(
            f"  {plural(ties, 'request')} answered by several cassettes (`playhead check`)"
        )
    if not shelf.cassettes:
        lines.append(f"  NO CASSETTES in {', '.join(paths)}: every request will be refused.")
        lines.append(f"  {_why_none(shelf)}")
    lines.append("  point a client at it (`playhead env` has all variables):")
    lines.append(f"    export OPENAI_BASE_URL={origin}/v1 OPENAI_API_KEY=playhead")
    lines.append(f"    export ANTHROPIC_BASE_URL={origin} ANTHROPIC_API_KEY=playhead")
    return lines


def broken(shelf: Shelf) -> str:
    """Return how many files are broken, in words."""
    return "1 file is broken" if len(shelf.broken) == 1 else f"{len(shelf.broken)} files are broken"


def not_shown(shelf: Shelf, paths: Sequence[str]) -> list[str]:
    """Return what `list` and `show` say on standard error: which files are broken, or none is."""
    lines = [f"broken: {skip}" for skip in shelf.broken[:QUIET_LINES]]
    if more := len(shelf.broken[QUIET_LINES:]):
        lines.append(f"broken: {plural(more, 'more file')} (`playhead check` lists them)")
    if not shelf.interactions:
        lines.append(f"playhead: no interactions in {', '.join(paths)}")
        lines += [line.strip() for line in _quiet_skips(shelf)]
    return lines


def conversion(outcome: "Outcome") -> list[str]:
    """Return the lines of `playhead convert`: each file with what it lost, and the counts."""
    lines = []
    for each in outcome.converted:
        lines.append(f"{each.source} -> {each.file}")
        lines += [f"  lost: {what}" for what in each.lost]
        lines += [f"  note: {note}" for note in each.notes]
    lines += [f"skipped: {skip}" for skip in outcome.skipped]
    cassettes = plural(len(outcome.converted), "cassette")
    interactions = plural(sum(each.interactions for each in outcome.converted), "interaction")
    failed, skipped = len(outcome.failed), len(outcome.skipped)
    lines.append(f"{cassettes} with {interactions} converted, {failed} failed, {skipped} skipped")
    return lines


def _why_none(shelf: Shelf) -> str:
    if shelf.broken:
        return f"{broken(shelf)}, and no other is a cassette."
    if shelf.skipped:
        return f"{plural(len(shelf.skipped), 'file')} skipped, and no other is there."
    return "Is the folder empty, or its volume not mounted?"


def counts(shelf: Shelf) -> str:
    """Return how many cassettes, interactions and files there are, in words."""
    cassettes, interactions = len(shelf.cassettes), shelf.interactions
    served = f"{plural(cassettes, 'cassette')} with {plural(interactions, 'interaction')}"
    return f"{served} ({plural(shelf.present, 'file')}, {len(shelf.skipped)} skipped)"


def _quiet_skips(shelf: Shelf) -> list[str]:
    others = [skip for skip in shelf.skipped if not skip.broken]
    lines = [f"  skipped: {skip}" for skip in others[:QUIET_LINES]]
    if more := len(others[QUIET_LINES:]):
        lines.append(f"  skipped: {plural(more, 'more file')} (`playhead check` lists them)")
    return lines
