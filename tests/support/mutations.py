"""Requests changed in one way each, as clients drift, and the paths at which they then differ.

Nothing of playhead is used here: what a path looks like is said once more.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

Steps: TypeAlias = tuple[str | int, ...]
Edit: TypeAlias = Callable[[Any], None]

_DROPPED = "a field dropped"
TURNS = ("messages", "input", "contents", "chat_history")
SPOKEN = (*TURNS, "prompt", "message", "system", "instructions", "systemInstruction")
_ID_NAMES = ("id", "tool_call_id", "call_id", "tool_use_id", "toolUseId")
_WORDS = ("otter", "walnut", "glacier", "sonnet", "harbour", "pebble", "lantern", "violet", "ember")
_ADDED: dict[str, Any] = {
    "temperature": 0.125, "seed": 4711, "user": "user-17", "top_p": 0.75, "max_tokens": 1234,
    "metadata": {"run": "b"}, "stop": ["END", "STOP"], "x_trace": None, "logprobs": True,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A request that was changed: `edit` does it again to another body, in place.

    `paths` are the ways to write where it differs; several where equal neighbours leave it open.
    """

    kind: str
    edit: Edit
    paths: tuple[frozenset[str], ...]

    def of(self, body: Any) -> Any:
        """Return `body` changed in this way; None where that is not possible."""
        changed = copy.deepcopy(body)
        try:
            self.edit(changed)
        except (LookupError, TypeError, AttributeError, ValueError):
            return None
        return changed

    def paths_in(self, body: Any, sent: Any) -> tuple[frozenset[str], ...]:
        """Where `sent` differs from `body`, if the same was done to that; () where it was not.

        Of a field that is missing nobody can tell which it was, or in which of two requests.
        """
        if meaning(self.of(body)) == meaning(sent):
            return self.paths
        if self.kind != _DROPPED:
            return ()
        rests = {name: {other: body[other] for other in body if other != name} for name in body}
        gone = [name for name, rest in rests.items() if meaning(rest) == meaning(sent)]
        return tuple(frozenset({path((name,))}) for name in gone)


def mutation(body: dict[str, Any], dice: Random) -> Mutation | None:
    """Return one way to change `body`; None where the way that was drawn does not apply."""
    return dice.choice(_KINDS)(body, dice)


def _message_changed(body: dict[str, Any], dice: Random) -> Mutation | None:
    texts = [steps for name in SPOKEN if name in body for steps in _texts(body[name], (name,))]
    return _text_changed("a message changed", body, texts, dice)


def _tool_description_changed(body: dict[str, Any], dice: Random) -> Mutation | None:
    texts = [steps for steps in _texts(body.get("tools"), ("tools",)) if steps[-1] == "description"]
    return _text_changed("a tool's description changed", body, texts, dice)


def _text_changed(
    kind: str, body: dict[str, Any], texts: list[Steps], dice: Random
) -> Mutation | None:
    if not texts:
        return None
    steps = dice.choice(texts)
    text = _at(body, steps)
    new = dice.choice([_one_word_more, _one_word_less, _other_text])(text, dice)

    def edit(value: Any) -> None:
        if _at(value, steps) != text:
            raise ValueError
        _at(value, steps[:-1])[steps[-1]] = new

    return None if new == text else _mutation(kind, edit, path(steps))


def _one_word_more(text: str, dice: Random) -> str:
    words = text.split(" ")
    return " ".join([*words, dice.choice(_WORDS)])


def _one_word_less(text: str, dice: Random) -> str:
    words = text.split(" ")
    del words[dice.randrange(len(words))]
    return " ".join(words) or _other_text(text, dice)


def _other_text(_: str, dice: Random) -> str:
    return " ".join(dice.choices(_WORDS, k=12))


def _field_added(body: dict[str, Any], dice: Random) -> Mutation | None:
    name = dice.choice(list(_ADDED))

    def edit(value: Any) -> None:
        if name in value:
            raise ValueError
        value[name] = _ADDED[name]

    return None if name in body else _mutation("a field added", edit, path((name,)))


def _field_dropped(body: dict[str, Any], dice: Random) -> Mutation | None:
    name = dice.choice(list(body))
    return _mutation(_DROPPED, lambda value: value.pop(name), path((name,)))


def _ids_renamed(body: dict[str, Any], dice: Random) -> Mutation | None:
    turns = [name for name in TURNS if isinstance(body.get(name), list)]
    places = [steps for name in turns for steps in _texts(body[name], (name,))]
    places = [steps for steps in places if steps[-1] in _ID_NAMES]
    new = {_at(body, steps): f"call_{dice.getrandbits(96):024x}" for steps in places}

    def edit(value: Any) -> None:
        for steps in places:
            _at(value, steps[:-1])[steps[-1]] = new[_at(value, steps)]

    return _mutation("ids renamed", edit, *map(path, places)) if places else None


def _tools_reordered(body: dict[str, Any], dice: Random) -> Mutation | None:
    tools = body.get("tools")
    if not isinstance(tools, list) or len(tools) < 2:
        return None
    order = list(range(len(tools)))
    dice.shuffle(order)

    def edit(value: Any) -> None:
        value["tools"] = [value["tools"][at] for at in order]

    return None if [tools[at] for at in order] == tools else _mutation(
        "tools in another order", edit, "tools"
    )  # fmt: skip


def _message_inserted(body: dict[str, Any], dice: Random) -> Mutation | None:
    name = _turns_of(body)
    if name is None:
        return None
    at = dice.randrange(len(body[name]) + 1)
    text = _other_text("", dice)
    new = {"role": "user", "parts": [{"text": text}]} if name == "contents" else {
        "role": "user", "content": text
    }  # fmt: skip
    return _mutation(
        "a message inserted", lambda value: value[name].insert(at, new), path((name, at))
    )


def _message_removed(body: dict[str, Any], dice: Random) -> Mutation | None:
    name = _turns_of(body)
    if name is None:
        return None
    at = dice.randrange(len(body[name]))
    gone = body[name][at]
    equal = [place for place, turn in enumerate(body[name]) if turn == gone]
    return Mutation(
        kind="a message removed",
        edit=lambda value: value[name].pop(at),
        paths=tuple(frozenset({path((name, place))}) for place in equal),
    )


_KINDS = (
    _message_changed, _tool_description_changed, _field_added, _field_dropped, _ids_renamed,
    _tools_reordered, _message_inserted, _message_removed,
)  # fmt: skip


def _turns_of(body: dict[str, Any]) -> str | None:
    return next((name for name in TURNS if isinstance(body.get(name), list) and body[name]), None)


def _mutation(kind: str, edit: Edit, *paths: str) -> Mutation:
    return Mutation(kind=kind, edit=edit, paths=(frozenset(paths),))


def _texts(value: Any, steps: Steps) -> Iterator[Steps]:
    """The ways to every text in a value."""
    if isinstance(value, str):
        yield steps
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _texts(member, (*steps, name))
    elif isinstance(value, list):
        for at, element in enumerate(value):
            yield from _texts(element, (*steps, at))


def _at(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = value[step]
    return value


def path(steps: Steps) -> str:
    """The way to a place as people write it; not `difference.path`, which it judges."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,59}", step):
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text


def meaning(body: Any) -> str:
    """A spelling that equal requests share."""
    if isinstance(body, dict) and body.get("stream") is False:
        body = {name: member for name, member in body.items() if name != "stream"}
    return json.dumps(body, sort_keys=True).replace(": 1.0", ": 1")
