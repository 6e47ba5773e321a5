"""`playhead explain`: what answers one request, or why nothing does."""

import sys
from pathlib import Path
from typing import IO, Any

import click

from playhead import flags, given, terminal
from playhead.rule_flags import rule_options


@click.command()
@click.argument("request", metavar="REQUEST.json", type=click.File("rb"))
@flags.paths
@flags.option("--path", help="Where the request goes to, such as /v1/chat/completions.")
@flags.option("--method", help="POST where nothing says otherwise.")
@flags.option("--scope", metavar="NAME", help="The cassette or folder that it is confined to.")
@flags.option("--bridge", is_flag=True, help="Let streams answer plain requests, and the reverse.")
@flags.as_json
@rule_options(flags.option)
def explain(request: IO[bytes], paths: tuple[Path, ...], as_json: bool, **asks: Any) -> None:  # noqa: FBT001
    """Say what answers the request in REQUEST.json, or why nothing in PATHS does.

    The file holds a body as a client sends it, or an object with "path", "method" and "body"; `-`
    is standard input. Exits 1 when no recording answers.
    """
    from playhead import explained, inquiry
    from playhead.miss import Miss

    library = given.shown(paths, asks.pop("rules"), bridge=asks.pop("bridge"))
    try:
        found = inquiry.answer(library, inquiry.read(request.read(), **asks))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        terminal.say_json(explained.answer_as_json(found))
    else:
        terminal.say(explained.answer_lines(found))
    if isinstance(found, Miss):
        sys.exit(terminal.FINDINGS)
