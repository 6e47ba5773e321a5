"""`playhead check`: what a person should look at before the cassettes are served."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playhead import flags, given, terminal
from playhead.printable import printable
from playhead.rule_flags import rule_options

if TYPE_CHECKING:
    from playhead.configured import Configured
    from playhead.library import Library
    from playhead.rules import Rules


@click.command()
@flags.paths
@flags.as_json
@flags.option(
    "--strict", is_flag=True, help="Exit 1 for requests with several different answers, too."
)
@flags.option(
    "--against", metavar="OLD-RULES",
    help="Say only what other rules change: a playhead.yaml, a folder with some, or none.",
)  # fmt: skip
@rule_options(flags.option)
def check(
    paths: tuple[Path, ...],
    as_json: bool,  # noqa: FBT001 - click's way
    strict: bool,  # noqa: FBT001
    against: str | None,
    rules: "Rules",
) -> None:
    """Load the cassettes in PATHS and say what is broken, secret or ambiguous.

    Exits 1 when a cassette is broken or seems to hold a credential; with --against, when a
    recorded request is answered otherwise.
    """
    library = given.library(paths, rules)
    found = bool(library.shelf.broken)
    if against is not None:
        found |= _check_against(library, against, as_json=as_json)
    else:
        from playhead import verdict
        from playhead.lint import lint

        findings = lint(library)
        found |= bool(findings.secrets or (strict and findings.unsure))
        if as_json:
            terminal.say_json(verdict.as_json(library.shelf, findings))
        else:
            terminal.say(verdict.lines(library.shelf, findings))
    if found:
        sys.exit(terminal.FINDINGS)


def _check_against(library: "Library", old_rules: str, *, as_json: bool) -> bool:
    """Print what changed since the rules in a file or folder; whether anything did."""
    from playhead import against, changed
    from playhead.library import Library

    shelf = library.shelf
    found = against.changes(Library(against.under(shelf, _old(old_rules))), library)
    if as_json:
        terminal.say_json(changed.as_json(shelf, found))
    else:
        terminal.say(changed.lines(shelf, found))
    return bool(found)


def _old(rules: str) -> "Configured | None":
    """The rules of a file or folder, None for those of `none`; a usage error for what is none."""
    from playhead import folder
    from playhead.errors import CassetteError

    if rules == "none":
        return None
    try:
        return folder.configurations(Path(rules))
    except CassetteError as error:
        raise click.UsageError(f"--against: {printable(str(error))}") from None
