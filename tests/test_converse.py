from typing import Any

import pytest

from playhead.transcript.converse import tell_converse_answer, tell_converse_request
from support.telling import ending, turns

BLOCKS: list[tuple[list[Any], list[tuple[str, str]]]] = [
    ([{"text": "a"}, {"text": "b"}], [("assistant", "a\nb")]),
    ([{"text": "a"}, {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}],
     [("assistant", "a"), ("tool call", 'f({"a": 1})  [t]')]),
    ([{"toolResult": {"content": [{"text": "o"}, {"json": {"a": 1}}]}}], [("tool", 'o\n{"a": 1}')]),
    ([{"toolResult": {"content": [{"text": "o"}], "status": "error"}}], [("tool error", "o")]),
    ([{"reasoningContent": {"reasoningText": {"text": "hm"}}}], [("reasoning", "hm")]),
    ([{"reasoningContent": {"redactedContent": "AAAA"}}], [("reasoning", "[redacted, 3 bytes]")]),
    ([{"image": {"format": "png", "source": {"bytes": "AAAA"}}}],
     [("assistant", "[image, png, 3 bytes]")]),
    ([{"document": {"name": "d", "format": "txt", "source": {"text": "abc"}}}],
     [("assistant", "[document, d, txt, 3 characters]")]),
    ([{"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://a"}}}}],
     [("assistant", "[video, mp4, s3://a]")]),
    ([{"text": "a"}, {"citationsContent": {"content": [{"text": "b"}], "citations": []}}],
     [("assistant", "ab")]),
    ([{"cachePoint": {"type": "default"}}], [("assistant", "[cachePoint]")]),
    ([{}], [("assistant", "[part]")]),
]  # fmt: skip


@pytest.mark.parametrize(("blocks", "told"), BLOCKS)
def test_blocks_are_told_in_their_order(blocks: Any, told: list[tuple[str, str]]) -> None:
    message = {"role": "assistant", "content": blocks}
    assert turns(tell_converse_answer, {"output": {"message": message}}) == told
    assert turns(tell_converse_request, {"messages": [message]}) == told


def test_a_request_is_its_system_prompts_and_its_messages() -> None:
    sent = {"system": [{"text": "s"}], "messages": [{"content": [{"text": "a"}]}]}
    assert turns(tell_converse_request, sent) == [("system", "s"), ("?", "a")]


@pytest.mark.parametrize("cached", ["cacheReadInputTokens", "cacheReadInputTokenCount"])
def test_an_ending_tells_reason_and_tokens(cached: str) -> None:
    usage = {"inputTokens": 1, "outputTokens": 2, cached: 3}
    assert ending(tell_converse_answer, {"stopReason": "end_turn", "usage": usage}) == [
        "finish: end_turn", "tokens: 1 in, 2 out", "cached: 3",
    ]  # fmt: skip
