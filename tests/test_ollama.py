from playhead.transcript.ollama import tell_ollama_answer, tell_ollama_request
from support.telling import ending, turns


def test_a_chat_is_told() -> None:
    call = {"function": {"name": "f", "arguments": {"a": 1}}}
    sent = {"messages": [
        {"role": "user", "content": "hi", "images": ["AAAA"]}, {"content": "b"},
        {"role": "assistant", "thinking": "hm", "tool_calls": [call]},
    ]}  # fmt: skip
    assert turns(tell_ollama_request, sent) == [
        ("user", "hi"), ("user", "[image, 3 bytes]"), ("?", "b"), ("reasoning", "hm"),
        ("tool call", 'f({"a": 1})'),
    ]  # fmt: skip
    answer = {
        "message": {"role": "assistant", "content": "a", "thinking": "hm"},
        "done_reason": "stop", "prompt_eval_count": 1, "eval_count": 2,
    }  # fmt: skip
    assert turns(tell_ollama_answer, answer) == [("reasoning", "hm"), ("assistant", "a")]
    assert ending(tell_ollama_answer, answer) == ["finish: stop", "tokens: 1 in, 2 out"]


def test_a_generation_is_told() -> None:
    sent = {"system": "s", "prompt": "p", "images": ["AAAA"]}
    assert turns(tell_ollama_request, sent) == [
        ("system", "s"), ("prompt", "p"), ("prompt", "[image, 3 bytes]"),
    ]  # fmt: skip
    assert turns(tell_ollama_answer, {"response": "a", "thinking": "hm"}) == [
        ("reasoning", "hm"), ("response", "a"),
    ]  # fmt: skip
