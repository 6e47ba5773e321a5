"""What `serve`, `check` and `convert` say of the files: lines for a person, or JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from playhead import __version__
from playhead.folder import Shelf
from playhead.library import Library

if TYPE_CHECKING:
    from playhead.convert import Outcome
    from playhead.lint import Findings

QUIET_LINES = 20
"""Files that are no cassettes and are named in the banner, before the rest are only counted."""


def banner(origin: str, library: Library, paths: Sequence[str]) -> list[str]:
    """Return the lines that a server at `origin` prints once it answers."""
    shelf = library.shelf
    lines = [f"playhead {__version__} serves {origin}", f"  {_counts(shelf)}"]
    lines += [f"  broken: {skip}" for skip in shelf.broken]
    lines += _quiet_skips(shelf)
    if ties := len(library.ties()):
        lines.append(
            f"  {_plural(ties, 'request')} answered by several cassettes (`playhead check`)"
        )
    if not shelf.cassettes:
        lines.append(f"  NO CASSETTES in {', '.join(paths)}: every request will be refused.")
        lines.append("  Is the folder empty, or its volume not mounted?")
    lines.append("  point a client at it (`playhead env` has all variables):")
    lines.append(f"    export OPENAI_BASE_URL={origin}/v1 OPENAI_API_KEY=playhead")
    lines.append(f"    export ANTHROPIC_BASE_URL={origin} ANTHROPIC_API_KEY=playhead")
    return lines


def check(shelf: Shelf, findings: "Findings") -> list[str]:
    """Return the lines of `playhead check`: each finding, what it means, and the counts."""
    lines = [f"broken: {skip}" for skip in shelf.broken]
    lines += [f"secret: {leak}" for leak in findings.secrets]
    for cassette in shelf.cassettes:
        lines += [f"note: {cassette.file}: {note}" for note in cassette.notes]
    for tie in findings.ties:
        scope = tie[0].rpartition("#")[0]
        lines.append(f"tie: one request has the answers of {', '.join(tie)}")
        lines.append(f"     to get only one of them, use /cassette/{scope}/-/ in the base URL")
    lines += [f"skipped: {skip}" for skip in shelf.skipped if not skip.broken]
    broken, secret, ambiguous = len(shelf.broken), len(findings.secrets), len(findings.ties)
    lines.append(f"{_counts(shelf)}; {broken} broken, {secret} secret, {ambiguous} ambiguous")
    return lines


def check_as_json(shelf: Shelf, findings: "Findings") -> dict[str, Any]:
    """Return what `check` says as a JSON value."""
    return {
        "present": shelf.present,
        "served": len(shelf.cassettes),
        "interactions": shelf.interactions,
        "skipped": [asdict(skip) for skip in shelf.skipped],
        "notes": {cassette.name: cassette.notes for cassette in shelf.cassettes if cassette.notes},
        "secrets": [asdict(secret) for secret in findings.secrets],
        "ties": findings.ties,
    }


def conversion(outcome: "Outcome") -> list[str]:
    """Return the lines of `playhead convert`: each file with what it lost, and the counts."""
    lines = []
    for each in outcome.converted:
        lines.append(f"{each.source} -> {each.file}")
        lines += [f"  lost: {what}" for what in each.lost]
        lines += [f"  note: {note}" for note in each.notes]
    lines += [f"skipped: {skip}" for skip in outcome.skipped]
    cassettes = _plural(len(outcome.converted), "cassette")
    interactions = _plural(sum(each.interactions for each in outcome.converted), "interaction")
    failed, skipped = len(outcome.failed), len(outcome.skipped)
    lines.append(f"{cassettes} with {interactions} converted, {failed} failed, {skipped} skipped")
    return lines


def _counts(shelf: Shelf) -> str:
    cassettes, interactions = len(shelf.cassettes), shelf.interactions
    served = f"{_plural(cassettes, 'cassette')} with {_plural(interactions, 'interaction')}"
    return f"{served} ({_plural(shelf.present, 'file')}, {len(shelf.skipped)} skipped)"


def _quiet_skips(shelf: Shelf) -> list[str]:
    others = [skip for skip in shelf.skipped if not skip.broken]
    lines = [f"  skipped: {skip}" for skip in others[:QUIET_LINES]]
    if more := len(others[QUIET_LINES:]):
        lines.append(f"  skipped: {_plural(more, 'more file')} (`playhead check` lists them)")
    return lines


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
