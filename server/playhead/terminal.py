"""What the commands print, lines without what could drive a terminal or JSON, and how they end.

Standard output carries what was asked for, standard error what went wrong.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from typing import IO, Any, NoReturn

import click

from playhead.printable import printable

FINDINGS = 1
"""The exit code of a command that worked, and found what it was to look for."""
USAGE = 2
"""The exit code of a command that was called wrongly; click has the same."""
COULD_NOT_START = 3
"""The exit code where a port, a broken cassette or standard output stops the command."""

_STDERR = 2


class NoOutput(click.ClickException):
    """Standard output is closed, or full: the command ends with a line and this exit code."""

    exit_code = COULD_NOT_START

    def __init__(self, why: str) -> None:
        super().__init__(f"cannot write to standard output: {why}")

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - click's way
        """Say it on standard error."""
        warn([f"playhead: {self.message}"])


def say(lines: Iterable[str]) -> None:
    """Print lines, at once; raise NoOutput where standard output takes nothing."""
    _write(map(printable, lines))


def say_json(value: object) -> None:
    """Print a value as JSON; raise NoOutput where standard output takes nothing."""
    _write([json.dumps(value, indent=2)])


def announce(lines: Iterable[str]) -> None:
    """Print lines; where standard output takes nothing, say so and go on."""
    try:
        say(lines)
    except NoOutput as problem:
        problem.show()
    except BrokenPipeError:
        _give_up(sys.stdout)


def warn(lines: Iterable[str]) -> None:
    """Print lines to standard error; there is no place to say that it takes nothing."""
    try:
        for line in lines:
            click.echo(printable(line), err=True)
    except OSError:
        _give_up(sys.stderr)


def hold_standard_streams() -> None:
    """Open what is closed of 0, 1 and 2 to nowhere.

    Else the next file or socket gets that number, and the log is written into it. Python has seen
    by now which were closed, and says so with None.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(number)


def _write(texts: Iterable[str]) -> None:
    if sys.stdout is None:
        raise NoOutput("it is closed")
    try:
        for text in texts:
            click.echo(text)
        sys.stdout.flush()
    except BrokenPipeError:  # a reader that has had enough, such as `head`: click ends quietly
        raise
    except OSError as error:
        _give_up(sys.stdout)
        raise NoOutput(os.strerror(error.errno or 0)) from None


def width() -> int | None:
    """Return how many columns a line has; None where no terminal limits it."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size((100, 24)).columns


def fail(message: str, code: int) -> NoReturn:
    """End the command: `message` on standard error, and the exit code."""
    warn([f"playhead: {message}"])
    sys.exit(code)


def _give_up(stream: IO[str]) -> None:
    """What is left in the buffer would be tried when Python ends, and change its exit code."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
