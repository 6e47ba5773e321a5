from typing import Any

import pytest

from playhead.transcript.messages import (
    tell_batch_answer,
    tell_batch_request,
    tell_message_answer,
    tell_message_request,
)
from support.telling import ending, turns

TEXT = {"type": "text", "text": "a"}
CALL = {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}}
PAGE = {"type": "web_search_result", "title": "T", "url": "https://a.example", "encrypted": "x"}
BLOCKS: list[tuple[list[Any], list[tuple[str, str]]]] = [
    ([TEXT, TEXT], [("assistant", "a\na")]),
    ([TEXT, {**TEXT, "citations": [{}]}], [("assistant", "aa")]),
    ([TEXT, CALL, TEXT],
     [("assistant", "a"), ("tool call", 'f({"a": 1})  [t]'), ("assistant", "a")]),
    ([{"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}],
     [("tool call", "web_search({})  [s]")]),
    ([{"type": "thinking", "thinking": "hm", "signature": "s"}], [("reasoning", "hm")]),
    ([{"type": "redacted_thinking", "data": "AAAA"}], [("reasoning", "[redacted, 3 bytes]")]),
    ([{"type": "tool_result", "content": "o"}], [("tool", "o")]),
    ([{"type": "tool_result", "content": [TEXT]}], [("tool", "a")]),
    ([{"type": "tool_result", "content": [{"type": "image", "source": {"data": "AAAA"}}]}],
     [("tool", "[image, 3 bytes]")]),
    ([{"type": "tool_result", "content": "o", "is_error": True}], [("tool error", "o")]),
    ([{"type": "web_search_tool_result", "content": [PAGE]}], [("tool", "T https://a.example")]),
    ([{"type": "code_execution_tool_result", "content": {"stdout": "o", "stderr": "e"}}],
     [("tool", "o\ne")]),
    ([{"type": "web_search_tool_result", "content": {"error_code": "x"}}],
     [("tool", "[x]")]),
    ([{"type": "web_search_tool_result", "content": {
        "type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"}}],
     [("tool", "[web_search_tool_result_error, max_uses_exceeded]")]),
    ([{"type": "web_fetch_tool_result", "content": {
        "type": "web_fetch_result", "url": "https://a.example", "content": {
            "type": "document", "source": {"type": "text", "data": "abc"}}}}],
     [("tool", "https://a.example [document, 3 characters]")]),
    ([{"type": "code_execution_tool_result", "content": {
        "type": "code_execution_result", "stdout": "", "stderr": "", "return_code": 0}}],
     [("tool", "[code_execution_result, exit 0]")]),
    ([{"type": "text_editor_code_execution_tool_result", "content": {
        "type": "text_editor_code_execution_view_result", "content": "a"}}],
     [("tool", "a")]),
    ([{"type": "tool_search_tool_result", "content": {
        "type": "tool_search_tool_search_result", "tool_references": [{"tool_name": "f"}]}}],
     [("tool", "[tool_search_tool_search_result, f]")]),
    ([{"type": "mcp_tool_use", "id": "m", "name": "f", "server_name": "s", "input": {}}],
     [("tool call", "f({})  [m]")]),
    ([{"type": "mcp_tool_result", "content": [TEXT]}], [("tool", "a")]),
    (["odd"], [("assistant", '"odd"')]),
]  # fmt: skip


@pytest.mark.parametrize(("blocks", "told"), BLOCKS)
def test_blocks_are_told_in_their_order(blocks: Any, told: list[tuple[str, str]]) -> None:
    assert turns(tell_message_answer, {"content": blocks}) == told
    sent = {"messages": [{"role": "assistant", "content": blocks}]}
    assert turns(tell_message_request, sent) == told


def test_a_request_is_its_system_prompt_and_its_messages() -> None:
    sent = {"system": [TEXT], "messages": [{"role": "user", "content": "hi"}, {"content": "b"}]}
    assert turns(tell_message_request, sent) == [("system", "a"), ("user", "hi"), ("?", "b")]


def test_an_ending_tells_the_tokens_and_what_became_of_the_cache() -> None:
    usage = {
        "input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": 5,
        "cache_creation_input_tokens": 6, "output_tokens_details": {"thinking_tokens": 2},
    }  # fmt: skip
    assert ending(tell_message_answer, {"stop_reason": "end_turn", "usage": usage}) == [
        "finish: end_turn", "tokens: 3 in, 4 out", "cached: 5", "reasoning: 2",
        "written to cache: 6",
    ]  # fmt: skip


def test_a_count_of_tokens_is_told() -> None:
    assert ending(tell_message_answer, {"input_tokens": 7}) == ["tokens: 7"]


def test_a_batch_is_its_requests_and_its_state() -> None:
    params = {"messages": [{"role": "user", "content": "hi"}]}
    sent = {"requests": [{"custom_id": "r1", "params": params}]}
    assert turns(tell_batch_request, sent) == [("request", "r1"), ("user", "hi")]
    answer = {"processing_status": "ended"}
    assert turns(tell_batch_answer, answer) == [
        ("response", '{\n  "processing_status": "ended"\n}')
    ]
    assert ending(tell_batch_answer, answer) == ["finish: ended"]


def test_the_result_of_a_tool_says_whose_call_it_answers() -> None:
    result = {"type": "tool_result", "tool_use_id": "t1", "content": "42"}
    asked = {"messages": [{"role": "user", "content": [result]}]}
    assert turns(tell_message_request, asked) == [("tool", "42  [t1]")]
