"""`playhead serve`: the cassettes over HTTP, until a signal ends it."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playhead import flags, given, terminal
from playhead.proof_flags import proof_options
from playhead.replay_flags import replay_options

if TYPE_CHECKING:
    from socket import socket

    from playhead.account import Account
    from playhead.app import App
    from playhead.proof import Requirements
    from playhead.settings import Settings


@click.command()
@flags.paths
@flags.host
@flags.port
@flags.option(
    "--until-eof", is_flag=True,
    help="End when standard input does: for a program that starts this one, with a pipe.",
)  # fmt: skip
@flags.workers
@flags.state
@replay_options
@flags.option("--watch", is_flag=True, help="Reload cassettes and configurations that change.")
@proof_options
def serve(  # noqa: PLR0913, PLR0917 - what the flags amount to
    paths: tuple[Path, ...],
    host: str,
    port: int,
    until_eof: bool,  # noqa: FBT001 - click's way
    workers: int,
    state: str | None,
    strict: bool,  # noqa: FBT001
    watch: bool,  # noqa: FBT001
    settings: "Settings",
    requirements: "Requirements",
    reports: tuple[Path, ...],
) -> None:
    """Serve the cassettes in PATHS until SIGTERM or Ctrl-C.

    PATHS are folders or files; without any, PLAYHEAD_CASSETTES (several joined by the path
    separator), else cassettes/ or tests/cassettes/. Exits 1 when what is required was not so.
    """
    from playhead import log, report, start, stdin
    from playhead.app import create_app
    from playhead.environment import origin
    from playhead.errors import CouldNotStart, PlayheadError

    if until_eof and workers == 1:  # who will fork may have no thread, and looks there itself
        stdin.end_with_it()
    found = given.named(paths) if watch else given.existing(paths)  # what is watched may come
    shared = given.state(state, workers)
    bound = start.listen(host, port, for_several=workers > 1)
    nothing_known = terminal.FINDINGS if requirements.are_any or reports else 0
    # PID 1 would ignore it during the load.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(nothing_known))
    app = create_app(
        *found, settings=settings, requirements=requirements, state=shared, watch=watch
    )
    if strict:
        start.refuse_broken(app.library.shelf)
    at = origin(host, bound.getsockname()[1])
    banner = report.banner(at, app.library, [str(path) for path in found])
    try:
        accounts = _served(
            app, bound, workers, until_eof=until_eof, on_ready=lambda: terminal.announce(banner)
        )
    except CouldNotStart:
        sys.exit(terminal.COULD_NOT_START)
    except PlayheadError as reason:
        terminal.fail(f"what was answered is not known: {reason}", nothing_known)
    from playhead.conclusion import Conclusion, conclude  # not before it serves

    stale = app.reloader.stale
    wanted = Conclusion(requirements=requirements, reports=reports, origin=at, stale=stale)
    with log.to_stderr() as say:
        if not conclude(app.library, accounts, wanted, say, os.environ):
            sys.exit(terminal.FINDINGS)


def _served(
    app: "App", bound: "socket", count: int, *, until_eof: bool, on_ready: Callable[[], None]
) -> "list[Account]":
    """Serve to the end; return what became of the requests."""
    if count > 1:
        from playhead import workers

        return workers.run(app, bound, count, until_eof=until_eof, on_ready=on_ready)
    from playhead import log
    from playhead import serve as server

    with log.to_stderr():
        server.run(app, bound, on_ready=on_ready)
    return app.accounts
