"""The `playhead` command: flags and variables in, exit codes out.

Exit codes: 0 fine; 1 findings; 2 usage; 3 could not start. Standard output carries what was asked
for, standard error what went wrong. What is heavy is imported by the command that needs it.
"""

import json
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterable
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from playhead import __version__

if TYPE_CHECKING:
    from playhead.library import Library
    from playhead.settings import Settings

FINDINGS = 1
USAGE = 2
COULD_NOT_START = 3

# Control characters, marks that turn the direction of text, and halves of characters.
_DRIVES_A_TERMINAL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)

DEFAULT_FOLDER = Path("cassettes")


class Factor(click.FloatRange):
    """A finite number above zero: click itself takes `nan` for one in any range."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number."""
        number: float = super().convert(value, param, ctx)  # type: ignore[arg-type] # any value
        if not isfinite(number):
            self.fail(f"{value!r} is not a finite number", param, ctx)
        return number


class Seconds(click.ParamType[float]):
    """A time such as `20ms` or `1.5s`; a bare number counts in the unit the flag names."""

    name = "time"

    def __init__(self, bare_unit: str) -> None:
        self._bare_unit = bare_unit

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the time in seconds."""
        found = re.fullmatch(r"(\d+\.?\d*|\.\d+)(ms|s|m)?", str(value).strip(), re.ASCII)
        if found is None:
            self.fail(f"{value!r} is not a time like 20ms or 1.5s", param, ctx)
        return float(found[1]) * {"ms": 0.001, "s": 1, "m": 60}[found[2] or self._bare_unit]


def _option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """A flag with its variable: `--event-gap` is `PLAYHEAD_EVENT_GAP`."""
    long = next(name for name in names if name.startswith("--"))
    variable = "PLAYHEAD_" + long.lstrip("-").replace("-", "_").upper()
    return click.option(*names, envvar=variable, show_default=True, show_envvar=True, **settings)


_paths = click.argument(
    "paths",
    nargs=-1,
    type=click.Path(path_type=Path),
    envvar="PLAYHEAD_CASSETTES",
)
_as_json = _option("--json", "as_json", is_flag=True, help="Print JSON.")
_host = _option("--host", default="127.0.0.1", help="The address to listen on.")
_port = _option(
    "--port", default=8080, type=click.IntRange(0, 65535), help="0: any free one, printed."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="playhead")
def main() -> None:
    """Replay recorded LLM traffic over HTTP: the recorded bytes, only for the recorded request."""


@main.command()
@_paths
@_host
@_port
@_option(
    "--timing",
    type=click.Choice(["off", "recorded"]),
    default="off",
    help="recorded: wait the recorded time to the headers, then keep stored event times.",
)
@_option(
    "--speed",
    type=Factor(min=0, min_open=True),
    default=1.0,
    help="Divide every wait by this.",
)
@_option("--event-gap", type=Seconds("ms"), help="Time between events, such as 20ms.")
@_option(
    "--repeat",
    type=click.Choice(["last", "cycle", "never"]),
    default="last",
    help="What answers a request that comes more often than it was recorded.",
)
@_option(
    "--drain",
    type=Seconds("s"),
    default="5s",
    help="How long streams keep their pace after SIGTERM, before the rest is sent at once.",
)
@_option("--strict", is_flag=True, help="Refuse to start when a cassette is broken.")
@_option("--cors-origin", metavar="ORIGIN", help="Let pages of this origin call the replay paths.")
@_option(
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

    found = _existing(paths)
    try:
        bound = server.bind(host, port)
    except OSError as error:
        _fail(f"cannot listen on {host}:{port}: {error.strerror}", COULD_NOT_START)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # PID 1 would ignore it during the load
    app = create_app(*found, settings=_settings(replay))
    shelf = app.library.shelf
    if strict and shelf.broken:
        for skip in shelf.broken:
            click.echo(f"broken: {_printable(str(skip))}", err=True)
        files = "1 file is" if len(shelf.broken) == 1 else f"{len(shelf.broken)} files are"
        _fail(f"{files} broken, and --strict is on", COULD_NOT_START)
    origin = _origin(host, bound.getsockname()[1])
    banner = report.banner(origin, app.library, [str(path) for path in found])
    with log.to_stderr():
        server.run(app, bound, on_ready=lambda: _print(banner))


@main.command()
@_paths
@_as_json
def check(paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001 - click's way
    """Load the cassettes in PATHS and say what is broken, secret or ambiguous.

    Exits 1 when a cassette is broken or seems to hold a credential.
    """
    from playhead import report
    from playhead.lint import lint

    library = _library(paths)
    findings = lint(library)
    if as_json:
        _print_json(report.check_as_json(library.shelf, findings))
    else:
        _print(report.check(library.shelf, findings))
    if library.shelf.broken or findings.secrets:
        sys.exit(FINDINGS)


@main.command("list")
@_paths
@_as_json
def list_(paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001
    """List the interactions in PATHS."""
    from playhead import listing

    rows = listing.rows(_library(paths))
    if as_json:
        _print_json(rows)
    else:
        _print(listing.table(rows, width=_width()))


@main.command()
@click.argument("name", metavar="NAME[#ID]")
@_paths
@_as_json
def show(name: str, paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001
    """Show the interactions of the cassette NAME as conversations.

    NAME is as `playhead list` prints it; PATHS are the folders it is looked for in.
    """
    from playhead import listing

    found = listing.named(_library(paths), name)
    if not found:
        _fail(f"no cassette or interaction is named {name!r}; `playhead list` names them", USAGE)
    if as_json:
        _print_json([listing.whole(interaction) for interaction in found])
        return
    for interaction in found:
        _print(listing.conversation(interaction, width=_width()))


@main.command()
@_host
@_port
@_as_json
def env(host: str, port: int, as_json: bool) -> None:  # noqa: FBT001
    """Print the variables that point every SDK at playhead: eval "$(playhead env)"."""
    from playhead.environment import variables

    values = variables(_origin(host, port))
    if as_json:
        _print_json(values)
        return
    for name, value in values.items():
        click.echo(f"export {name}={value}")


@main.command()
@_host
@_port
def healthcheck(host: str, port: int) -> None:
    """Exit 0 when a playhead at this address answers, else 1: for containers."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(_reachable(host), port, timeout=3)
    try:
        connection.request("GET", "/__playhead/health")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        _fail(f"unhealthy: {error}", FINDINGS)
    finally:
        connection.close()
    if status != 200:
        _fail(f"unhealthy: status {status}", FINDINGS)
    click.echo("healthy")


def _existing(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The paths to serve; a usage error where one is not there."""
    for path in paths or (DEFAULT_FOLDER,):
        if not path.exists() and not path.is_symlink():
            hint = "" if paths else "; name the folder that holds your cassettes"
            raise click.UsageError(f"there is no file or folder {_printable(str(path))!r}{hint}")
    return paths or (DEFAULT_FOLDER,)


def _library(paths: tuple[Path, ...]) -> "Library":
    from playhead import folder
    from playhead.library import Library

    return Library(folder.load(_existing(paths)))


def _settings(replay: dict[str, Any]) -> "Settings":
    from playhead.settings import Repeat, Settings, Timing

    timing, repeat = Timing(replay.pop("timing")), Repeat(replay.pop("repeat"))
    return Settings(timing=timing, repeat=repeat, **replay)


def _print(lines: Iterable[str]) -> None:
    click.echo("\n".join(map(_printable, lines)))
    sys.stdout.flush()


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2))


def _origin(host: str, port: int) -> str:
    reachable = _reachable(host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _reachable(host: str) -> str:
    """The address to call for a server that listens on `host`: `0.0.0.0` is not one."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _printable(text: str) -> str:
    """`text` without what could drive a terminal: recorded prompts are strangers' text."""
    return _DRIVES_A_TERMINAL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _width() -> int:
    return shutil.get_terminal_size((100, 24)).columns


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"playhead: {message}", err=True)
    sys.exit(code)
