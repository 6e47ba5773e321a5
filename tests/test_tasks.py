from typing import Any

import pytest

from playhead.transcript.tasks import (
    tell_audio,
    tell_embeddings,
    tell_images,
    tell_moderations,
    tell_rerank,
    tell_task_request,
)
from support.telling import ending, turns


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"input": "a"}, [("input", "a")]),
        ({"input": ["a", "b"]}, [("input", "a\nb")]),
        ({"input": [1, 2, 3]}, [("input", "[tokens, 3]")]),
        ({"input": [[1], [2]]}, [("input", "[tokens, 2]")]),
        ({"prompt": "a"}, [("prompt", "a")]),
        ({"query": "q", "documents": ["a", "b"]}, [("query", "q"), ("input", "a\nb")]),
        ({"input": []}, []),
    ],
)
def test_what_is_to_be_worked_on_is_told(sent: Any, told: list[tuple[str, str]]) -> None:
    assert turns(tell_task_request, sent) == told


def test_vectors_are_told_by_their_length() -> None:
    vectors: list[Any] = [[0.1, 0.2], "AAAAAAAAAAA=", None]
    answer = {"data": [{"embedding": each} for each in vectors], "usage": {"prompt_tokens": 3}}
    assert turns(tell_embeddings, answer) == [
        ("embeddings", "2 dimensions\n2 dimensions, base64\n0 dimensions"),
    ]  # fmt: skip
    assert (ending(tell_embeddings, answer), ending(tell_embeddings, {})) == (["tokens: 3"], [])


def test_pictures_are_noted() -> None:
    answer = {
        "data": [{"b64_json": "AAAA"}, {"url": "https://a.example/x", "revised_prompt": "p"}],
        "usage": {"input_tokens": 1, "output_tokens": 2},
    }
    assert turns(tell_images, answer) == [
        ("image", "[image, 3 bytes]"), ("image", "[image, https://a.example/x]"),
        ("revised prompt", "p"),
    ]  # fmt: skip
    assert ending(tell_images, answer) == ["tokens: 1 in, 2 out"]


def test_what_was_heard_is_told() -> None:
    assert turns(tell_audio, {"text": "a"}) == [("transcription", "a")]


def test_what_was_spoken_is_told_by_its_size() -> None:
    answer = {"audio": "AAAA", "usage": {"input_tokens": 1, "output_tokens": 2}}
    assert turns(tell_audio, answer) == [("speech", "[audio, 3 bytes]")]
    assert ending(tell_audio, answer) == ["tokens: 1 in, 2 out"]


def test_what_was_found_in_an_input_is_told() -> None:
    results = [{"categories": {"hate": True, "violence": True, "self-harm": False}}, {}]
    assert turns(tell_moderations, {"results": results}) == [
        ("moderation", "hate, violence"), ("moderation", "nothing found"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["results", "data"])
def test_ranks_are_told_with_their_scores(name: str) -> None:
    answer = {name: [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.1}]}
    assert turns(tell_rerank, answer) == [("ranks", "1: 0.9\n0: 0.1")]


def test_ranks_of_another_form_are_told_as_they_are() -> None:
    assert turns(tell_rerank, {"a": 1}) == [("ranks", '{\n  "a": 1\n}')]
