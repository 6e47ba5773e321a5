"""`playhead env`: the variables that point every SDK at a server."""

import os
import shlex

import click

from playhead import flags, terminal


@click.command()
@flags.host
@flags.port_in_use
@flags.as_json
def env(host: str, port: int, as_json: bool) -> None:  # noqa: FBT001
    """Print the variables that point every SDK at playhead: eval "$(playhead env)"."""
    from playhead.environment import origin, variables

    values = variables(origin(host, port), os.environ)
    if as_json:
        terminal.say_json(values)
        return
    terminal.say(f"export {name}={shlex.quote(value)}" for name, value in values.items())
