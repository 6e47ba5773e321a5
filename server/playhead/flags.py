"""The flags that several commands share, and the types of their values."""

import os
import re
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any

import click


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


class Workers(click.IntRange):
    """How many processes serve: more than one only where a process can be forked."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return the number."""
        number: int = super().convert(value, param, ctx)  # type: ignore[arg-type] # any value
        if number > 1 and not hasattr(os, "fork"):
            self.fail("this system cannot fork processes: 1 is all it can have", param, ctx)
        return number


class PortOption(click.Option):
    """A port. What Kubernetes puts into its variable for a Service of that name is taken for none.

    That is `PLAYHEAD_PORT=tcp://10.0.0.1:8080` in every pod beside a Service called playhead.
    """

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return the value of the variable, None where it is not set."""
        value = super().resolve_envvar_value(ctx)
        return None if value and value.startswith("tcp://") else value


class Folder(click.Path):
    """A folder to write into, which may not be there yet; never the empty name."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if not value:
            self.fail("the name is empty; `.` is the folder where you are", param, ctx)
        path = Path(str(super().convert(value, param, ctx)))
        if path.exists() and not path.is_dir():
            self.fail(f"{str(path)!r} is not a folder", param, ctx)
        return path


def option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """A flag with its variable: `--event-gap` is `PLAYHEAD_EVENT_GAP`."""
    long = next(name for name in names if name.startswith("--"))
    variable = "PLAYHEAD_" + long.lstrip("-").replace("-", "_").upper()
    return click.option(*names, envvar=variable, show_default=True, show_envvar=True, **settings)


paths = click.argument(
    "paths",
    nargs=-1,
    type=click.Path(path_type=Path),
    envvar="PLAYHEAD_CASSETTES",
)
as_json = option("--json", "as_json", is_flag=True, help="Print JSON.")
host = option("--host", default="127.0.0.1", help="The address to listen on.")
port = option(
    "--port",
    cls=PortOption,
    default=8080,
    type=click.IntRange(0, 65535),
    help="0: any free one, printed.",
)
workers = option(
    "--workers",
    type=Workers(1),
    default=1,
    help="Processes that serve; several share their cursors through --state.",
)
state = option(
    "--state",
    metavar="memory|sqlite[:PATH]|redis://HOST",
    help="Where cursors and journals are; sqlite where there are several workers, else memory.",
)
out = option(
    "--out",
    type=Folder(),
    required=True,
    metavar="FOLDER",
    help="The folder to write into; it is made where it is not there.",
)
port_in_use = option(
    "--port",
    cls=PortOption,
    default=8080,
    type=click.IntRange(1, 65535),
    help="The port it listens on.",
)
