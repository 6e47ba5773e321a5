"""What the commands print: lines without what could drive a terminal, or JSON."""

import json
import re
import shutil
import sys
from collections.abc import Iterable
from typing import NoReturn

import click

# Control characters, marks that turn the direction of text, and halves of characters.
_DRIVES_A_TERMINAL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def say(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines, at once; to standard error where that is asked for."""
    for line in lines:
        click.echo(printable(line), err=err)
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, indent=2))


def printable(text: str) -> str:
    """Return `text` without what could drive a terminal: recorded prompts are strangers' text."""
    return _DRIVES_A_TERMINAL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def width() -> int:
    """Return how many columns a line has."""
    return shutil.get_terminal_size((100, 24)).columns


def fail(message: str, code: int) -> NoReturn:
    """End the command: `message` on standard error, and the exit code."""
    click.echo(f"playhead: {message}", err=True)
    sys.exit(code)
