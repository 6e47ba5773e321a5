"""What the PATHS of a command name: the library that it works on, or a usage error."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playhead import terminal
from playhead.printable import printable

if TYPE_CHECKING:
    from playhead.library import Library
    from playhead.rules import Rules

DEFAULT_FOLDER = Path("cassettes")


def existing(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the paths to serve; raise UsageError where one is not there."""
    for path in paths or (DEFAULT_FOLDER,):
        if not path.exists() and not path.is_symlink():
            hint = "" if paths else "; name the folder that holds your cassettes"
            missing = printable(str(path))
            raise click.UsageError(f"there is no file or folder {missing!r}{hint}")
    return paths or (DEFAULT_FOLDER,)


def shown(
    paths: tuple[Path, ...], rules: "Rules | None" = None, *, bridge: bool = False
) -> "Library":
    """Return what is to be shown; what cannot be is named on standard error."""
    from playhead import report

    found = library(paths, rules, bridge=bridge)
    terminal.warn(report.not_shown(found.shelf, [str(path) for path in existing(paths)]))
    return found


def library(
    paths: tuple[Path, ...], rules: "Rules | None" = None, *, bridge: bool = False
) -> "Library":
    """Return the cassettes below `paths`, with `rules` on top of what their folders say."""
    from playhead import folder
    from playhead.configuration import NOTHING
    from playhead.library import Library
    from playhead.stated import by_flags

    flags = replace(NOTHING, bridge=bridge)
    if rules:
        flags = replace(flags, rules=rules, stated=by_flags(rules))
    return Library(folder.load(existing(paths), flags))
