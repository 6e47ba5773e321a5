"""`playhead serve`: the cassettes over HTTP, until a signal ends it."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playhead import flags, given, terminal
from playhead.printable import printable
from playhead.replay_flags import replay_options

if TYPE_CHECKING:
    from playhead.settings import Settings


@click.command()
@flags.paths
@flags.host
@flags.port
@replay_options
def serve(
    paths: tuple[Path, ...],
    host: str,
    port: int,
    strict: bool,  # noqa: FBT001 - click's way
    settings: "Settings",
) -> None:
    """Serve the cassettes in PATHS until SIGTERM or Ctrl-C.

    PATHS are folders or files; without any, PLAYHEAD_CASSETTES (several joined by the path
    separator), else cassettes/.
    """
    from playhead import log, report
    from playhead import serve as server
    from playhead.account import Account
    from playhead.app import create_app
    from playhead.environment import origin

    found = given.existing(paths)
    try:
        bound = server.bind(host, port)
    except OSError as error:
        terminal.fail(f"cannot listen on {host}:{port}: {error.strerror}", terminal.COULD_NOT_START)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # PID 1 would ignore it during the load
    app = create_app(*found, settings=settings)
    shelf = app.library.shelf
    if strict and shelf.broken:
        terminal.warn(f"broken: {skip}" for skip in shelf.broken)
        terminal.fail(f"{report.broken(shelf)}, and --strict is on", terminal.COULD_NOT_START)
    at = origin(host, bound.getsockname()[1])
    banner = report.banner(at, app.library, [str(path) for path in found])
    with log.to_stderr() as say:
        server.run(app, bound, on_ready=lambda: terminal.announce(banner))
        for line in report.ending(Account(session="", counts=app.state.sessions.counts())):
            say(printable(line))
