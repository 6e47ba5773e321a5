from playhead.fold.ollama_lines import fold_ollama


def test_the_lines_of_a_chat_are_one_answer() -> None:
    call = {"function": {"name": "f", "arguments": {}}}
    assert fold_ollama([
        {"model": "m", "message": {"role": "assistant", "content": "", "thinking": "h"}},
        {"model": "m", "message": {"role": "assistant", "content": "", "thinking": "m"}},
        {"model": "m", "message": {"role": "assistant", "content": "a", "tool_calls": [call]}},
        {"model": "m", "message": {"role": "assistant", "content": "b", "tool_calls": [call]}},
        {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True},
    ]) == {
        "model": "m",
        "message": {
            "role": "assistant", "content": "ab", "thinking": "hm", "tool_calls": [call, call],
        },
        "done": True,
    }  # fmt: skip


def test_the_lines_of_a_generation_are_one_answer() -> None:
    assert fold_ollama([
        {"response": "a", "done": False}, {"response": "b", "done": False},
        {"response": "", "done": True, "context": [1, 2]},
    ]) == {"response": "ab", "done": True, "context": [1, 2]}  # fmt: skip


def test_an_error_within_is_kept() -> None:
    assert fold_ollama([{"response": "a"}, {"error": "m"}]) == {"response": "a", "error": "m"}
