"""Identifiers in a request body, told by where they stand, made comparable.

Two bodies whose identifiers differ by a one-to-one renaming become the same value: each
identifier is replaced by its number, counted in the order of first appearance, everywhere it
occurs. What is `call_a` in the recording may be `call_x` in the request everywhere or nowhere.

- An identifier is one by its place in a provider's protocol, never by its looks alone: what looks
  like one elsewhere may be an order's number, and another order is another request.
- What an application put into arguments, results or metadata is looked at for identifiers that
  stand in the protocol, and adds none.
- In texts an identifier counts as itself only where it cannot be a word: a call may be named `a`.
"""

import re
from enum import Enum
from typing import Any

NAMES = frozenset({
    "id", "call_id", "callId", "tool_call_id", "toolCallId", "tool_use_id", "toolUseId", "tool_id",
    "item_id", "message_id", "response_id", "approval_request_id", "container_id",
})  # fmt: skip
"""The members of what was said that hold an identifier in some provider's requests."""

SAID = frozenset({"messages", "input", "contents", "chat_history", "tool_results"})
"""Lists of what was said. Elsewhere an `id` may be a word: OpenRouter's plugin `web`."""

REFERENCES = frozenset({"previous_response_id", "conversation", "container"})
"""Members beside what was said that are an identifier, or an object that holds its `id`."""

THEIRS = frozenset({
    "input", "args", "arguments", "parameters", "response", "json", "output", "outputs", "result",
    "results", "value", "data", "env", "metadata", "schema", "json_schema", "input_schema",
    "inputSchema", "properties",
})  # fmt: skip
"""What an application wrote and not a protocol: an order's `id` there says which one is meant."""

_WORDS = frozenset({"name", "toolName", "tool_name", "role", "type", "model"})
"""Members that hold a name: some servers name a call after its function."""

_INVENTED = re.compile(r"call_(?=.*[0-9])[A-Za-z0-9-]{8,}")
"""Names that adapters for Gemini, whose calls had no identifiers, make up: `call_<uuid>`."""

_NO_WORD = re.compile(
    r"(?:call|toolu|srvtoolu|tooluse|msg|rs|fc|resp|conv|chatcmpl|gen)[_-][A-Za-z0-9_.:-]+"
    r"|(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_.:-]{2,}"
    r"|(?=.*[a-z][A-Z])[A-Za-z0-9_.:-]{6,}"
    r"|[0-9-]{8,}"
)
"""Identifiers that are no word of a prompt, and so are themselves wherever they stand in one."""
_TOKEN = re.compile(r"[A-Za-z0-9_.:-]+")
_INNER_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_STOPS = ".:-"
"""What may end a sentence after an identifier, though one may hold it: `functions.weather:0`."""


class _Place(Enum):
    """Where in a body a value stands."""

    BESIDE = "beside what was said"
    SAID = "in what was said"
    THEIRS = "in what an application wrote"


def numbered(body: Any) -> Any:
    """Return a JSON value with each identifier replaced by its number; never fails."""
    numbers: dict[str, int] = {}
    _collect(body, "", _Place.BESIDE, numbers)
    return _Renaming(numbers).renamed(body, "", _Place.BESIDE)


def _collect(value: Any, name: str, place: _Place, numbers: dict[str, int]) -> None:
    """Number the identifiers in `value`, in an order that does not hang on their spelling."""
    if isinstance(value, str):
        if _is_identifier(value, name, place):
            numbers.setdefault(value, len(numbers) + 1)
    elif isinstance(value, list):
        for element in value:
            _collect(element, "", place, numbers)
    elif isinstance(value, dict):
        for inner in sorted(value):
            below = _below(place, inner, value[inner])
            if below is not _Place.THEIRS:
                _collect(value[inner], inner, below, numbers)


def _below(place: _Place, name: str, member: Any) -> _Place:
    """The place of a member of a value that stands at `place`."""
    if place is _Place.BESIDE:
        if name in SAID and isinstance(member, list):
            return _Place.SAID
        if name in REFERENCES and isinstance(member, dict):
            return _Place.SAID
    return _Place.THEIRS if name in THEIRS else place


def _is_identifier(text: str, name: str, place: _Place) -> bool:
    if place is _Place.SAID:
        is_one = name in NAMES or (name == "name" and _INVENTED.fullmatch(text) is not None)
    else:
        is_one = place is _Place.BESIDE and name in REFERENCES
    return is_one and text != ""


class _Renaming:
    """Puts numbers in the place of identifiers."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self._numbers = numbers
        self._anywhere = frozenset(filter(_NO_WORD.fullmatch, numbers))
        # What a text must hold if it holds one of them: most hold none, and are told in one go.
        self._heads = frozenset(_INNER_TOKEN.findall(each)[0] for each in self._anywhere)

    def renamed(self, value: Any, name: str, place: _Place) -> Any:
        if isinstance(value, str):
            if _is_identifier(value, name, place):
                return _mark(self._numbers[value])
            is_word = name in _WORDS and place is not _Place.THEIRS
            return _escaped(value) if is_word else self._text(_escaped(value))
        if isinstance(value, list):
            return [self.renamed(element, "", place) for element in value]
        if isinstance(value, dict):
            return {
                inner: self.renamed(member, inner, _below(place, inner, member))
                for inner, member in value.items()
            }
        return value

    def _text(self, text: str) -> str:
        if self._heads.isdisjoint(_INNER_TOKEN.findall(text)):
            return text
        return _TOKEN.sub(self._token, text)

    def _token(self, found: re.Match[str]) -> str:
        """What stands for a run of letters that may hold identifiers.

        Runs are looked up and not searched: that takes linear time, whatever was sent.
        """
        bare = found[0].rstrip(_STOPS)
        for token in (found[0], bare):
            if token in self._anywhere:
                return _mark(self._numbers[token]) + found[0][len(token) :]
        return _INNER_TOKEN.sub(self._inner_token, found[0])

    def _inner_token(self, found: re.Match[str]) -> str:
        token = found[0]
        return _mark(self._numbers[token]) if token in self._anywhere else token


def _escaped(text: str) -> str:
    """`text` with each NUL doubled, so that none of it can be taken for a mark."""
    return text.replace("\0", "\0\0")


def _mark(number: int) -> str:
    """What stands for an identifier."""
    return f"\0{number};"
