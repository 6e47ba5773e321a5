import re
from typing import Any

import pytest

from playhead.transcript.gemini import tell_gemini_answer, tell_gemini_request
from support.telling import ending, turns

PARTS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"text": "a"}, [("model", "a")]),
    ({"text": "hm", "thought": True}, [("reasoning", "hm")]),
    ({"functionCall": {"name": "f", "args": {"a": 1}, "id": "c"}},
     [("tool call", 'f({"a": 1})  [c]')]),
    ({"functionCall": {"name": "f"}}, [("tool call", "f({})")]),
    ({"functionResponse": {"name": "f", "response": {"r": 1}}}, [("tool", 'f: {"r": 1}')]),
    ({"functionResponse": {"name": "f", "response": {"r": 1}, "parts": [
        {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]}},
     [("tool", 'f: {"r": 1}\n[image, image/png, 3 bytes]')]),
    ({"text": "a", "inlineData": {"mimeType": "image/png", "data": "AAAA"}},
     [("model", "a\n[image, image/png, 3 bytes]")]),
    ({"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
     [("model", "[image, image/png, 3 bytes]")]),
    ({"fileData": {"mimeType": "audio/wav", "fileUri": "gs://a"}},
     [("model", "[audio, audio/wav, gs://a]")]),
    ({"inlineData": {}}, [("model", "[data]")]),
    ({"executableCode": {"language": "PYTHON", "code": "1"}}, [("code", "1")]),
    ({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}, [("tool", "1")]),
    ({"codeExecutionResult": {"outcome": "OUTCOME_OK"}}, [("tool", "OUTCOME_OK")]),
    ({"thoughtSignature": "s"}, []),
    ({"other": 1}, [("model", '{\n  "other": 1\n}')]),
]  # fmt: skip


def _snake(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name): _snake(each)
            for name, each in value.items()
        }
    return [_snake(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("part", "told"), PARTS)
def test_a_part_is_told_in_either_spelling(part: Any, told: list[tuple[str, str]]) -> None:
    content = {"role": "model", "parts": [part]}
    for spelled in (content, _snake(content)):
        assert turns(tell_gemini_answer, {"candidates": [{"content": spelled}]}) == told
        assert turns(tell_gemini_request, {"contents": [spelled]}) == told


def test_a_request_is_its_system_instruction_and_its_contents() -> None:
    sent = {
        "systemInstruction": {"role": "user", "parts": [{"text": "s"}]},
        "contents": [{"parts": [{"text": "a"}, {"text": "b"}]}, "c"],
    }
    told = [("system", "s"), ("user", "a\nb"), ("user", "c")]
    assert turns(tell_gemini_request, sent) == turns(tell_gemini_request, _snake(sent)) == told
    assert turns(tell_gemini_request, {"generateContentRequest": sent}) == told


def test_an_ending_tells_reason_and_tokens_in_either_spelling() -> None:
    answer = {
        "candidates": [{"finishReason": "STOP"}],
        "promptFeedback": {"blockReason": "SAFETY"},
        "usageMetadata": {
            "promptTokenCount": 1, "candidatesTokenCount": 2, "cachedContentTokenCount": 3,
            "thoughtsTokenCount": 4,
        },
        "totalTokens": 7,
    }  # fmt: skip
    told = [
        "finish: STOP", "finish: SAFETY", "tokens: 1 in, 2 out", "cached: 3", "reasoning: 4",
        "tokens: 7",
    ]  # fmt: skip
    assert ending(tell_gemini_answer, answer) == ending(tell_gemini_answer, _snake(answer)) == told


@pytest.mark.parametrize(
    "answer",
    [{"embedding": {"values": [1, 2]}}, {"embeddings": [{"values": [1, 2]}]}],
)
def test_a_vector_is_told_by_its_length(answer: Any) -> None:
    assert turns(tell_gemini_answer, answer) == [("embedding", "2 dimensions")]


def test_what_is_no_vector_has_no_length() -> None:
    assert turns(tell_gemini_answer, {"embedding": {}}) == [("embedding", "0 dimensions")]


def test_texts_to_embed_are_told() -> None:
    content = {"parts": [{"text": "a"}]}
    assert turns(tell_gemini_request, {"content": content}) == [("user", "a")]
    assert turns(tell_gemini_request, {"requests": [{"content": content}]}) == [("user", "a")]
