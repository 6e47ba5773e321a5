from typing import Any

from playhead.fold.chat_chunks import fold_chat

KIND = {"object": "chat.completion.chunk"}


def _delta(reason: str | None = None, *, at: int = 0, **delta: Any) -> dict[str, Any]:
    return {**KIND, "choices": [{"index": at, "delta": delta, "finish_reason": reason}]}


def test_texts_and_extensions_are_joined() -> None:
    folded = fold_chat([
        _delta(role="assistant", content="", reasoning_content="h"),
        _delta(role="assistant", reasoning_content="m"),
        _delta(content="a"), _delta("stop", content="b"),
    ])  # fmt: skip
    message = {"role": "assistant", "content": "ab", "reasoning_content": "hm"}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    assert folded == {"object": "chat.completion", "choices": [choice]}


def test_calls_are_sorted_and_no_longer_numbered() -> None:
    folded = fold_chat([
        _delta(tool_calls=[{"index": 3, "id": "c3", "function": {"name": "g", "arguments": ""}}]),
        _delta(tool_calls=[{"index": 1, "id": "c1", "function": {"name": "f", "arguments": "{"}}]),
        _delta(tool_calls=[{"index": 1, "function": {"arguments": "}"}}]),
    ])  # fmt: skip
    assert folded["choices"][0]["message"]["tool_calls"] == [
        {"id": "c1", "function": {"name": "f", "arguments": "{}"}},
        {"id": "c3", "function": {"name": "g", "arguments": ""}},
    ]


def test_log_probabilities_are_collected() -> None:
    pieces: list[dict[str, Any]] = [_delta(content="a"), _delta(content="b"), _delta(content="c")]
    for number, chunk in enumerate(pieces[:2]):
        chunk["choices"][0]["logprobs"] = {"content": [number], "refusal": None}
    assert fold_chat(pieces)["choices"][0]["logprobs"] == {"content": [0, 1], "refusal": None}


def test_what_stands_beside_the_choices_is_the_first_and_of_the_usage_the_last() -> None:
    first = {**_delta(), "id": "1", "usage": {"n": 1}, "obfuscation": "x", "tier": None}
    later = {**_delta(), "id": "2", "usage": {"n": 2}, "tier": "flex"}
    folded = fold_chat([first, later, {**_delta(), "usage": None}])
    del folded["choices"]
    expected = {"id": "1", "usage": {"n": 2}, "object": "chat.completion", "tier": "flex"}
    assert folded == expected


def test_what_a_later_chunk_says_of_a_choice_is_kept() -> None:
    ending = _delta("stop")
    ending["choices"][0]["native_finish_reason"] = "end_turn"
    assert fold_chat([_delta(), ending])["choices"][0]["native_finish_reason"] == "end_turn"


def test_chunks_of_another_kind_are_left_out() -> None:
    filtered = {"object": "", "choices": [{"index": 0, "content_filter_offsets": {}}]}
    assert fold_chat([filtered, _delta(content="a")]) == fold_chat([_delta(content="a")])


def test_chunks_that_name_no_kind_are_believed() -> None:
    folded = fold_chat([{"choices": [{"delta": {"content": "a"}}]}])
    assert folded["choices"][0]["message"] == {"content": "a"}


def test_an_error_within_stands_beside_what_had_come() -> None:
    folded = fold_chat([_delta(content="a"), {"error": {"message": "m"}}])
    assert (folded["error"], len(folded["choices"])) == ({"message": "m"}, 1)


def test_nothing_but_an_error_is_the_error() -> None:
    assert fold_chat([{"error": {"message": "m"}}]) == {"error": {"message": "m"}}


def test_a_cut_stream_gives_no_reason() -> None:
    assert fold_chat([_delta(content="a")])["choices"][0]["finish_reason"] is None
