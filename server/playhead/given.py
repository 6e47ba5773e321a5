"""What the arguments of a command name: a library, a state; or a usage error."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playhead import terminal
from playhead.printable import printable

if TYPE_CHECKING:
    from playhead.library import Library
    from playhead.rules import Rules
    from playhead.state import State

DEFAULTS = (Path("cassettes"), Path("tests/cassettes"))
"""What is served where nothing is named: the first of these that is there."""
_MEMORY = "memory"


def named(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the paths to serve, be they there or not."""
    if paths:
        return paths
    return next(((path,) for path in DEFAULTS if path.exists()), DEFAULTS[:1])


def existing(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the paths to serve; raise UsageError where one is not there."""
    for path in named(paths):
        if not path.exists() and not path.is_symlink():
            missing = repr(printable(str(path)))
            if not paths:
                missing = f"{' or '.join(map(repr, map(str, DEFAULTS)))}; name your cassettes"
            raise click.UsageError(f"there is no file or folder {missing}")
    return named(paths)


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


def state(url: str | None, workers: int) -> "State":
    """Return the state that `--state` names, or what so many workers have without it."""
    from playhead.state import Memory, Shared

    if url is None:
        url = _MEMORY if workers == 1 else "sqlite"
    if url == _MEMORY:
        if workers == 1:
            return Memory()
        raise click.UsageError("--state memory is of one process: --workers needs sqlite or Redis")
    from playhead.stores import store_at

    try:
        return Shared(store_at(url))
    except ValueError as reason:
        raise click.UsageError(f"--state: {printable(str(reason))}") from None
