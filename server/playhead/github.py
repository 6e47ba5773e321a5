"""A proof for GitHub Actions: annotations as workflow commands, and the summary of a step.

Names and paths are strangers' text. In a command they are escaped as the runner unescapes them;
in the summary every mark of Markdown becomes a character reference, which CommonMark (6.2) never
takes for structure, inside `<code>`, where GitHub makes no links of it.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from playhead import receipt, retold
from playhead.library import Library
from playhead.printable import printable
from playhead.proof import NAMED, Proof
from playhead.wording import listed

SHOWN = 10
"""Annotations of one kind that GitHub shows of a step."""
LISTED = 50
"""Rows of each list of the summary, which may have a megabyte."""
_TEXT_CHARS = 2000
_MARKS = re.compile("[^A-Za-z0-9 ]")


def is_here(environ: Mapping[str, str]) -> bool:
    """Return whether this is a step of GitHub Actions."""
    return environ.get("GITHUB_ACTIONS") == "true"


def annotations(proof: Proof, library: Library, workspace: str = "") -> list[str]:
    """Return workflow commands: why a run is not proved, what was refused, which files are unused.

    Errors where the run is not proved, else warnings. `workspace` is the folder to which GitHub
    takes the names of files as relative.
    """
    kind = "warning" if proof.is_proved else "error"
    others = [reason for reason in proof.reasons if reason not in proof.refusals]
    refused = map(retold.message, retold.distinct(proof.misses))
    found = [("playhead: not proved", reason, "") for reason in others]
    found += [("playhead: a request was refused", each, "") for each in dict.fromkeys(refused)]
    if proof.requirements.all_used:
        found += _unused(proof, library, workspace)
    if more := len(found[SHOWN:]):
        found[SHOWN - 1 :] = [("playhead", f"{more + 1} more: see the log or a --report", "")]
    return [command(kind, title, text, file) for title, text, file in found]


def command(kind: str, title: str, text: str, file: str = "") -> str:
    """Return one workflow command, a line that holds no other."""
    properties = {"title": title, "file": file}
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{kind} {given}::{_data(printable(text[:_TEXT_CHARS]))}"


def summary(proof: Proof) -> str:
    """Return the summary of a run in Markdown."""
    verdict = receipt.verdict(proof).rstrip(": ") or "done"
    rows = {
        "answered from a recording": proof.served,
        "refused": proof.missed,
        **{f"answered by `{tier}`": sum(each.values()) for tier, each in proof.loosely.items()},
        "answered, and another cassette holds the same": sum(proof.ambiguous.values()),
        f"of {proof.interactions} interactions never used": len(proof.unused),
    }
    parts = [f"### playhead: {verdict}", "| what | how many |\n| --- | ---: |"]
    parts[1] += "".join(f"\n| {what} | {number} |" for what, number in rows.items())
    parts += _list("Not proved", proof.reasons)
    refused = map(retold.phrase, retold.distinct(proof.misses))
    parts += _list("Refused", dict.fromkeys(refused))  # many sessions may miss alike
    for tier, times in proof.loosely.items():
        parts += _list(f"Answered by `{tier}`", (f"{name}: {n}" for name, n in times.items()))
    parts += _list("Ambiguous", (f"{name}: {n}" for name, n in proof.ambiguous.items()))
    if proof.requirements.all_used:
        parts += _list("Never used", proof.unused)
    return "\n\n".join(parts) + "\n\n"


def _unused(proof: Proof, library: Library, workspace: str) -> Iterator[tuple[str, str, str]]:
    by_cassette: defaultdict[str, list[str]] = defaultdict(list)
    for name in proof.unused:
        by_cassette[name.rpartition("#")[0]].append(name)
    files = {cassette.name: cassette.file for cassette in library.shelf.cassettes}
    for cassette, names in by_cassette.items():
        told = f"answered nothing: {listed(names, NAMED)}"
        yield "playhead: never used", told, _relative(files[cassette], workspace)


def _relative(file: str, workspace: str) -> str:
    """A file as GitHub names it, where it lies in the checkout."""
    if not workspace:
        return file
    below = os.path.relpath(os.path.realpath(file), os.path.realpath(workspace))
    return file if below.startswith(os.pardir) else below


def _list(heading: str, texts: Iterable[str]) -> list[str]:
    lines: Sequence[str] = [f"- <code>{_plain(text)}</code>" for text in texts]
    if not lines:
        return []
    more = len(lines[LISTED:])
    shown = [*lines[:LISTED], *([f"- and {more} more"] if more else [])]
    return [f"**{heading}**", "\n".join(shown)]


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", printable(text[:_TEXT_CHARS]))


def _data(text: str) -> str:
    return text.replace("%", "%25")  # of what is printable this alone means something


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
