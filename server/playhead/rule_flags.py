"""The flags that say what may differ: the rules of a `playhead.yaml`, for every cassette of a run.

A command that takes them gets one `Rules` as its argument `rules`.
"""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import click

if TYPE_CHECKING:
    from playhead.pointer import Pointer
    from playhead.rules import Rules

Option: TypeAlias = Callable[..., Callable[[Any], Any]]

FALLBACKS = ("defaults", "tools", "conversation")
"""The names in `rules.FALLBACKS`, which a command that takes no rules need not import."""


class _PointerParam(click.ParamType["Pointer"]):
    """A JSON Pointer with wildcards."""

    name = "pointer"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> "Pointer":
        """Return the pointer."""
        from playhead.pointer import pointer

        try:
            return pointer(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def rule_options(option: Option) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the flags, each made by `option`, to a command."""
    flags = (
        option(
            "--ignore", multiple=True, type=_PointerParam(), metavar="POINTER",
            help="What need not be the same, such as /messages/*/name; several times for more.",
        ),
        option(
            "--replace", multiple=True, nargs=2, metavar="PATTERN TEXT",
            help="An RE2 pattern, and the text that stands for it in every string.",
        ),
        option(
            "--redact", multiple=True, metavar="PATTERN",
            help="An RE2 pattern for which the recordings hold [REDACTED].",
        ),
        option(
            "--ids", type=click.Choice(["exact", "renamed"]), default="exact",
            help="renamed: identifiers may differ, if one-to-one over the whole body.",
        ),
        option(
            "--fallback", "fallbacks", multiple=True, metavar="NAME",
            type=click.Choice(FALLBACKS),
            help="What is tried after exact: defaults, tools, conversation.",
        ),
    )  # fmt: skip

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def with_rules(**given: Any) -> Any:
            told = {flag: given.pop(flag) for flag in _FLAGS}
            return command(rules=_rules(**told), **given)

        wrapped: Callable[..., Any] = with_rules
        for flag in reversed(flags):
            wrapped = flag(wrapped)
        return wrapped

    return decorate


_FLAGS = ("ignore", "replace", "redact", "ids", "fallbacks")


def _rules(
    *,
    ignore: tuple["Pointer", ...],
    replace: tuple[tuple[str, str], ...],
    redact: tuple[str, ...],
    ids: str,
    fallbacks: tuple[str, ...],
) -> "Rules":
    from playhead import rules

    # What is to be redacted comes first: it must be whole to be known.
    wanted = [*((pattern, rules.REDACTED) for pattern in redact), *replace]
    try:
        replacements = tuple(rules.Replacement(pattern, text) for pattern, text in wanted)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except ImportError:
        reason = "--replace and --redact need the package google-re2: pip install google-re2"
        raise click.UsageError(reason) from None
    return rules.Rules(
        ignore=ignore,
        replace=replacements,
        ids_renamed=ids == "renamed",
        fallbacks=tuple(tier for tier in rules.FALLBACKS if tier.value in fallbacks),
    )
