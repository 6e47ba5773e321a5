"""The `playhead` command: flags and variables in, exit codes out.

Exit codes: 0 fine; 1 findings; 2 usage; 3 could not start. Standard output carries what was asked
for, standard error what went wrong. What is heavy is imported by the command that needs it.
"""

import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from playhead import __version__, flags, given, terminal
from playhead.printable import printable
from playhead.rule_flags import rule_options

if TYPE_CHECKING:
    from playhead.configured import Configured
    from playhead.library import Library
    from playhead.rules import Rules
    from playhead.settings import Settings

FINDINGS = 1
USAGE = 2
COULD_NOT_START = 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="playhead")
def main() -> None:
    """Replay recorded LLM traffic over HTTP: the recorded bytes, only for the recorded request."""
    terminal.hold_standard_streams()


@main.command()
@flags.paths
@flags.host
@flags.port
@flags.option(
    "--timing", type=click.Choice(["off", "recorded"]), default="off",
    help="recorded: wait the recorded time to the headers, then keep stored event times.",
)  # fmt: skip
@flags.option(
    "--speed", type=flags.Factor(min=0, min_open=True), default=1.0,
    help="Divide every wait by this.",
)  # fmt: skip
@flags.option("--event-gap", type=flags.Seconds("ms"), help="Time between events, such as 20ms.")
@flags.option(
    "--repeat",
    type=click.Choice(["last", "cycle", "never"]),
    default="last",
    help="What answers a request that comes more often than it was recorded.",
)
@flags.option(
    "--retry-after",
    type=click.Choice(["as-recorded", "zero"]),
    default="as-recorded",
    help="zero: tell clients to try again at once, and not after the recorded time.",
)
@flags.option(
    "--drain", type=flags.Seconds("s"), default="5s",
    help="How long streams keep their pace after SIGTERM, before the rest is sent at once.",
)  # fmt: skip
@flags.option("--strict", is_flag=True, help="Refuse to start when a cassette is broken.")
@flags.option(
    "--cors-origin", metavar="ORIGIN", help="Let pages of this origin call the replay paths."
)
@flags.option(
    "--allowed-host", "allowed_hosts", multiple=True, metavar="NAME",
    help="A further Host name for the control API; may be given several times.",
)  # fmt: skip
@flags.option("--bridge", is_flag=True, help="Let streams answer plain requests, and the reverse.")
@rule_options(flags.option)
def serve(paths: tuple[Path, ...], host: str, port: int, strict: bool, **replay: Any) -> None:  # noqa: FBT001
    """Serve the cassettes in PATHS until SIGTERM or Ctrl-C.

    PATHS are folders or files; without any, PLAYHEAD_CASSETTES (several joined by the path
    separator), else cassettes/.
    """
    from playhead import log, report
    from playhead import serve as server
    from playhead.app import create_app
    from playhead.environment import origin

    found = given.existing(paths)
    try:
        bound = server.bind(host, port)
    except OSError as error:
        terminal.fail(f"cannot listen on {host}:{port}: {error.strerror}", COULD_NOT_START)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # PID 1 would ignore it during the load
    app = create_app(*found, settings=_settings(replay))
    shelf = app.library.shelf
    if strict and shelf.broken:
        terminal.warn(f"broken: {skip}" for skip in shelf.broken)
        terminal.fail(f"{report.broken(shelf)}, and --strict is on", COULD_NOT_START)
    at = origin(host, bound.getsockname()[1])
    banner = report.banner(at, app.library, [str(path) for path in found])
    with log.to_stderr() as say:
        server.run(app, bound, on_ready=lambda: terminal.announce(banner))
        journal = app.player.journal
        for line in report.ending(journal.served, journal.missed, journal.loosely):
            say(printable(line))


@main.command()
@flags.paths
@flags.as_json
@flags.option(
    "--strict", is_flag=True, help="Exit 1 for requests with several different answers, too."
)
@flags.option(
    "--against", metavar="OLD-RULES",
    help="Say only what other rules change: a playhead.yaml, a folder with some, or none.",
)  # fmt: skip
@rule_options(flags.option)
def check(
    paths: tuple[Path, ...],
    as_json: bool,  # noqa: FBT001 - click's way
    strict: bool,  # noqa: FBT001
    against: str | None,
    rules: "Rules",
) -> None:
    """Load the cassettes in PATHS and say what is broken, secret or ambiguous.

    Exits 1 when a cassette is broken or seems to hold a credential; with --against, when a
    recorded request is answered otherwise.
    """
    library = given.library(paths, rules)
    found = bool(library.shelf.broken)
    if against is not None:
        found |= _check_against(library, against, as_json=as_json)
    else:
        from playhead import verdict
        from playhead.lint import lint

        findings = lint(library)
        found |= bool(findings.secrets or (strict and findings.unsure))
        if as_json:
            terminal.say_json(verdict.as_json(library.shelf, findings))
        else:
            terminal.say(verdict.lines(library.shelf, findings))
    if found:
        sys.exit(FINDINGS)


@main.command("list")
@flags.paths
@flags.as_json
def list_(paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001
    """List the interactions in PATHS."""
    from playhead import listing

    rows = listing.rows(given.shown(paths))
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

    NAME is a cassette, a folder of cassettes or an interaction as `playhead list` prints it, or
    the path of a file; PATHS are the folders it is looked for in.
    """
    from playhead import listing

    file, number = listing.file_named(name)
    library = given.shown((file,) if file else paths)
    found = listing.numbered(library, number) if file else listing.named(library, name)
    if not found:
        terminal.fail(listing.nothing_named(library, name), USAGE)
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
@flags.out
@flags.option("--force", is_flag=True, help="Replace files that are there.")
@flags.as_json
def convert(paths: tuple[Path, ...], to: str, out: Path, force: bool, as_json: bool) -> None:  # noqa: FBT001
    """Write the cassettes in PATHS again, in another format; say what it cannot hold.

    Exits 1 when a cassette is broken, or a file was not written.
    """
    from playhead import convert as converter
    from playhead import report

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that no temporary file stays
    sources = given.existing(paths)
    if converter.is_one_of(out, sources):
        raise click.UsageError(f"--out {str(out)!r} is a folder that is read; name another")
    outcome = converter.convert(sources, to, out, force=force)
    if as_json:
        terminal.say_json(asdict(outcome))
    else:
        terminal.warn(f"failed: {skip}" for skip in outcome.failed)
        terminal.say(report.conversion(outcome))
    if outcome.failed:
        sys.exit(FINDINGS)


@main.command()
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
        sys.exit(FINDINGS)


@main.command()
@flags.host
@flags.port_in_use
@flags.as_json
def env(host: str, port: int, as_json: bool) -> None:  # noqa: FBT001
    """Print the variables that point every SDK at playhead: eval "$(playhead env)"."""
    from playhead.environment import origin, variables

    values = variables(origin(host, port))
    if as_json:
        terminal.say_json(values)
        return
    terminal.say(f"export {name}={value}" for name, value in values.items())


@main.command()
@flags.host
@flags.port_in_use
def healthcheck(host: str, port: int) -> None:
    """Exit 0 when a playhead at this address answers, else 1: for containers."""
    from playhead import health

    if reason := health.problem(host, port):
        terminal.fail(f"unhealthy: {reason}", FINDINGS)
    terminal.say(["healthy"])


def _check_against(library: "Library", old_rules: str, *, as_json: bool) -> bool:
    """Print what changed since the rules in a file or folder; whether anything did."""
    from playhead import against, changed
    from playhead.library import Library

    shelf = library.shelf
    found = against.changes(Library(against.under(shelf, _old(old_rules))), library)
    if as_json:
        terminal.say_json(changed.as_json(shelf, found))
    else:
        terminal.say(changed.lines(shelf, found))
    return bool(found)


def _old(rules: str) -> "Configured | None":
    """The rules of a file or folder, None for those of `none`; a usage error for what is none."""
    from playhead import folder
    from playhead.errors import CassetteError

    if rules == "none":
        return None
    try:
        return folder.configurations(Path(rules))
    except CassetteError as error:
        raise click.UsageError(f"--against: {printable(str(error))}") from None


def _settings(replay: dict[str, Any]) -> "Settings":
    from playhead.retry_after import RetryAfter
    from playhead.settings import Repeat, Settings, Timing

    timing, repeat = Timing(replay.pop("timing")), Repeat(replay.pop("repeat"))
    retry_after = RetryAfter(replay.pop("retry_after"))
    return Settings(timing=timing, repeat=repeat, retry_after=retry_after, **replay)
