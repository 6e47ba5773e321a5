from playhead.fold.completion_chunks import fold_completion


def test_texts_and_log_probabilities_are_joined() -> None:
    def chunk(text: str, at: int, reason: str | None = None) -> dict[str, object]:
        probabilities = {"tokens": [text], "text_offset": [at]}
        choice = {"index": 0, "text": text, "logprobs": probabilities, "finish_reason": reason}
        return {"object": "text_completion", "choices": [choice], "usage": None}

    usage = {"total_tokens": 3}
    assert fold_completion([chunk("a", 0), chunk("b", 1, "stop"), {"usage": usage}]) == {
        "object": "text_completion",
        "usage": usage,
        "choices": [{
            "index": 0, "text": "ab", "finish_reason": "stop",
            "logprobs": {"tokens": ["a", "b"], "text_offset": [0, 1]},
        }],
    }  # fmt: skip


def test_an_error_within_is_kept() -> None:
    error = {"error": {"message": "m"}, "status": 500}
    assert fold_completion([error]) == {"error": {"message": "m"}}
    folded = fold_completion([{"choices": [{"text": "a"}]}, error])
    assert folded["error"] == {"message": "m"}
    assert folded["choices"] == [{"text": "a", "finish_reason": None}]
