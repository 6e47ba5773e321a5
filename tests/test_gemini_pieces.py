from typing import Any

from playhead.unfold.gemini_pieces import gemini_chunks


def _answer(*parts: Any) -> dict[str, Any]:
    content = {"role": "model", "parts": list(parts)}
    return {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"totalTokenCount": 3}, "responseId": "r"}  # fmt: skip


def _parts(*parts: Any) -> list[Any]:
    chunks = list(gemini_chunks(_answer(*parts)))
    found = [chunk["candidates"][0]["content"]["parts"] for chunk in chunks]
    assert all(len(each) == 1 for each in found)
    return [each[0] for each in found]


def test_each_chunk_has_a_word_and_the_last_all_else() -> None:
    begun, last = gemini_chunks(_answer({"text": "a b"}))
    assert begun == {
        "candidates": [{"content": {"role": "model", "parts": [{"text": "a"}]}, "index": 0}],
        "responseId": "r",
    }
    assert last == _answer({"text": " b"})


def test_a_signature_comes_with_the_last_word() -> None:
    assert _parts({"text": "a b", "thought": True, "thoughtSignature": "s"}) == [
        {"text": "a", "thought": True}, {"text": " b", "thought": True, "thoughtSignature": "s"},
    ]  # fmt: skip


def test_an_empty_text_is_a_part_too() -> None:
    assert _parts({"text": "", "thoughtSignature": "s"}) == [{"text": "", "thoughtSignature": "s"}]


def test_a_call_and_a_text_with_something_more_come_whole() -> None:
    whole = [{"functionCall": {"name": "f", "args": {}}}, {"text": "a b", "videoMetadata": {}}]
    assert _parts(*whole) == whole


def test_each_candidate_keeps_its_number() -> None:
    candidates = [{"index": at, "finishReason": "SAFETY"} for at in range(2)]
    chunks = list(gemini_chunks({"candidates": candidates, "usageMetadata": {}}))
    assert chunks == [
        {"candidates": candidates[:1]}, {"candidates": candidates[1:], "usageMetadata": {}},
    ]  # fmt: skip


def test_a_candidate_without_a_number_gets_none() -> None:
    answer = {"candidates": [{"content": {"parts": [{"text": "a b"}]}}]}
    assert all("index" not in chunk["candidates"][0] for chunk in gemini_chunks(answer))


def test_a_blocked_prompt_is_one_chunk() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}}
    assert list(gemini_chunks(blocked)) == [blocked]
