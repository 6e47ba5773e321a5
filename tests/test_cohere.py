from playhead.transcript.cohere import tell_cohere_answer, tell_cohere_request
from support.telling import ending, turns


def test_a_chat_of_the_second_version_is_told() -> None:
    sent = {"messages": [{"role": "user", "content": "hi"}]}
    answer = {
        "message": {
            "tool_plan": "plan",
            "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}],
            "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}],
        },
        "finish_reason": "COMPLETE",
        "usage": {"tokens": {"input_tokens": 1, "output_tokens": 2}, "cached_tokens": 3},
    }
    assert turns(tell_cohere_request, sent) == [("user", "hi")]
    assert turns(tell_cohere_answer, answer) == [
        ("reasoning", "plan"), ("reasoning", "hm"), ("assistant", "a"), ("tool call", "f({})  [c]"),
    ]  # fmt: skip
    assert ending(tell_cohere_answer, answer) == [
        "finish: COMPLETE", "tokens: 1 in, 2 out", "cached: 3",
    ]  # fmt: skip


def test_a_chat_of_the_first_version_is_told() -> None:
    sent = {
        "preamble": "p", "chat_history": [{"role": "CHATBOT", "message": "a"}, {"message": "b"}],
        "message": "hi", "tool_results": [{"outputs": [{"text": "o"}]}],
    }  # fmt: skip
    answer = {
        "text": "a", "tool_calls": [{"name": "f", "parameters": {"a": 1}}],
        "meta": {"billed_units": {"input_tokens": 1, "output_tokens": 2}},
    }  # fmt: skip
    assert turns(tell_cohere_request, sent) == [
        ("system", "p"), ("chatbot", "a"), ("?", "b"), ("user", "hi"), ("tool", "o"),
    ]  # fmt: skip
    assert turns(tell_cohere_answer, answer) == [("assistant", "a"), ("tool call", 'f({"a": 1})')]
    assert ending(tell_cohere_answer, answer) == ["tokens: 1 in, 2 out"]


def test_a_history_of_the_first_version_holds_calls_and_results() -> None:
    call = {"name": "f", "parameters": {}}
    history = [
        {"role": "CHATBOT", "message": "", "tool_calls": [call]},
        {"role": "TOOL", "tool_results": [{"call": call, "outputs": [{"text": "o"}]}]},
    ]
    assert turns(tell_cohere_request, {"chat_history": history}) == [
        ("tool call", "f({})"), ("tool", "o"),
    ]  # fmt: skip


def test_content_may_be_a_mere_text() -> None:
    assert turns(tell_cohere_answer, {"message": {"content": "a"}}) == [("assistant", "a")]
