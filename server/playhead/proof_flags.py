"""The flags that say what a run has to prove, and where the proof is written.

A command that takes them gets `requirements` and, as `reports`, the files to write.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from playhead.rule_flags import Option

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


def proof_options(option: Option) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the flags, each made by `option`, to a command."""
    flags = (
        option("--fail-on-miss", is_flag=True, help="Exit 1 when a request was refused."),
        option("--all-used", is_flag=True, help="Exit 1 when an interaction answered nothing."),
        option(
            "--require-served", type=click.IntRange(min=0), default=0, metavar="N",
            help="Exit 1 when fewer than N requests were answered.",
        ),
        option(
            "--report", "reports", multiple=True, type=_Report(), metavar="FILE",
            help="Write what was proved at the end: .json, or .xml for JUnit; several for both.",
        ),
    )  # fmt: skip

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def with_requirements(
            fail_on_miss: bool,  # noqa: FBT001 - click's way
            all_used: bool,  # noqa: FBT001
            require_served: int,
            **given: Any,
        ) -> Any:
            from playhead.proof import Requirements

            required = Requirements(
                fail_on_miss=fail_on_miss, all_used=all_used, served=require_served
            )
            return command(requirements=required, **given)

        wrapped: Callable[..., Any] = with_requirements
        for flag in reversed(flags):
            wrapped = flag(wrapped)
        return wrapped

    return decorate
