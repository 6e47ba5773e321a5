"""Rules that loosen matching in the open: what of a request body counts, tier by tier.

They are applied to the recorded and to the incoming side alike, so a rule can only make requests
the same; it never picks between them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from playhead.pointer import Pointer, without


class Tier(Enum):
    """How an answer was found, from strict to loose."""

    EXACT = "exact"
    """The body of the request is the recorded one."""
    RULES = "rules"
    """It is, apart from what `ignore`, `replace`, `redact` and `ids` let go."""
    DEFAULTS = "defaults"
    """It is, apart from fields that SDKs add by themselves as well."""
    TOOLS = "tools"
    """It is, apart from those and the description of the tools."""
    CONVERSATION = "conversation"
    """Model, stream and what was said are; the system prompt and all else may differ."""
    BRIDGED = "bridged"
    """It is, at any of these, apart from its wish for a stream; the answer is told accordingly."""


REDACTED = "[REDACTED]"
"""What stands for a redacted text where nothing else is named."""

# Halves of surrogate pairs: JSON can spell them, RE2 cannot read them, and they stay as they are.
_HALVES = re.compile("([\ud800-\udfff]+)")

FALLBACKS = (Tier.DEFAULTS, Tier.TOOLS, Tier.CONVERSATION)


@dataclass(frozen=True, slots=True)
class Replacement:
    """A pattern, and the text that stands for each of its matches in every string of a body.

    The pattern is RE2's, so it takes linear time: a backtracking engine could be hung by one
    prompt. Raises ValueError for what is no pattern, and ImportError where `google-re2`, of the
    extra `rules`, is not installed.
    """

    pattern: str
    text: str
    _compiled: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        import re2

        options = re2.Options()
        options.log_errors = False
        try:
            object.__setattr__(self, "_compiled", re2.compile(self.pattern, options))
        except re2.error as error:
            said = error.args[0].decode("utf-8", "replace")
            raise ValueError(f"{self.pattern!r} is no RE2 pattern: {said}") from None

    def applied(self, text: str) -> str:
        """Return `text` with every match replaced."""
        parts = _HALVES.split(text)
        parts[::2] = [self._compiled.sub(lambda _: self.text, part) for part in parts[::2]]
        return "".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may differ between a request and the recording that answers it; by default nothing."""

    ignore: tuple[Pointer, ...] = ()
    replace: tuple[Replacement, ...] = ()
    ids_renamed: bool = False
    fallbacks: tuple[Tier, ...] = ()

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers that these rules open beside the exact one, in the order they are tried."""
        has_own = self.ignore or self.replace or self.ids_renamed
        return ((Tier.RULES,) if has_own else ()) + self.fallbacks

    def and_also(self, more: "Rules") -> "Rules":
        """Return the rules that let go what these do and what `more` does."""
        return Rules(
            ignore=self.ignore + more.ignore,
            replace=self.replace + more.replace,
            ids_renamed=self.ids_renamed or more.ids_renamed,
            fallbacks=tuple(
                tier for tier in FALLBACKS if tier in self.fallbacks or tier in more.fallbacks
            ),
        )

    def projected(self, body: Any, operation: str, tier: Tier) -> Any:
        """Return what counts of a body's JSON value at `tier`; None where that does not apply."""
        return body if tier is Tier.EXACT else self._projected(self._base(body), operation, tier)

    def projections(self, body: Any, operation: str) -> Iterator[tuple[Tier, Any]]:
        """Yield what counts of a body's JSON value at each tier that these rules open.

        A tier that does not apply to it is left out. What the tiers share is done once.
        """
        base = self._base(body)
        for tier in self.tiers:
            value = self._projected(base, operation, tier)
            if value is not None:
                yield tier, value

    def _base(self, body: Any) -> Any:
        body = without(body, self.ignore)
        return self._replaced(body, {}) if self.replace else body

    def _projected(self, value: Any, operation: str, tier: Tier) -> Any:
        if tier is not Tier.RULES:
            from playhead import fallbacks

            value = fallbacks.projected(value, operation, tier.value)
        if self.ids_renamed and value is not None:
            from playhead import identifiers

            value = identifiers.numbered(value)
        return value

    def _replaced(self, value: Any, known: dict[str, str]) -> Any:
        """A value with the replacements made; `known` are texts that came before, most do again."""
        if isinstance(value, str):
            replaced = known.get(value)
            if replaced is None:
                replaced = known[value] = self._replaced_text(value)
            return replaced
        if isinstance(value, list):
            return [self._replaced(element, known) for element in value]
        if isinstance(value, dict):
            return {name: self._replaced(member, known) for name, member in value.items()}
        return value

    def _replaced_text(self, text: str) -> str:
        for replacement in self.replace:
            text = replacement.applied(text)
        return text


NO_RULES = Rules()
"""Exact matching and nothing else."""
