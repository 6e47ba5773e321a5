"""`playhead list`: a row for each interaction."""

from pathlib import Path

import click

from playhead import flags, given, terminal


@click.command("list")
@flags.paths
@flags.as_json
def list_(paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001
    """List the interactions in PATHS."""
    from playhead import listing

    rows = listing.rows(given.shown(paths))
    if as_json:
        terminal.say_json(rows)
    else:
        terminal.say(listing.table(rows, width=terminal.width()))
