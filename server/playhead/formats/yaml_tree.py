"""Bytes of YAML to plain values, in one guarded walk over libyaml's events.

Rules of this file; read them before "fixing" it:

- Nothing is built before it is known to be harmless. libyaml's Python loader dies of 100,000
  nested brackets (a crash, not an exception) and hangs on ten lines of aliases or merge keys, so
  depth is capped, and aliases and merge keys are errors.
- A key that stands twice is an error: every YAML loader keeps the last silently, and a second
  `interactions:` would replace the first.
- Scalars stay text. `on`, `012` and `2024-13-45` are what a person typed, not values to guess
  at. Only `!!binary` is decoded, and a body or headers that are a plain `null` are none: so
  vcrpy writes them. Below `parsed_body`, where vcrpy users keep a JSON value, plain numbers,
  truth values and nulls are what JSON calls them.
- A tag nobody knows is never constructed: its node is taken for what it holds. That covers
  Ruby's tagged mappings, and Python's header names such as
  `? !!python/object/apply:multidict._multidict.istr [Accept]`, a list of one text. Files in
  memory alone are known: they are their content.

Building the values during the walk takes 0.6 of the time that CSafeLoader needs alone.
"""

import binascii
from typing import Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from playhead.errors import CassetteError

# PyYAML's wheels carry libyaml; without it the same events come 10 to 36 times slower.
_Parser: Any = getattr(yaml.cyaml if yaml.__with_libyaml__ else yaml, "CParser", yaml.SafeLoader)

Tree: TypeAlias = "str | bytes | int | float | bool | list[Tree] | dict[str, Tree] | None"

MAX_DEPTH = 64
"""Real cassettes are 6 deep; vcrpy's inline bodies reach 20."""

_BINARY = ("tag:yaml.org,2002:binary", "!binary")


class UnusualYaml(CassetteError):
    """Valid YAML with a feature no recorder writes: aliases, merge keys, several documents."""


def load(raw: bytes, *, typed: bool = False) -> Tree:
    """Return the one document in `raw`; raise CassetteError with the line.

    Scalars are text, or where `typed` what JSON would call them.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CassetteError("is UTF-16, not UTF-8", line=1)
    try:
        return _Walk(raw, typed=typed).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise CassetteError(f"is not valid YAML: {error.problem}", line=line) from None
    except UnicodeDecodeError:  # libyaml does not look into what `!%ED%A0%80` spells
        raise CassetteError("is not valid YAML: a tag is not UTF-8 text") from None
    except yaml.reader.ReaderError as error:
        line = raw.count(b"\n", 0, error.position) + 1
        raise CassetteError(f"is not UTF-8 text: {error.reason}", line=line) from None


class _Walk:
    """One pass over the events of one document."""

    def __init__(self, raw: bytes, *, typed: bool) -> None:
        self._next = _Parser(raw).get_event
        self._typed = typed

    def document(self) -> Tree:
        self._next()  # the start of the stream
        if not isinstance(self._next(), DocumentStartEvent):
            return ""
        tree = self._node(self._next(), 0)
        if not isinstance(self._next(), DocumentEndEvent):  # pragma: no cover - libyaml's grammar
            raise CassetteError("is not one YAML document")
        if isinstance(event := self._next(), DocumentStartEvent):
            raise UnusualYaml("holds several YAML documents", line=_line(event))
        return tree

    def _node(self, event: Any, depth: int) -> Tree:
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            raise UnusualYaml(f"uses the YAML alias *{event.anchor}", line=_line(event))
        if depth == MAX_DEPTH:
            raise CassetteError(f"is nested more than {MAX_DEPTH} deep", line=_line(event))
        if kind is MappingStartEvent:
            mapping = self._mapping(depth + 1)
            return _content(mapping) if event.tag in _FILES else mapping
        return self._sequence(depth + 1)

    def _mapping(self, depth: int) -> dict[str, Tree]:
        mapping: dict[str, Tree] = {}
        while type(event := self._next()) is not MappingEndEvent:
            key = event.value if type(event) is ScalarEvent else self._key(event, depth)
            if key == "<<" and not event.style:
                raise UnusualYaml("uses a YAML merge key", line=_line(event))
            if key in mapping:
                raise UnusualYaml(f"has the key {key!r} twice", line=_line(event))
            value = self._next()
            if key == "parsed_body":
                mapping[key] = self._json_value(value, depth)
            elif type(value) is ScalarEvent and value.tag is None and not self._typed:
                short = len(value.value) <= _LONGEST_NULL
                mapping[key] = None if short and _is_null(value) else value.value
            else:
                mapping[key] = self._node(value, depth)
        return mapping

    def _key(self, event: Any, depth: int) -> str:
        """The text of a key that is no scalar: Python's tagged list of one text."""
        tag = getattr(event, "tag", None) or ""
        if tag.startswith("tag:yaml.org,2002:python/"):
            key = self._node(event, depth)
            if isinstance(key, list) and len(key) == 1 and isinstance(key[0], str):
                return key[0]
        raise UnusualYaml("has a mapping key that is not text", line=_line(event))

    def _json_value(self, event: Any, depth: int) -> Tree:
        outside, self._typed = self._typed, True
        value = self._node(event, depth)
        self._typed = outside
        return value

    def _scalar(self, event: Any) -> Tree:
        if event.tag in _BINARY:
            return _binary(event)
        return _json_scalar(event.value) if self._typed and event.implicit[0] else event.value

    def _sequence(self, depth: int) -> list[Tree]:
        sequence = []
        while type(event := self._next()) is not SequenceEndEvent:
            sequence.append(self._node(event, depth))
        return sequence


_FILES = tuple(f"tag:yaml.org,2002:python/object/new:_io.{name}IO" for name in ("Bytes", "String"))


def _content(mapping: dict[str, Tree]) -> Tree:
    """What an open file in memory holds: vcrpy stores the body that a client streamed as one."""
    state = mapping.get("state")
    held = state[:1] if isinstance(state, list) else []
    return held[0] if held and isinstance(held[0], str | bytes) else mapping


_NULLS = ("null", "~", "Null", "NULL")
_LONGEST_NULL = 4


def _is_null(event: Any) -> bool:
    """Whether a scalar is a plain null: the same as a field that is not there."""
    return event.value in _NULLS and event.implicit[0]


def _binary(event: Any) -> bytes:
    try:
        return binascii.a2b_base64("".join(event.value.split()), strict_mode=True)
    except ValueError as error:
        raise CassetteError(f"has a broken !!binary value: {error}", line=_line(event)) from None


_RESOLVER = yaml.resolver.Resolver()
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_JSON_SCALARS = {
    "tag:yaml.org,2002:null": _CONSTRUCTOR.construct_yaml_null,
    "tag:yaml.org,2002:bool": _CONSTRUCTOR.construct_yaml_bool,
    "tag:yaml.org,2002:int": _CONSTRUCTOR.construct_yaml_int,
    "tag:yaml.org,2002:float": _CONSTRUCTOR.construct_yaml_float,
}


def _json_scalar(text: str) -> Tree:
    """The value of a plain scalar that PyYAML wrote; what JSON has no type for stays text."""
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    construct = _JSON_SCALARS.get(tag)
    try:
        return construct(yaml.ScalarNode(tag, text)) if construct else text
    except ValueError:  # `0x_`, or more digits than Python reads
        return text


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
