"""`playhead run`: a command against recordings, and whether they answered all that it asked."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from playhead import flags, given, terminal
from playhead.proof_flags import proof_options
from playhead.replay_flags import replay_options

if TYPE_CHECKING:
    import socket

    from playhead.account import Account
    from playhead.app import App
    from playhead.conclusion import Conclusion

NOT_EXECUTABLE, NOT_FOUND = 126, 127
"""The exit codes with which shells, `env` and `timeout` say that a command did not start."""
_TOLD = 20
"""Refused requests that are told whole, which is what somebody reads; a report has the rest."""
_NOTHING_ASKED = (
    "playhead: nothing was asked. The command had the variables of `playhead env`;"
    " a base URL in its code or its own settings goes before them."
)


class WithCommand(click.Command):
    """A command whose own words end at the first `--`: what follows is another's, untouched."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the flags and the paths, and keep the rest for the parameter `command`."""
        at = args.index("--") if "--" in args else len(args)
        ours, command = args[:at], args[at + 1 :]
        if not command and not set(ours) & set(self.get_help_option_names(ctx)):
            form = f"{ctx.command_path} [PATH]... -- COMMAND..."
            raise click.UsageError(f"there is no command to run: {form}", ctx)
        rest = super().parse_args(ctx, ours)
        ctx.params["command"] = tuple(command)
        return rest

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what the line of usage shows after the name."""
        return [*super().collect_usage_pieces(ctx), "-- COMMAND..."]


@click.command(cls=WithCommand)
@flags.paths
@flags.host
@click.option(
    "--port", default=0, type=click.IntRange(0, 65535), envvar="PLAYHEAD_RUN_PORT",
    show_default=True, show_envvar=True, help="0: any free one.",
)  # fmt: skip
@replay_options
@proof_options
def run(
    paths: tuple[Path, ...], host: str, port: int, command: tuple[str, ...], **told: Any
) -> None:
    """Run COMMAND against the cassettes in PATHS, and say what was asked and answered.

    The variables that point every SDK at playhead are set for it. Its exit code is kept; where
    that is 0, it is 1 if a request was refused or something required is not so.
    """
    from playhead import child, report, start
    from playhead.app import create_app
    from playhead.conclusion import Conclusion
    from playhead.environment import origin

    found = given.existing(paths)
    bound = start.listen(host, port)
    # PID 1 would ignore it during the load, and a run that was ended is not green.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(child.KILLED_BY + number))
    requirements = replace(told["requirements"], fail_on_miss=True)
    app = create_app(*found, settings=told["settings"], requirements=requirements)
    if told["strict"]:
        start.refuse_broken(app.library.shelf)
    at = origin(host, bound.getsockname()[1])
    code = _beside(app, bound, at, command)
    terminal.warn(report.not_shown(app.library.shelf, [str(path) for path in found]))
    stale = app.reloader.stale  # the command may have called for a reload
    wanted = Conclusion(requirements=requirements, reports=told["reports"], stale=stale)
    is_well = _conclude(app, wanted)
    sys.exit(code or (0 if is_well else terminal.FINDINGS))


def _beside(app: "App", bound: "socket.socket", at: str, command: tuple[str, ...]) -> int:
    """Serve while the command runs; return its exit code. Nothing is said before its end."""
    from playhead import child, log
    from playhead.beside import serving
    from playhead.environment import for_command

    kept = log.kept()
    with serving(app, bound):
        try:
            code = child.run(command, for_command(at, os.environ))
        except OSError as error:
            _cannot_run(command[0], error)
    terminal.warn(kept.lines())
    return code


def _cannot_run(name: str, error: OSError) -> NoReturn:
    why = error.strerror
    if isinstance(error, FileNotFoundError):
        if shutil.which(name) is None:
            terminal.fail(f"cannot run {name!r}: there is no such command", NOT_FOUND)
        why = "the interpreter that its first line names is not there"
    terminal.fail(f"cannot run {name!r}: {why}", NOT_EXECUTABLE)


def _conclude(app: "App", wanted: "Conclusion") -> bool:
    """Say what the run proves; return whether all is well."""
    from playhead.conclusion import conclude

    terminal.warn(_refused(app.accounts))
    is_well = conclude(app.library, app.accounts, wanted, _say, os.environ)
    if not any(each.was_asked for each in app.accounts):
        terminal.warn([_NOTHING_ASKED])
    return is_well


def _refused(accounts: Sequence["Account"]) -> Iterator[str]:
    """Yield what a log would have said of the first refused requests, each once."""
    from playhead import retold
    from playhead.account import together

    refused = retold.distinct(together(accounts).misses)
    for entry in refused[:_TOLD]:
        yield from retold.lines(entry)
    if more := len(refused[_TOLD:]):
        yield f"and {more} more refused request{'s' * (more > 1)}: a --report has the rest"


def _say(line: str) -> None:
    terminal.warn([line])
