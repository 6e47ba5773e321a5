"""Plain answers of the four grammars, as Hypothesis draws them, with fields nobody knows."""

import json
from typing import Any

from hypothesis import strategies as st

from playhead.cassette import Interaction
from support.cassettes import interaction

texts = st.sampled_from(["", " ", "Olá! Tudo bem?", "a\n\nb ", " x", "\u2028y \u0085z", "猫が好き"])
texts |= st.text(max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
odd_fields = st.dictionaries(st.sampled_from(["x_odd", "citations_by", "zz"]), values, max_size=2)
arguments = st.dictionaries(texts, values, max_size=3)


def _fields(fixed: dict[str, Any], **optional: st.SearchStrategy[Any]) -> Any:
    """Objects with these fields, some of the optional ones, and odd ones."""
    parts = st.tuples(st.fixed_dictionaries({}, optional=optional), odd_fields)
    return parts.flatmap(
        lambda more: st.fixed_dictionaries(fixed).map(lambda sure: {**more[1], **more[0], **sure})
    )


def _function(name: str) -> Any:
    return st.fixed_dictionaries({"name": st.just(name), "arguments": arguments.map(json.dumps)})


_CALLS = st.lists(
    _fields({"id": texts, "type": st.just("function"), "function": _function("weather")})
    | _fields({"id": texts, "type": st.just("custom"), "custom": values}),
    max_size=3,
)
_CHAT_MESSAGE = _fields(
    {"role": st.just("assistant"), "content": st.none() | texts | st.lists(values, max_size=2)},
    refusal=st.none() | texts, reasoning_content=texts, reasoning=st.none() | texts,
    tool_calls=st.none() | _CALLS, function_call=_function("old"),
    annotations=st.lists(values, max_size=2), audio=values,
)  # fmt: skip
_CHOICE = _fields(
    {"finish_reason": st.sampled_from(["stop", "length", "tool_calls"]), "message": _CHAT_MESSAGE},
    logprobs=st.just({"content": [{"token": "a", "logprob": -0.5}], "refusal": None}),
)
completions = _fields(
    {
        "object": st.just("chat.completion"), "id": texts, "created": st.integers(0, 9),
        "model": texts,
        "choices": st.lists(_CHOICE, max_size=3).map(
            lambda choices: [{**choice, "index": at} for at, choice in enumerate(choices)]
        ),
    },
    usage=st.none() | st.dictionaries(texts, st.integers(0, 9), max_size=2),
    system_fingerprint=st.none() | texts, service_tier=texts,
)  # fmt: skip

_BLOCK = st.one_of(
    _fields({"type": st.just("text"), "text": texts},
            citations=st.none() | st.lists(st.just({"type": "char_location"}), max_size=2)),
    _fields({"type": st.just("thinking"), "thinking": texts}, signature=texts),
    _fields({"type": st.just("redacted_thinking"), "data": texts}),
    _fields({"type": st.sampled_from(["tool_use", "server_tool_use"]), "id": texts,
             "name": texts, "input": arguments}),
    _fields({"type": st.just("web_search_tool_result"), "content": values}),
)  # fmt: skip
messages = _fields(
    {
        "type": st.just("message"), "role": st.just("assistant"), "id": texts, "model": texts,
        "content": st.lists(_BLOCK, max_size=3),
        "stop_reason": st.sampled_from(["end_turn", "tool_use", "max_tokens"]),
        "stop_sequence": st.none() | texts,
        "usage": _fields(
            {"input_tokens": st.integers(0, 9), "output_tokens": st.integers(0, 9)},
            cache_read_input_tokens=st.none() | st.integers(0, 9),
            server_tool_use=st.none() | st.just({"web_search_requests": 1}),
        ),
    },
    container=st.none() | st.just({"id": "c"}), stop_details=st.none(),
)  # fmt: skip

_PART = st.one_of(
    _fields({"type": st.just("output_text"), "text": texts,
             "annotations": st.lists(st.just({"type": "url_citation"}), max_size=2)},
            logprobs=st.lists(st.just({"token": "a"}), max_size=2)),
    _fields({"type": st.just("refusal"), "refusal": texts}),
    _fields({"type": st.just("unheard_of")}),
)  # fmt: skip
_SUMMARY = _fields({"type": st.just("summary_text"), "text": texts})
_REASONED = _fields({"type": st.just("reasoning_text"), "text": texts})
_ITEM = st.one_of(
    _fields({"type": st.just("message"), "id": texts, "status": st.just("completed"),
             "role": st.just("assistant"), "content": st.lists(_PART, max_size=2)}),
    _fields({"type": st.just("reasoning"), "summary": st.lists(_SUMMARY, max_size=2)}, id=texts,
            content=st.none() | st.lists(_REASONED, max_size=2)),
    _fields({"type": st.just("function_call"), "call_id": texts, "name": texts,
             "arguments": arguments.map(json.dumps)}, status=st.just("completed")),
    _fields({"type": st.just("web_search_call"), "status": st.just("completed")}),
    _fields({"type": st.just("code_interpreter_call"), "code": st.none() | texts}),
)  # fmt: skip
responses = _fields(
    {
        "object": st.just("response"), "id": texts, "created_at": st.integers(0, 9),
        "status": st.sampled_from(["completed", "incomplete"]), "error": st.none(),
        "output": st.lists(_ITEM, max_size=3),
    },
    usage=st.none() | st.just({"input_tokens": 1}), metadata=arguments,
    incomplete_details=st.none() | st.just({"reason": "max_output_tokens"}),
)  # fmt: skip

_known = st.none() | st.booleans()
_given = values.filter(lambda value: value is not None)
_CALL = st.fixed_dictionaries({"name": texts, "args": arguments})
_WHOLE_PART: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"functionCall": _CALL}, optional={"thoughtSignature": texts}
) | st.just({"executableCode": {"language": "PYTHON", "code": "1"}})
_THOUGHT = st.fixed_dictionaries({"text": texts, "thought": st.just(True)})
_TEXT = st.fixed_dictionaries({"text": texts}, optional={"thoughtSignature": texts})
# A stream cannot tell two texts of one kind in a row from one text.
_PARTS = st.tuples(
    st.lists(_THOUGHT, max_size=1), st.lists(_TEXT, max_size=1), st.lists(_WHOLE_PART, max_size=2),
    st.lists(_TEXT, max_size=1),
).map(lambda drawn: [*drawn[0], *drawn[1], *(drawn[2] and [*drawn[2], *drawn[3]])])  # fmt: skip
_CONTENT = st.fixed_dictionaries({"role": st.just("model")}, optional={"parts": _PARTS}).map(
    lambda content: content if content.get("parts") else {"role": "model"}
)
_CANDIDATE = st.fixed_dictionaries(
    {"finishReason": st.sampled_from(["STOP", "MAX_TOKENS", "SAFETY"])},
    optional={
        "content": _CONTENT, "avgLogprobs": st.just(-0.1), "groundingMetadata": arguments,
        "logprobsResult": st.just({"chosenCandidates": [{"token": "a"}]}),
    },
)  # fmt: skip
generations = st.fixed_dictionaries(
    {
        "candidates": st.lists(_CANDIDATE, max_size=3).map(
            lambda drawn: [{**each, "index": at} for at, each in enumerate(drawn)]
        )
    },
    optional={
        "usageMetadata": st.just({"totalTokenCount": 3}), "modelVersion": texts,
        "responseId": texts, "promptFeedback": st.just({"blockReason": "SAFETY"}),
        "oddField": _given,
    },
)  # fmt: skip

PLAIN = {
    "chat.completions": completions,
    "responses": responses,
    "messages": messages,
    "rawPredict": messages,
    "generateContent": generations,
}
"""Plain answers, by the operation that gives them."""
URLS = {
    "chat.completions": "https://api.openai.com/v1/chat/completions",
    "responses": "https://api.openai.com/v1/responses",
    "messages": "https://api.anthropic.com/v1/messages",
    "rawPredict": "https://g.example/v1/publishers/anthropic/models/claude:rawPredict",
    "generateContent": "https://g.example/v1beta/models/gemini-2.5-flash:generateContent",
}


def answered(operation: str, answer: Any, *, status: int = 200) -> Interaction:
    """A plain interaction of `operation`."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return interaction(url=URLS[operation], answer=body, status=status)
