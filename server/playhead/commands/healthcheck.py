"""`playhead healthcheck`: whether a server answers, for containers."""

import click

from playhead import flags, terminal


@click.command()
@flags.host
@flags.port_in_use
def healthcheck(host: str, port: int) -> None:
    """Exit 0 when a playhead at this address answers, else 1: for containers."""
    from playhead import health

    if reason := health.problem(host, port):
        terminal.fail(f"unhealthy: {reason}", terminal.FINDINGS)
    terminal.say(["healthy"])
