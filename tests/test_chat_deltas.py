from typing import Any

from playhead.unfold.chat_deltas import chat_chunks


def _completion(*messages: Any, **fields: Any) -> dict[str, Any]:
    choices = [
        {"index": at, "finish_reason": "stop", "message": message}
        for at, message in enumerate(messages)
    ]
    return {"id": "c", "object": "chat.completion", "model": "m", "choices": choices, **fields}


def _deltas(message: Any) -> list[Any]:
    """The deltas of a completion with one choice, without the empty one at the end."""
    *chunks, last = chat_chunks(_completion(message), usage=True)
    assert last["choices"] == [{"index": 0, "delta": {}, "finish_reason": "stop"}]
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in chunks)
    return [chunk["choices"][0]["delta"] for chunk in chunks]


def test_a_role_comes_first_and_then_the_content_by_the_word() -> None:
    assert _deltas({"role": "assistant", "content": "a b", "refusal": None}) == [
        {"role": "assistant", "content": "", "refusal": None}, {"content": "a"}, {"content": " b"},
    ]  # fmt: skip


def test_what_was_thought_comes_before_what_is_said() -> None:
    assert _deltas({"role": "assistant", "content": "a", "reasoning_content": "hm"}) == [
        {"role": "assistant", "content": ""}, {"reasoning_content": "hm"}, {"content": "a"},
    ]  # fmt: skip


def test_a_call_is_named_and_its_arguments_follow() -> None:
    call = {"id": "i", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
    custom = {"id": "j", "type": "custom", "custom": {"input": "x"}, "index": 7}
    deltas = _deltas({"role": "assistant", "content": None, "tool_calls": [call, custom]})
    assert deltas[0] == {"role": "assistant", "content": None}
    assert [delta["tool_calls"][0] for delta in deltas[1:]] == [
        {"index": 0, "id": "i", "type": "function", "function": {"name": "f", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"a":'}},
        {"index": 0, "function": {"arguments": " 1}"}},
        {"index": 1, "id": "j", "type": "custom", "custom": {"input": "x"}},
    ]


def test_the_one_call_of_old_is_streamed_too() -> None:
    assert _deltas({"content": None, "function_call": {"name": "f", "arguments": "{}"}}) == [
        {"content": None},
        {"function_call": {"name": "f", "arguments": ""}},
        {"function_call": {"arguments": "{}"}},
    ]


def test_every_chunk_says_whose_it_is_and_the_first_all_else() -> None:
    completion = _completion({"content": ""}, {"content": ""}, created=1, citations=["u"])
    chunks = list(chat_chunks(completion, usage=True))
    head = {"id": "c", "created": 1, "model": "m", "object": "chat.completion.chunk"}
    assert all(chunk.items() >= head.items() for chunk in chunks)
    assert [chunk.get("citations") for chunk in chunks] == [["u"], None, None, None]
    assert [chunk["choices"][0]["index"] for chunk in chunks] == [0, 0, 1, 1]


def test_usage_comes_last_and_is_null_before() -> None:
    completion = _completion({"content": "a"}, usage={"total_tokens": 1})
    *chunks, last = chat_chunks(completion, usage=True)
    assert (last["choices"], last["usage"]) == ([], {"total_tokens": 1})
    assert all(chunk["usage"] is None for chunk in chunks)


def test_usage_is_not_told_to_who_does_not_ask() -> None:
    completion = _completion({"content": "a"}, usage={"total_tokens": 1})
    assert all("usage" not in chunk for chunk in chat_chunks(completion, usage=False))


def test_probabilities_come_with_the_first_delta() -> None:
    completion = _completion({"content": "a"})
    completion["choices"][0]["logprobs"] = {"content": [1]}
    chunks = list(chat_chunks(completion, usage=False))
    probabilities = [chunk["choices"][0]["logprobs"] for chunk in chunks]
    assert probabilities == [{"content": [1]}, None, None]


def test_no_choice_is_one_chunk() -> None:
    (chunk,) = chat_chunks(_completion(), usage=False)
    assert chunk["choices"] == []
