"""The configuration file of a folder, `playhead.yaml`: bytes in, a configuration out.

It is strict where a cassette is forgiving: a rule that is misspelt would match, or not match,
without a word.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playhead.configuration import NOTHING, Configuration
from playhead.errors import CassetteError
from playhead.formats import overlays, yaml_tree
from playhead.formats.document import Document, Path
from playhead.pointer import Pointer, pointer
from playhead.retry_after import RetryAfter
from playhead.rules import FALLBACKS, REDACTED, Replacement, Rules, Tier
from playhead.stated import Stated


def read(
    raw: bytes, *, file: str, above: Configuration = NOTHING, folder: str = ""
) -> Configuration:
    """Return the configuration in `raw`, with what it has from `above`.

    Lists are added to those from above, anything else replaces it. `folder` is where the file
    stands, named as cassettes are. Raise CassetteError with the line and the field where it says
    what cannot be.
    """
    document = Document(raw=raw, tree=yaml_tree.load(raw), file=file)
    tree = document.tree
    if not tree:
        return above
    if not isinstance(tree, dict):
        raise CassetteError("is no mapping of names to values", line=1)
    configuration = above
    for name, value in tree.items():
        reader = _READERS.get(name)
        if reader is None:
            raise document.error((name,), f"is not known; known are {', '.join(_READERS)}")
        configuration = reader(configuration, _Given(document, value, (name,), folder))
    return configuration


class _Given:
    """A value in the file, and where it stands."""

    def __init__(self, document: Document, value: Any, path: Path, folder: str) -> None:
        self.document = document
        self.folder = folder
        self._path = path
        self.value = value

    def error(self, reason: str) -> CassetteError:
        return self.document.error(self._path, reason)

    def stated(self, rule: Pointer | Replacement | Tier | None = None) -> Stated:
        """That `rule` stands here."""
        place = f"{self.document.file}:{self.document.lines(self._path)}"
        return Stated(name=str(self._path[0]), rule=rule, place=place)

    def each(self) -> list["_Given"]:
        """The elements of a list; one value alone is a list of it."""
        if self.value in (None, ""):  # a name with nothing after it
            return []
        if not isinstance(self.value, list):
            return [self]
        return [self._within(at, value) for at, value in enumerate(self.value)]

    def _within(self, step: str | int, value: Any) -> "_Given":
        return _Given(self.document, value, (*self._path, step), self.folder)

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.error("is no text")
        return self.value

    def fields(self, *names: str) -> dict[str, "_Given"]:
        """The members of a mapping that has these names and no others."""
        if not isinstance(self.value, dict) or set(self.value) - set(names):
            raise self.error(f"is no mapping with {' and '.join(names)} only")
        return {name: self._within(name, value) for name, value in self.value.items()}


def _ignore(above: Configuration, given: _Given) -> Configuration:
    found = tuple(each.stated(_pointer(each)) for each in given.each())
    return _adding(above, found, "ignore")


def _pointer(given: _Given) -> Pointer:
    try:
        return pointer(given.text())
    except ValueError as error:
        raise given.error(str(error)) from None


def _replace(above: Configuration, given: _Given) -> Configuration:
    found = tuple(each.stated(_replacement(each, default=None)) for each in given.each())
    return _adding(above, found, "replace")


def _redact(above: Configuration, given: _Given) -> Configuration:
    found = tuple(each.stated(_replacement(each, default=REDACTED)) for each in given.each())
    return _adding(above, found, "replace")


def _replacement(given: _Given, *, default: str | None) -> Replacement:
    if default is not None and isinstance(given.value, str):
        pattern, text = given.value, default
    else:
        fields = given.fields("pattern", "with")
        if "pattern" not in fields or ("with" not in fields and default is None):
            raise given.error("needs a pattern, and the text it is replaced with")
        pattern = fields["pattern"].text()
        text = fields["with"].text() if "with" in fields else str(default)
    try:
        return Replacement(pattern, text)
    except ValueError as error:
        raise given.error(str(error)) from None
    except ImportError:
        reason = "needs the package google-re2: pip install google-re2"
        raise given.error(reason) from None


def _ids(above: Configuration, given: _Given) -> Configuration:
    if given.text() not in ("exact", "renamed"):
        raise given.error("is neither exact nor renamed")
    renamed = given.value == "renamed"
    above = _without(above, "ids", (given.stated(),) if renamed else ())
    return _with(above, ids_renamed=renamed)


def _fallbacks(above: Configuration, given: _Given) -> Configuration:
    named = {_tier(each): each for each in given.each()}
    found = tuple(tier for tier in FALLBACKS if tier in named)
    above = _without(above, "fallbacks", tuple(named[tier].stated(tier) for tier in found))
    return _with(above, fallbacks=found)


def _tier(given: _Given) -> Tier:
    known = {tier.value: tier for tier in FALLBACKS}
    if given.text() not in known:
        raise given.error(f"is no fallback; there are {', '.join(known)}")
    return known[given.text()]


def _adding(above: Configuration, found: tuple[Stated, ...], field: str) -> Configuration:
    """`above`, with the rules found in a list of the file behind those it has in `field`."""
    rules = getattr(above.rules, field) + tuple(each.rule for each in found)
    return _with(replace(above, stated=above.stated + found), **{field: rules})


def _without(above: Configuration, name: str, found: tuple[Stated, ...]) -> Configuration:
    """`above`, with what is `found` stated in the place of all that it states under `name`."""
    kept = tuple(each for each in above.stated if each.name != name)
    return replace(above, stated=kept + found)


def _overlays(above: Configuration, given: _Given) -> Configuration:
    found = overlays.read(given.document, given.folder)
    return replace(above, overlays=above.overlays + found)


def _retry_after(above: Configuration, given: _Given) -> Configuration:
    try:
        return replace(above, retry_after=RetryAfter(given.value))
    except ValueError:
        modes = " nor ".join(mode.value for mode in RetryAfter)
        raise given.error(f"{given.value!r} is neither {modes}") from None


def _bridge(above: Configuration, given: _Given) -> Configuration:
    if given.value not in ("true", "false"):
        raise given.error(f"{given.value!r} is neither true nor false")
    return replace(above, bridge=given.value == "true")


def _with(configuration: Configuration, **rules: Any) -> Configuration:
    changed: Rules = replace(configuration.rules, **rules)
    return replace(configuration, rules=changed)


_READERS: dict[str, Callable[[Configuration, _Given], Configuration]] = {
    "ignore": _ignore,
    "replace": _replace,
    "redact": _redact,
    "ids": _ids,
    "fallbacks": _fallbacks,
    "overlays": _overlays,
    "retry_after": _retry_after,
    "bridge": _bridge,
}
