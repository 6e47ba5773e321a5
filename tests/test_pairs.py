"""Requests that were recorded both ways: what a stream folds into has the shape of the other.

Their texts, identifiers, times and counts differ, as those of any two answers of a model do.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.fold import fold
from playhead.fold.received import events
from playhead.folder import load
from support.answers import URLS
from support.cassettes import recorded, write
from support.streams import EVENT_STREAM, sse

_STREAMS = {
    "streamGenerateContent": "generateContent",
    "streamRawPredict": "rawPredict",
    "invoke-with-response-stream": "invoke",
    "converse-stream": "converse",
}
_KINDS = ("type", "finish_reason", "stop_reason", "finishReason", "stopReason", "role")


def _pairs(folder: Path) -> Iterator[tuple[Interaction, Interaction]]:
    """A stream and a plain answer of one host to one request, apart from its wish for either."""
    by_request: defaultdict[tuple[Any, ...], list[tuple[bool, Interaction]]] = defaultdict(list)
    for cassette in load([folder]).cassettes:
        for interaction in cassette.interactions:
            route = recorded_route(interaction)
            sent = _json(interaction.request.body)
            streams = sent.pop("stream", False) is True or route.operation in _STREAMS
            sent.pop("stream_options", None)
            operation = _STREAMS.get(route.operation, route.operation)
            host = urlsplit(interaction.request.url).netloc
            asked = (operation, host, route.parameters, json.dumps(sent, sort_keys=True))
            by_request[asked].append((streams, interaction))
    for both in by_request.values():
        plain = [interaction for streams, interaction in both if not streams]
        yield from ((one, other) for streams, one in both if streams for other in plain)


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _members(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every member of a JSON value with its path, in which the places in a list are one."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield f"{path}.{name}", member
            yield from _members(member, f"{path}.{name}")
    elif isinstance(value, list):
        for member in value:
            yield from _members(member, f"{path}[]")


def _kinds(answer: Any) -> set[str]:
    """What an answer consists of: with a call in one and none in the other, nothing compares."""
    ends = ((path.rpartition(".")[2], value) for path, value in _members(answer))
    return {f"{name} {value}" for name, value in ends if name in _KINDS and value is not None}


def _shape(answer: Any) -> dict[str, str]:
    """The JSON type of each member; null, which says nothing, is left out."""
    return {
        path: "number" if isinstance(value, int | float) else type(value).__name__
        for path, value in _members(answer)
        if value is not None
    }


def _faults(stream: Interaction, plain: Interaction) -> list[str]:
    folded, other = fold(stream), _json(plain.response.body)
    if _kinds(folded) != _kinds(other):
        return []
    ours, theirs = _shape(folded), _shape(other)
    received = {path.rpartition(".")[2] for path, _ in _members(events(stream.response))}
    lost = [path for path in theirs.keys() - ours.keys() if _name(path) in received]
    made_up = [path for path in ours.keys() - theirs.keys() if _name(path) not in received]
    changed = [path for path in ours.keys() & theirs.keys() if ours[path] != theirs[path]]
    return [f"{stream.name} and {plain.name}: {path}" for path in (*lost, *made_up, *changed)]


def _name(path: str) -> str:
    return path.rpartition(".")[2]


def _all_faults(pairs: Iterable[tuple[Interaction, Interaction]]) -> list[str]:
    return [fault for stream, plain in pairs for fault in _faults(stream, plain)]


def test_a_folded_stream_has_the_shape_of_the_plain_answer_to_the_same(corpus: Path) -> None:
    assert _all_faults(_pairs(corpus)) == []


# Synthetic pairs, in the forms that the providers document.

CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
BOTH: dict[str, tuple[Any, bytes]] = {
    "chat.completions": (
        {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [
            {"index": 0, "message": {"role": "assistant", "content": None, "tool_calls": [CALL]},
             "finish_reason": "tool_calls"},
        ], "usage": {"total_tokens": 9}},
        sse(*({"id": "d", "object": "chat.completion.chunk", "created": 2, "model": "m",
               "choices": choices, "usage": usage} for choices, usage in (
            ([{"index": 0, "delta": {"role": "assistant", "content": None, "tool_calls": [
                {"index": 0, **CALL}]}, "finish_reason": None}], None),
            ([{"index": 0, "delta": {}, "finish_reason": "tool_calls"}], None),
            ([], {"total_tokens": 7}),
        ))),
    ),
    "messages": (
        {"id": "m", "type": "message", "role": "assistant", "content": [
            {"type": "text", "text": "a"},
        ], "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 2}},
        sse(
            {"type": "message_start", "message": {
                "id": "n", "type": "message", "role": "assistant", "content": [],
                "stop_reason": None, "usage": {"input_tokens": 1, "output_tokens": 1}}},
            {"type": "content_block_start", "index": 0, "content_block": {
                "type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {
                "type": "text_delta", "text": "b"}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"},
             "usage": {"output_tokens": 3}},
            named=True,
        ),
    ),
}  # fmt: skip


def _written(folder: Path, operation: str, plain: Any, stream: bytes) -> Path:
    url, asked = URLS[operation], b'{"model": "m"}'
    one = recorded(url=url, sent=asked, answer=json.dumps(plain).encode())
    sent = b'{"model": "m", "stream": true}'
    other = recorded(url=url, sent=sent, answer=stream, headers=EVENT_STREAM)
    unread = recorded(url=url, sent=b"<html>", answer=stream, headers=EVENT_STREAM)
    write(folder / "pair.yaml", one, other, unread)
    return folder


@pytest.mark.parametrize("operation", BOTH)
def test_a_pair_written_by_hand_has_one_shape(tmp_path: Path, operation: str) -> None:
    pairs = list(_pairs(_written(tmp_path, operation, *BOTH[operation])))
    assert len(pairs) == 1
    assert _all_faults(pairs) == []


@pytest.mark.parametrize(
    ("name", "value"), [("created", "today"), ("usage", 9), ("model", {"name": "m"})]
)
def test_a_pair_of_two_shapes_is_seen(tmp_path: Path, name: str, value: Any) -> None:
    plain, stream = BOTH["chat.completions"]
    pairs = _pairs(_written(tmp_path, "chat.completions", {**plain, name: value}, stream))
    assert _all_faults(pairs) != []


def test_a_pair_of_two_kinds_of_answers_is_not_compared(tmp_path: Path) -> None:
    plain, stream = BOTH["messages"]
    refused = {**plain, "stop_reason": "refusal", "usage": 1}
    assert _all_faults(_pairs(_written(tmp_path, "messages", refused, stream))) == []
