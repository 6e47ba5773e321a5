"""`playhead convert`: the cassettes in another format."""

import signal
import sys
from dataclasses import asdict
from pathlib import Path

import click

from playhead import flags, given, terminal


@click.command()
@flags.paths
@flags.option(
    "--to", type=click.Choice(["go-vcr", "har"]), required=True, help="The format to write."
)
@flags.out
@flags.option("--force", is_flag=True, help="Replace files that are there.")
@flags.as_json
def convert(paths: tuple[Path, ...], to: str, out: Path, force: bool, as_json: bool) -> None:  # noqa: FBT001
    """Write the cassettes in PATHS again, in another format; say what it cannot hold.

    Exits 1 when a cassette is broken, or a file was not written.
    """
    from playhead import convert as converter
    from playhead import report

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that no temporary file stays
    sources = given.existing(paths)
    if converter.is_one_of(out, sources):
        raise click.UsageError(f"--out {str(out)!r} is a folder that is read; name another")
    outcome = converter.convert(sources, to, out, force=force)
    if as_json:
        terminal.say_json(asdict(outcome))
    else:
        terminal.warn(f"failed: {skip}" for skip in outcome.failed)
        terminal.say(report.conversion(outcome))
    if outcome.failed:
        sys.exit(terminal.FINDINGS)
