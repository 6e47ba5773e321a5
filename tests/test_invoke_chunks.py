from typing import Any

import pytest

from playhead.fold.invoke_chunks import fold_invoke

METRICS = {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 1}}
ANSWERS: dict[str, tuple[list[Any], Any]] = {
    "Anthropic": (
        [{"type": "message_start", "message": {"type": "message"}},
         {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
         {"type": "message_stop", **METRICS}],
        {"type": "message", "content": [{"text": "a"}]},
    ),
    "Nova": (
        [{"messageStart": {"role": "assistant"}},
         {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}}}],
        {"output": {"message": {"role": "assistant", "content": [{"text": "a"}]}}},
    ),
    "Titan": (
        [{"outputText": "a", "index": 0, "inputTextTokenCount": 4, "completionReason": None},
         {"outputText": "b", "index": 0, "totalOutputTextTokenCount": 2,
          "completionReason": "FINISH", "inputTextTokenCount": None, **METRICS}],
        {"inputTextTokenCount": 4,
         "results": [{"tokenCount": 2, "outputText": "ab", "completionReason": "FINISH"}]},
    ),
    "Llama": (
        [{"generation": "a", "prompt_token_count": 4, "generation_token_count": 1,
          "stop_reason": None},
         {"generation": "b", "prompt_token_count": None, "generation_token_count": 2,
          "stop_reason": "stop"}],
        {"generation": "ab", "prompt_token_count": 4, "generation_token_count": 2,
         "stop_reason": "stop"},
    ),
    "Mistral": (
        [{"outputs": [{"text": "a", "stop_reason": None}]},
         {"outputs": [{"text": "b", "stop_reason": "stop"}]}],
        {"outputs": [{"text": "ab", "stop_reason": "stop"}]},
    ),
    "OpenAI": (
        [{"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}]}],
        {"object": "chat.completion",
         "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "a"}}]},
    ),
    "Cohere": (
        [{"type": "message-start", "id": "i"},
         {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "a"}}}}],
        {"id": "i", "message": {"content": [{"text": "a"}]}},
    ),
    "Cohere's first version": (
        [{"event_type": "text-generation", "text": "a"},
         {"event_type": "stream-end", "finish_reason": "COMPLETE", "response": {"text": "ab"}}],
        {"text": "ab", "finish_reason": "COMPLETE"},
    ),
    "a choice of texts": (
        [{"choices": [{"text": "a"}]}, {"choices": [{"text": "b", "finish_reason": "stop"}]}],
        {"choices": [{"text": "ab", "finish_reason": "stop"}]},
    ),
    "an error": ([{"error": {"type": "x"}}], {"error": {"type": "x"}}),
}  # fmt: skip


@pytest.mark.parametrize(("events", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_the_events_tell_whose_answer_they_make(events: Any, answer: Any) -> None:
    assert fold_invoke(events) == answer
