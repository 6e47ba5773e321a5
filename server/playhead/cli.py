"""The `playhead` command: the group of its commands, each a module in `commands/`."""

import click

from playhead import __version__, terminal
from playhead.commands.check import check
from playhead.commands.convert import convert
from playhead.commands.env import env
from playhead.commands.explain import explain
from playhead.commands.healthcheck import healthcheck
from playhead.commands.list import list_
from playhead.commands.run import run
from playhead.commands.serve import serve
from playhead.commands.show import show


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="playhead")
def main() -> None:
    """Replay recorded LLM traffic over HTTP: the recorded bytes, only for the recorded request."""
    terminal.hold_standard_streams()


for each in (serve, run, check, list_, show, convert, explain, env, healthcheck):
    main.add_command(each)
