from typing import Any

import pytest

from playhead.transcript.responses import tell_response_answer, tell_response_request
from support.telling import ending, turns

ITEMS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"type": "message", "role": "assistant", "content": "a"}, [("assistant", "a")]),
    ({"type": "function_call", "name": "f", "arguments": "{}", "call_id": "c"},
     [("tool call", "f({})  [c]")]),
    ({"type": "custom_tool_call", "name": "f", "input": "x", "call_id": "c"},
     [("tool call", "f(x)  [c]")]),
    ({"type": "mcp_call", "name": "f", "arguments": "{}", "id": "m", "output": "o", "error": "e"},
     [("tool call", "f({})  [m]"), ("tool", "o"), ("error", "e")]),
    ({"type": "computer_call", "action": {"type": "click"}, "call_id": "c"},
     [("tool call", 'computer_call({"type": "click"})  [c]')]),
    ({"type": "function_call", "name": "f"}, [("tool call", "f()")]),
    ({"type": "function_call_output", "output": "o"}, [("tool", "o")]),
    ({"type": "computer_call_output", "output": {"type": "x"}}, [("tool", '{\n  "type": "x"\n}')]),
    ({"type": "reasoning", "summary": [{"text": "hm"}]}, [("reasoning", "hm")]),
    ({"type": "reasoning", "summary": [], "content": [{"text": "hm"}]}, [("reasoning", "hm")]),
    ({"type": "image_generation_call", "result": "AAAA", "output_format": "png"},
     [("image_generation_call", "[image, png, 3 bytes]")]),
    ({"type": "image_generation_call", "result": "AAAA", "revised_prompt": "p"},
     [("image_generation_call", "[image, 3 bytes]\np")]),
    ({"type": "code_interpreter_call", "code": "1", "outputs": [
        {"type": "logs", "logs": "o"}, {"type": "image", "url": "u"}]},
     [("code", "1"), ("tool", "o\n[image, u]")]),
    ({"type": "compaction", "encrypted_content": "AAAA"}, [("compaction", "[encrypted, 3 bytes]")]),
    ({"type": "item_reference", "id": "i"},
     [("item_reference", '{\n  "type": "item_reference",\n  "id": "i"\n}')]),
    ({"type": None}, [("?", '{\n  "type": null\n}')]),
]  # fmt: skip


@pytest.mark.parametrize(("item", "told"), ITEMS)
def test_an_item_is_told_by_its_kind(item: Any, told: list[tuple[str, str]]) -> None:
    assert turns(tell_response_request, {"input": [item]}) == told
    assert turns(tell_response_answer, {"output": [item]}) == told


def test_what_is_missing_of_a_response_is_told() -> None:
    answer = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    assert ending(tell_response_answer, answer) == [
        "finish: incomplete", "finish: max_output_tokens",
    ]  # fmt: skip
