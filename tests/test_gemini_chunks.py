from typing import Any

from playhead.fold.gemini_chunks import fold_gemini


def _chunk(*parts: Any, **fields: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": list(parts)}}], **fields}


def _parts(*chunks: dict[str, Any]) -> Any:
    return fold_gemini(list(chunks))["candidates"][0]["content"]["parts"]


def test_texts_of_one_kind_are_joined() -> None:
    assert _parts(
        _chunk({"text": "h", "thought": True}), _chunk({"text": "m", "thought": True}),
        _chunk({"text": "a"}), _chunk({"text": "b"}, {"text": "c"}),
    ) == [{"text": "hm", "thought": True}, {"text": "abc"}]  # fmt: skip


def test_a_signature_ends_a_text() -> None:
    signed = {"text": "", "thoughtSignature": "s"}
    assert _parts(_chunk({"text": "a"}), _chunk(signed), _chunk({"text": "b"})) == [
        {"text": "a", "thoughtSignature": "s"}, {"text": "b"},
    ]  # fmt: skip


def test_other_parts_are_kept_as_they_came() -> None:
    call, code = {"functionCall": {"name": "f"}}, {"executableCode": {"code": "1"}}
    tag = {"text": "a", "videoMetadata": {}}
    parts = [call, call, code, tag, {"text": "b"}]
    assert _parts(*(_chunk(part) for part in parts)) == parts


def test_of_all_else_the_last_that_was_given_stands() -> None:
    folded = fold_gemini([
        _chunk({"text": "a"}, usageMetadata={"totalTokenCount": 1}, modelVersion="m"),
        {"candidates": [{"finishReason": "STOP", "safetyRatings": None}],
         "usageMetadata": {"totalTokenCount": 2}, "modelVersion": None},
        {"candidates": []},
    ])  # fmt: skip
    assert folded == {
        "candidates": [
            {"content": {"role": "model", "parts": [{"text": "a"}]}, "finishReason": "STOP"},
        ],
        "usageMetadata": {"totalTokenCount": 2},
        "modelVersion": "m",
    }


def test_candidates_are_told_apart() -> None:
    folded = fold_gemini([
        {"candidates": [{"index": 1, "content": {"parts": [{"text": "b"}]}}]},
        {"candidates": [{"index": 0, "content": {"parts": [{"text": "a"}]}}]},
    ])  # fmt: skip
    texts = [each["content"]["parts"][0]["text"] for each in folded["candidates"]]
    assert texts == ["a", "b"]


def test_log_probabilities_are_collected() -> None:
    def chunk(number: int) -> dict[str, Any]:
        return {"candidates": [{"logprobsResult": {"chosenCandidates": [number]}}]}

    folded = fold_gemini([chunk(1), chunk(2)])
    assert folded["candidates"][0]["logprobsResult"] == {"chosenCandidates": [1, 2]}


def test_an_error_within_is_kept() -> None:
    folded = fold_gemini([_chunk({"text": "a"}), {"error": {"code": 503}}])
    assert (folded["error"], len(folded["candidates"])) == ({"code": 503}, 1)
