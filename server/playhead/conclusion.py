"""The end of a run: what it proves is said, written where that was asked for, and decides."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playhead import atomic, files, github, receipt
from playhead.account import Account, together
from playhead.library import Library
from playhead.printable import printable
from playhead.proof import NOTHING, Proof, Requirements, prove


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What is wanted at the end of a run.

    The ending of a report says its form: `.xml` is JUnit, any other JSON. `origin` is where the
    server was reached, `http://host:port`, and `stale` why what it served is not what is there.
    """

    requirements: Requirements = NOTHING
    reports: tuple[Path, ...] = ()
    origin: str = ""
    stale: str | None = None


def conclude(
    library: Library,
    accounts: Sequence[Account],
    wanted: Conclusion,
    say: Callable[[str], None],
    environ: Mapping[str, str],
) -> bool:
    """Say and write what the accounts of all sessions prove; return whether all is well.

    It is not where something required is not so, or a report could not be written.
    """
    account = together(accounts)
    proof = prove(library, account, wanted.requirements, origin=wanted.origin, stale=wanted.stale)
    for line in receipt.lines(proof):
        say(printable(line))
    problems = list(filter(None, (_written(each, proof, accounts) for each in wanted.reports)))
    if github.is_here(environ):
        for line in github.annotations(proof, library, environ.get("GITHUB_WORKSPACE", "")):
            say(line)
        _summarise(proof, environ.get("GITHUB_STEP_SUMMARY", ""), say)
    for problem in problems:
        say(printable(f"playhead: {problem}"))
    return proof.is_proved and not problems


def _written(file: Path, proof: Proof, accounts: Sequence[Account]) -> str:
    """Write a report; return why that failed, empty where it did not."""
    if file.suffix.lower() == ".xml":
        from playhead.junit import as_xml

        content = as_xml(proof, together(accounts))
    else:
        text = json.dumps(receipt.report(proof, accounts), indent=2)
        content = f"{text}\n".encode()
    try:
        atomic.write(file.parent, Path(file.name), content, force=True)
    except OSError as error:
        return f"cannot write the report {str(file)!r}: {files.said(error)}"
    return ""


def _summarise(proof: Proof, file: str, say: Callable[[str], None]) -> None:
    """Add to the summary of a step; what GitHub's own file does not take fails no run."""
    if not file or not receipt.lines(proof):
        return
    try:
        atomic.append(Path(file), github.summary(proof).encode())
    except OSError as error:
        say(printable(f"playhead: cannot write GITHUB_STEP_SUMMARY: {files.said(error)}"))
