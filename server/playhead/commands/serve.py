"""`playhead serve`: the cassettes over HTTP, until a signal ends it."""

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playhead import flags, given, terminal
from playhead.proof_flags import proof_options
from playhead.replay_flags import replay_options

if TYPE_CHECKING:
    from playhead.proof import Requirements
    from playhead.settings import Settings


@click.command()
@flags.paths
@flags.host
@flags.port
@replay_options
@proof_options
def serve(  # noqa: PLR0913, PLR0917 - what the flags amount to
    paths: tuple[Path, ...],
    host: str,
    port: int,
    strict: bool,  # noqa: FBT001 - click's way
    settings: "Settings",
    requirements: "Requirements",
    reports: tuple[Path, ...],
) -> None:
    """Serve the cassettes in PATHS until SIGTERM or Ctrl-C.

    PATHS are folders or files; without any, PLAYHEAD_CASSETTES (several joined by the path
    separator), else cassettes/. Exits 1 when what is required was not so.
    """
    from playhead import log, report
    from playhead import serve as server
    from playhead.app import create_app
    from playhead.conclusion import Conclusion, conclude
    from playhead.environment import origin

    found = given.existing(paths)
    try:
        bound = server.bind(host, port)
    except OSError as error:
        terminal.fail(f"cannot listen on {host}:{port}: {error.strerror}", terminal.COULD_NOT_START)
    nothing_served = terminal.FINDINGS if requirements.are_any else 0
    # PID 1 would ignore it during the load.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(nothing_served))
    app = create_app(*found, settings=settings, requirements=requirements)
    shelf = app.library.shelf
    if strict and shelf.broken:
        terminal.warn(f"broken: {skip}" for skip in shelf.broken)
        terminal.fail(f"{report.broken(shelf)}, and --strict is on", terminal.COULD_NOT_START)
    at = origin(host, bound.getsockname()[1])
    banner = report.banner(at, app.library, [str(path) for path in found])
    with log.to_stderr() as say:
        server.run(app, bound, on_ready=lambda: terminal.announce(banner))
        wanted = Conclusion(requirements=requirements, reports=reports, origin=at)
        is_well = conclude(app.library, app.accounts, wanted, say, os.environ)
    if not is_well:
        sys.exit(terminal.FINDINGS)
