"""Cassettes under rules, as values: what a folder with a `playhead.yaml` becomes."""

import json
from typing import Any

from hypothesis import strategies as st

from playhead.cassette import Interaction
from playhead.configuration import Configuration
from playhead.formats import playhead_yaml
from playhead.library import Library
from support.cassettes import interaction, shelf


def configuration(text: str, file: str = "playhead.yaml") -> Configuration:
    """What a configuration file with this text says."""
    return playhead_yaml.read(text.encode(), file=file, above=Configuration())


def ruled(rules: str, *interactions: Interaction, **folders: str) -> Library:
    """A library of these interactions under a file's `rules`, or under those of their folder."""
    plain = shelf(*interactions)
    top = configuration(rules)
    own = {name: configuration(text, f"{name}/playhead.yaml") for name, text in folders.items()}
    stated = {stated: None for each in (top, *own.values()) for stated in each.stated}
    return Library(
        type(plain)(
            cassettes=plain.cassettes,
            configurations={
                each.name: own.get(each.name.partition("/")[0], top) for each in plain.cassettes
            },
            stated=tuple(stated),
        )
    )


def chat(cassette: str, id: int = 0, *, answer: Any = "", **fields: Any) -> Interaction:
    """A recorded chat request with these fields, and an answer of its own unless one is given."""
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields}
    said = answer or f"{cassette}#{id}"
    return interaction(cassette, id, sent=json.dumps(body).encode(), answer=said.encode())


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "user": st.sampled_from("ab"),
        "max_tokens": st.sampled_from([1, 2]),
        "tools": st.sampled_from([[{"a": 1}], [{"a": 2}]]),
        "seed": st.sampled_from([1, 2]),
        "model": st.sampled_from("xy"),
    },
)
"""Fields of a chat request in which few requests differ, each let go at a tier of its own."""
