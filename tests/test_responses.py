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
    ({"type": "apply_patch_call", "call_id": "c", "operation": {"type": "delete_file"}},
     [("tool call", 'apply_patch_call({"type": "delete_file"})  [c]')]),
    ({"type": "web_search_call", "status": "completed", "action": {
        "type": "search", "query": "q", "sources": [{"type": "url", "url": "https://a.example"}]}},
     [("web_search_call", "q [search, completed]"), ("tool", "https://a.example")]),
    ({"type": "web_search_call", "action": {"type": "find", "pattern": "p", "url": "u"}},
     [("web_search_call", "p u [find]")]),
    ({"type": "file_search_call", "queries": ["q", "r"], "results": [
        {"filename": "a.txt", "text": "found"}]},
     [("file_search_call", "q r"), ("tool", "a.txt\nfound")]),
    ({"type": "mcp_list_tools", "server_label": "s", "tools": [{"name": "f"}, {"name": "g"}]},
     [("mcp_list_tools", "s: f, g")]),
    ({"type": "mcp_list_tools", "server_label": "s", "error": "e"},
     [("mcp_list_tools", "s: "), ("error", "e")]),
    ({"type": "mcp_approval_request", "id": "m", "name": "f", "arguments": "{}"},
     [("mcp_approval_request", "f({})  [m]")]),
    ({"type": "mcp_approval_response", "approve": True}, [("mcp_approval_response", "approved")]),
    ({"type": "mcp_approval_response", "approve": False, "reason": "r"},
     [("mcp_approval_response", "not approved: r")]),
    ({"type": "shell_call_output", "output": [{"stdout": "o", "stderr": ""}]}, [("tool", "o")]),
    ({"type": "computer_call_output", "output": {
        "type": "computer_screenshot", "image_url": "data:image/png;base64,AAAA"}},
     [("tool", "[computer_screenshot, image/png, 3 bytes]")]),
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


def test_the_result_of_a_tool_says_whose_call_it_answers() -> None:
    result = {"type": "function_call_output", "call_id": "c1", "output": "42"}
    assert turns(tell_response_request, {"input": [result]}) == [("tool", "42  [c1]")]
