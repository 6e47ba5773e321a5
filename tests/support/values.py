"""JSON values for properties, what they mean to a key, and other spellings of the same value."""

import json
import re
from random import Random
from typing import Any

from hypothesis import strategies as st

# A CR before CRLF is left out: that `\r\r\n` becomes `\r\n` is no rule anybody relies on.
texts = st.text(max_size=12).filter(lambda text: "\r\r\n" not in text)
names = st.text(max_size=6).filter(lambda text: "\r" not in text)
numbers = (
    st.integers()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-3, 3).map(float)
)
scalars = st.none() | st.booleans() | numbers | texts | st.sampled_from(["a\nb", "a\r\nb", "é", ""])
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(names | st.just("stream"), inner, max_size=4)
    ),
    max_leaves=12,
)


def meaning(value: Any, *, top: bool = True) -> Any:
    """What must be equal for two values to be one request: the rules of `key`, spelled again."""
    if isinstance(value, dict):
        members = {name: meaning(member, top=False) for name, member in value.items()}
        if top and value.get("stream") is False:
            del members["stream"]
        return frozenset(members.items())
    if isinstance(value, list):
        return tuple(meaning(member, top=False) for member in value)
    if isinstance(value, bool) or value is None:
        return str(value), "a word"
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def respelled(value: Any, random: Random) -> str:
    """JSON of a value that means the same, as another client might write it."""
    if isinstance(value, dict) and "stream" not in value and random.random() < 0.5:
        value = {**value, "stream": False}
    return _spelled(value, random)


def _spelled(value: Any, random: Random) -> str:
    def space() -> str:
        return random.choice(["", "", " ", "\n", "\t", "\r\n  "])

    if isinstance(value, dict):
        items = list(value.items())
        random.shuffle(items)
        members = [
            f"{space()}{json.dumps(name, ensure_ascii=random.random() < 0.5)}{space()}:"
            f"{space()}{_spelled(member, random)}{space()}"
            for name, member in items
        ]
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(space() + _spelled(each, random) + space() for each in value) + "]"
    if isinstance(value, str):
        text = re.sub(r"(?<!\r)\n", "\r\n", value) if random.random() < 0.5 else value
        return json.dumps(text, ensure_ascii=random.random() < 0.5)
    if isinstance(value, int) and not isinstance(value, bool) and float(value) == value:
        return random.choice([f"{value}", f"{value}.0", f"{value}.00", f"{value}e0"])
    return json.dumps(value)


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """`value` with a single change at some place in it; at times one that means the same."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(value)))
        rest = {other: member for other, member in value.items() if other != name}
        if draw(st.booleans()):
            return {**rest, name: draw(changed(value[name]))}
        return {**rest, draw(names): value[name]} if draw(st.booleans()) else rest
    if isinstance(value, list) and value and draw(st.booleans()):
        at = draw(st.integers(0, len(value) - 1))
        if draw(st.booleans()):
            return [*value[:at], draw(changed(value[at])), *value[at + 1 :]]
        return value[:at] + value[at + 1 :]
    return draw(scalars)
