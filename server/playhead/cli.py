"""The `playhead` command: flags and variables in, exit codes out.

Exit codes: 0 fine; 1 findings; 2 usage; 3 could not start. Standard output carries what was asked
for, standard error what went wrong. What is heavy is imported by the command that needs it.
"""

import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playhead import __version__, flags, terminal

if TYPE_CHECKING:
    from playhead.library import Library
    from playhead.settings import Settings

FINDINGS = 1
USAGE = 2
COULD_NOT_START = 3

DEFAULT_FOLDER = Path("cassettes")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="playhead")
def main() -> None:
    """Replay recorded LLM traffic over HTTP: the recorded bytes, only for the recorded request."""


@main.command()
@flags.paths
@flags.host
@flags.port
@flags.option(
    "--timing",
    type=click.Choice(["off", "recorded"]),
    default="off",
    help="recorded: wait the recorded time to the headers, then keep stored event times.",
)
@flags.option(
    "--speed",
    type=flags.Factor(min=0, min_open=True),
    default=1.0,
    help="Divide every wait by this.",
)
@flags.option("--event-gap", type=flags.Seconds("ms"), help="Time between events, such as 20ms.")
@flags.option(
    "--repeat",
    type=click.Choice(["last", "cycle", "never"]),
    default="last",
    help="What answers a request that comes more often than it was recorded.",
)
@flags.option(
    "--drain",
    type=flags.Seconds("s"),
    default="5s",
    help="How long streams keep their pace after SIGTERM, before the rest is sent at once.",
)
@flags.option("--strict", is_flag=True, help="Refuse to start when a cassette is broken.")
@flags.option(
    "--cors-origin", metavar="ORIGIN", help="Let pages of this origin call the replay paths."
)
@flags.option(
    "--allowed-host", "allowed_hosts", multiple=True, metavar="NAME",
    help="A further Host name for the control API; may be given several times.",
)  # fmt: skip
def serve(paths: tuple[Path, ...], host: str, port: int, strict: bool, **replay: Any) -> None:  # noqa: FBT001
    """Serve the cassettes in PATHS until SIGTERM or Ctrl-C.

    PATHS are folders or files; without any, PLAYHEAD_CASSETTES (several joined by the path
    separator), else cassettes/.
    """
    from playhead import log, report
    from playhead import serve as server
    from playhead.app import create_app
    from playhead.environment import origin

    found = _existing(paths)
    try:
        bound = server.bind(host, port)
    except OSError as error:
        terminal.fail(f"cannot listen on {host}:{port}: {error.strerror}", COULD_NOT_START)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # PID 1 would ignore it during the load
    app = create_app(*found, settings=_settings(replay))
    shelf = app.library.shelf
    if strict and shelf.broken:
        terminal.say((f"broken: {skip}" for skip in shelf.broken), err=True)
        files = "1 file is" if len(shelf.broken) == 1 else f"{len(shelf.broken)} files are"
        terminal.fail(f"{files} broken, and --strict is on", COULD_NOT_START)
    at = origin(host, bound.getsockname()[1])
    banner = report.banner(at, app.library, [str(path) for path in found])
    with log.to_stderr():
        server.run(app, bound, on_ready=lambda: terminal.say(banner))


@main.command()
@flags.paths
@flags.as_json
def check(paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001 - click's way
    """Load the cassettes in PATHS and say what is broken, secret or ambiguous.

    Exits 1 when a cassette is broken or seems to hold a credential.
    """
    from playhead import report
    from playhead.lint import lint

    library = _library(paths)
    findings = lint(library)
    if as_json:
        terminal.say_json(report.check_as_json(library.shelf, findings))
    else:
        terminal.say(report.check(library.shelf, findings))
    if library.shelf.broken or findings.secrets:
        sys.exit(FINDINGS)


@main.command("list")
@flags.paths
@flags.as_json
def list_(paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001
    """List the interactions in PATHS."""
    from playhead import listing

    rows = listing.rows(_library(paths))
    if as_json:
        terminal.say_json(rows)
    else:
        terminal.say(listing.table(rows, width=terminal.width()))


@main.command()
@click.argument("name", metavar="NAME[#ID]")
@flags.paths
@flags.as_json
def show(name: str, paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001
    """Show the interactions of the cassette NAME as conversations.

    NAME is as `playhead list` prints it; PATHS are the folders it is looked for in.
    """
    from playhead import listing

    found = listing.named(_library(paths), name)
    if not found:
        hint = "`playhead list` names them"
        terminal.fail(f"no cassette or interaction is named {name!r}; {hint}", USAGE)
    if as_json:
        terminal.say_json([listing.whole(interaction) for interaction in found])
        return
    for interaction in found:
        terminal.say(listing.conversation(interaction, width=terminal.width()))


@main.command()
@flags.paths
@flags.option(
    "--to", type=click.Choice(["go-vcr", "har"]), required=True, help="The format to write."
)
@flags.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    help="The folder to write into; it is made where it is not there.",
)
@flags.option("--force", is_flag=True, help="Replace files that are there.")
@flags.as_json
def convert(paths: tuple[Path, ...], to: str, out: Path, force: bool, as_json: bool) -> None:  # noqa: FBT001
    """Write the cassettes in PATHS again, in another format; say what it cannot hold.

    Exits 1 when a cassette is broken, or a file was not written.
    """
    from playhead import convert as converter
    from playhead import report

    outcome = converter.convert(_existing(paths), to, out, force=force)
    if as_json:
        terminal.say_json(asdict(outcome))
    else:
        terminal.say((f"failed: {skip}" for skip in outcome.failed), err=True)
        terminal.say(report.conversion(outcome))
    if outcome.failed:
        sys.exit(FINDINGS)


@main.command()
@flags.host
@flags.port
@flags.as_json
def env(host: str, port: int, as_json: bool) -> None:  # noqa: FBT001
    """Print the variables that point every SDK at playhead: eval "$(playhead env)"."""
    from playhead.environment import origin, variables

    values = variables(origin(host, port))
    if as_json:
        terminal.say_json(values)
        return
    for name, value in values.items():
        click.echo(f"export {name}={value}")


@main.command()
@flags.host
@flags.port
def healthcheck(host: str, port: int) -> None:
    """Exit 0 when a playhead at this address answers, else 1: for containers."""
    from http.client import HTTPConnection, HTTPException

    from playhead.environment import reachable

    connection = HTTPConnection(reachable(host), port, timeout=3)
    try:
        connection.request("GET", "/__playhead/health")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        terminal.fail(f"unhealthy: {error}", FINDINGS)
    finally:
        connection.close()
    if status != 200:
        terminal.fail(f"unhealthy: status {status}", FINDINGS)
    click.echo("healthy")


def _existing(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The paths to serve; a usage error where one is not there."""
    for path in paths or (DEFAULT_FOLDER,):
        if not path.exists() and not path.is_symlink():
            hint = "" if paths else "; name the folder that holds your cassettes"
            missing = terminal.printable(str(path))
            raise click.UsageError(f"there is no file or folder {missing!r}{hint}")
    return paths or (DEFAULT_FOLDER,)


def _library(paths: tuple[Path, ...]) -> "Library":
    from playhead import folder
    from playhead.library import Library

    return Library(folder.load(_existing(paths)))


def _settings(replay: dict[str, Any]) -> "Settings":
    from playhead.settings import Repeat, Settings, Timing

    timing, repeat = Timing(replay.pop("timing")), Repeat(replay.pop("repeat"))
    return Settings(timing=timing, repeat=repeat, **replay)
