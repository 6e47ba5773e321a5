"""The flags that say what a run has to prove, and where the proof is written.

A command that takes them gets `requirements` and, as `reports`, the files to write.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from playhead import flags

_ENDINGS = (".json", ".xml")


class _Report(click.ParamType[Path]):
    """A file to write a report to; the ending says in which form."""

    name = "file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Return the path."""
        path = Path(str(value))
        if path.suffix.lower() not in _ENDINGS:
            self.fail(f"{str(path)!r} ends neither in .json nor in .xml", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"there is no folder {str(path.parent)!r}", param, ctx)
        if path.is_dir():
            self.fail(f"{str(path)!r} is a folder", param, ctx)
        return path


_FLAGS = (
    flags.option("--fail-on-miss", is_flag=True, help="Exit 1 when a request was refused."),
    flags.option("--all-used", is_flag=True, help="Exit 1 when an interaction answered nothing."),
    flags.option(
        "--require-served", type=click.IntRange(min=0), default=0, metavar="N",
        help="Exit 1 when fewer than N requests were answered.",
    ),
    flags.option(
        "--report", "reports", multiple=True, type=_Report(), metavar="FILE",
        help="Write at the end what was proved: .json, or .xml for JUnit; several for both.",
    ),
)  # fmt: skip


def proof_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return `command` with the flags."""

    @functools.wraps(command)
    def with_requirements(
        fail_on_miss: bool,  # noqa: FBT001 - click's way
        all_used: bool,  # noqa: FBT001
        require_served: int,
        **given: Any,
    ) -> Any:
        from playhead.proof import Requirements

        required = Requirements(fail_on_miss=fail_on_miss, all_used=all_used, served=require_served)
        return command(requirements=required, **given)

    wrapped: Callable[..., Any] = with_requirements
    for flag in reversed(_FLAGS):
        wrapped = flag(wrapped)
    return wrapped
