import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.cassette import Interaction
from playhead.transcript import transcript
from support.cassettes import CHAT_URL, interaction
from support.odd import odd, odd_events
from support.streams import URLS, answered, converse, invoke, lines, sse, streamed
from support.values import values

RESPONSES_URL = "https://api.openai.com/v1/responses"
ASKED = {"messages": [{"role": "user", "content": "p"}]}
SAID = [("user", "p"), ("assistant", "a")]
CLAUDE = [
    {"type": "message_start", "message": {"type": "message"}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
]


def _turns(told: Interaction) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in transcript(told).turns]


def _chat(sent: Any, answer: Any, *, url: str = CHAT_URL, status: int = 200) -> Interaction:
    return interaction(
        url=url,
        sent=json.dumps(sent).encode(),
        answer=answer if isinstance(answer, bytes) else json.dumps(answer).encode(),
        status=status,
    )


def _stream(*chunks: Any) -> bytes:
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return "".join([*lines, ": comment\n\n", "data: [DONE]\n\n"]).encode()


def _delta(reason: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"delta": delta, "finish_reason": reason}]}


def test_a_chat_is_told_turn_by_turn() -> None:
    told = _chat(
        {
            "messages": [
                {"role": "system", "content": "be brief"},
                {"role": "user", "content": [
                    {"type": "text", "text": "hi"}, {"type": "image_url"},
                ]},
                {"role": "assistant", "content": None, "tool_calls": [
                    {"id": "c1", "function": {"name": "f", "arguments": "{}"}},
                ]},
                {"role": "tool", "content": "42"},
                {"content": {"odd": 1}},
            ],
        },
        {
            "choices": [{
                "message": {"content": "hello", "reasoning_content": "hm", "tool_calls": [
                    {"id": "c2", "function": {"name": "g", "arguments": "[]"}},
                ]},
                "finish_reason": "stop",
            }],
            "usage": {"prompt_tokens": 3, "completion_tokens": 4},
        },
    )  # fmt: skip
    assert _turns(told) == [
        ("system", "be brief"),
        ("user", "hi\n[image_url, 25 characters]"),
        ("tool call", "f({})  [c1]"),
        ("tool", "42"),
        ("?", '{\n  "odd": 1\n}'),
        ("reasoning", "hm"),
        ("assistant", "hello"),
        ("tool call", "g([])  [c2]"),
    ]
    assert transcript(told).ending == ["finish: stop", "tokens: 3 in, 4 out"]


def test_a_streamed_chat_is_put_together() -> None:
    answer = _stream(
        _delta(role="assistant", content=""),
        _delta(reasoning="let me "),
        _delta(reasoning="see"),
        _delta(content="Ol"),
        _delta(content="á"),
        _delta("stop"),
        {"choices": [], "usage": {"prompt_tokens": 20, "completion_tokens": 2}},
    )
    told = _chat({"messages": []}, answer)
    assert _turns(told) == [("reasoning", "let me see"), ("assistant", "Olá")]
    assert transcript(told).ending == ["finish: stop", "tokens: 20 in, 2 out"]


def test_streamed_tool_calls_are_put_together_by_their_index() -> None:
    def call(at: int, **function: str) -> dict[str, Any]:
        return _delta(tool_calls=[{"index": at, "id": f"c{at}" if "name" in function else None,
                                   "function": function}])  # fmt: skip

    answer = _stream(
        call(0, name="f"),
        call(1, name="g"),
        call(0, arguments='{"a"'),
        call(1, arguments="{}"),
        call(0, arguments=":1}"),
    )
    assert _turns(_chat({}, answer)) == [
        ("tool call", 'f({"a":1})  [c0]'),
        ("tool call", "g({})  [c1]"),
    ]


RESPONSE = {
    "status": "completed",
    "output": [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "hello"}, {"refusal": "no"}, "odd"],
        },
        {"type": "function_call", "name": "f", "arguments": "{}", "call_id": "c1"},
        {"type": "web_search_call", "id": "w"},
    ],
    "usage": {"input_tokens": 5, "output_tokens": 6},
}


@pytest.mark.parametrize(
    "answer",
    [
        RESPONSE,
        _stream(
            {"type": "response.created", "response": {"status": "in_progress"}},
            {"type": "response.output_text.delta", "delta": "hel"},
            {"type": "response.completed", "response": RESPONSE},
        ),
    ],
    ids=["whole", "streamed"],
)
def test_a_response_is_told_item_by_item(answer: Any) -> None:
    sent = {
        "instructions": "be brief",
        "input": [
            {"role": "user", "content": "hi"},
            {"type": "function_call_output", "output": "42"},
        ],
    }
    told = _chat(sent, answer, url=RESPONSES_URL)
    assert _turns(told) == [
        ("instructions", "be brief"),
        ("user", "hi"),
        ("tool", "42"),
        ("reasoning", "hm"),
        ("assistant", 'hello\nno\n"odd"'),
        ("tool call", "f({})  [c1]"),
        ("web_search_call", '{\n  "type": "web_search_call",\n  "id": "w"\n}'),
    ]
    assert transcript(told).ending == ["finish: completed", "tokens: 5 in, 6 out"]


def test_the_input_of_a_response_may_be_text() -> None:
    told = _chat({"input": "hi"}, {}, url=RESPONSES_URL)
    assert (_turns(told), transcript(told).ending) == ([("user", "hi")], [])


def test_an_error_is_told_as_it_is() -> None:
    told = _chat({"messages": []}, {"error": "no"}, status=429)
    assert _turns(told) == [("error", '{\n  "error": "no"\n}')]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"<html>", "<html>"),
        (b"\xff\xfe\xfd", "[3 bytes that are not text]"),
    ],
)
def test_an_answer_that_is_no_json_is_told_as_text(answer: bytes, text: str) -> None:
    assert _turns(_chat({"messages": []}, answer)) == [("response", text)]


def test_an_unknown_operation_is_told_as_its_two_bodies() -> None:
    told = interaction(url="https://a.example/v1/else", sent=b"plain", answer=b"[1]")
    assert _turns(told) == [("request", "plain"), ("response", "[\n  1\n]")]


def test_a_request_that_is_no_object_is_told_as_it_is() -> None:
    assert _turns(_chat(["odd"], b"")) == [("request", '[\n  "odd"\n]')]


def test_what_has_no_text_is_no_turn() -> None:
    assert _turns(interaction(url="/v1/else", sent=b"", answer=b"")) == []


def test_parts_within_parts_too_deep_to_be_told_are_told_as_the_body_is() -> None:
    part: Any = {"type": "text", "text": "a"}
    for _ in range(300):
        part = {"type": "search_result", "source": "s", "content": [part]}
    told = _chat({"messages": [{"role": "user", "content": [part]}]}, {"error": "e"})
    assert [role for role, _ in _turns(told)] == ["request", "error"]


@pytest.mark.parametrize("depth", [700, 50_000])
def test_json_too_deep_to_be_shown_does_not_break_the_telling(depth: int) -> None:
    deep = b"[" * depth + b"]" * depth
    told = transcript(interaction(url="/v1/else", sent=deep, answer=b"a"))
    assert [turn.role for turn in told.turns] == ["request", "response"]


DIALECTS: dict[str, tuple[Any, bytes, list[tuple[str, str]]]] = {
    "completions": ({"prompt": "p"}, sse({"choices": [{"text": "a"}]}),
                    [("prompt", "p"), ("completion", "a")]),
    "responses": ({"input": "p"}, sse({"type": "response.completed", "response": {
        "output": [{"type": "message", "role": "assistant", "content": "a"}]}}),
        [("user", "p"), ("assistant", "a")]),
    "images": ({"prompt": "p"}, sse({"type": "image_generation.completed", "b64_json": "AAAA"}),
               [("prompt", "p"), ("image", "[image, 3 bytes]")]),
    "audio": ({"input": "p"}, sse({"type": "transcript.text.done", "text": "a"}),
              [("input", "p"), ("transcription", "a")]),
    "messages": (ASKED, sse(*CLAUDE, named=True), SAID),
    "vertex": ({"anthropic_version": "v", **ASKED}, sse(*CLAUDE, named=True), SAID),
    "invoke": ({"anthropic_version": "v", **ASKED}, invoke(*CLAUDE), SAID),
    "converse": ({"messages": [{"role": "user", "content": [{"text": "p"}]}]},
                 converse(("contentBlockDelta", {"delta": {"text": "a"}})), SAID),
    "gemini": ({"contents": [{"role": "user", "parts": [{"text": "p"}]}]},
               sse({"candidates": [{"content": {"parts": [{"text": "a"}]}}]}),
               [("user", "p"), ("model", "a")]),
    "cohere": (ASKED, sse({"type": "content-delta", "index": 0, "delta": {
        "message": {"content": {"text": "a"}}}}), SAID),
    "ollama.chat": (ASKED, lines({"message": {"content": "a"}}, {"done": True}), SAID),
    "ollama.generate": ({"prompt": "p"}, lines({"response": "a"}, {"done": True}),
                        [("prompt", "p"), ("response", "a")]),
    "ai.run": ({"prompt": "p"}, sse({"response": "a"}), [("prompt", "p"), ("assistant", "a")]),
}  # fmt: skip
PLAIN: dict[str, tuple[Any, Any, list[tuple[str, str]]]] = {
    "https://a.example/v1/embeddings": (
        {"input": "p"}, {"data": [{"embedding": [1]}]},
        [("input", "p"), ("embeddings", "1 dimensions")]),
    "https://a.example/v1/moderations": (
        {"input": "p"}, {"results": [{}]}, [("input", "p"), ("moderation", "nothing found")]),
    "https://a.example/v1/rerank": (
        {"query": "p"}, {"results": [{"index": 0, "relevance_score": 1}]},
        [("query", "p"), ("ranks", "0: 1")]),
    "https://a.example/v1/messages/batches": (
        {"requests": [{"custom_id": "c"}]}, {"id": "b"},
        [("request", "c"), ("response", '{\n  "id": "b"\n}')]),
    "https://a.example/v1/responses/r1": (
        {}, {"output": [{"role": "assistant", "content": "a"}]}, [("assistant", "a")]),
    "https://a.example/v1beta/models/imagen:predict": (
        {"instances": [{"prompt": "p"}]},
        {"predictions": [{"mimeType": "image/png", "bytesBase64Encoded": "AAAA"}]},
        [("prompt", "p"), ("prediction", "[image, image/png, 3 bytes]")]),
    "https://a.example/v1beta/models/m:embedContent": (
        {"content": {"parts": [{"text": "p"}]}}, {"embedding": {"values": [1]}},
        [("user", "p"), ("embedding", "1 dimensions")]),
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_stream_of_every_dialect_is_told(dialect: str) -> None:
    sent, answer, told = DIALECTS[dialect]
    assert _turns(streamed(dialect, answer, sent=sent)) == told


def test_every_dialect_that_streams_is_shown() -> None:
    assert {*DIALECTS, "chat"} == URLS.keys()


@pytest.mark.parametrize("url", PLAIN)
def test_a_plain_answer_of_the_other_operations_is_told(url: str) -> None:
    sent, answer, told = PLAIN[url]
    assert _turns(answered(url, answer, sent=sent)) == told


def test_a_count_of_tokens_is_told() -> None:
    counted = answered("https://a.example/v1/messages/count_tokens", {"input_tokens": 7})
    assert transcript(counted).ending == ["tokens: 7"]


@pytest.mark.parametrize(("error", "text"), [("no", "no"), ({"code": 1}, '{\n  "code": 1\n}')])
def test_an_error_inside_a_stream_is_told_behind_what_had_come(error: Any, text: str) -> None:
    told = _chat({}, _stream(_delta(content="a"), {"error": error}))
    assert _turns(told) == [("assistant", "a"), ("error", text)]


def test_an_answer_in_no_known_form_is_told_as_it_is() -> None:
    assert _turns(_chat({}, {"odd": 1})) == [("response", '{\n  "odd": 1\n}')]


def test_lines_of_no_known_form_are_told_as_they_are() -> None:
    body = lines({"a": 1}, {"a": 2}, {"a": 3})
    told = streamed("ollama.chat", body)
    assert _turns(told) == [("response", body.decode())]


def test_a_stream_without_an_event_of_the_dialect_is_told_as_it_is() -> None:
    assert _turns(_chat({}, b": nothing\n\n")) == [("response", ": nothing\n\n")]


def test_a_form_is_told_by_its_fields() -> None:
    told = interaction(
        url=URLS["audio"],
        sent=b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--b--\r\n',
        request_headers=(("Content-Type", "multipart/form-data; boundary=b"),),
        answer=b'{"text":"a"}',
    )
    assert _turns(told) == [("model", "m"), ("transcription", "a")]


def test_the_output_of_speech_is_told_by_its_length() -> None:
    told = interaction(url=URLS["audio"], sent=b'{"input":"p"}', answer=b"\xff\xfe\xfd")
    assert _turns(told) == [("input", "p"), ("response", "[3 bytes that are not text]")]


@given(
    url=st.sampled_from([*URLS.values(), *PLAIN, "https://a.example/v1/else"]),
    sent=odd,
    answer=odd | st.dictionaries(st.text(max_size=3), odd) | odd_events.map(lambda all: sse(*all))
    | odd_events.map(lambda all: invoke(*all)) | st.binary(),
)  # fmt: skip
def test_every_interaction_can_be_told(url: str, sent: Any, answer: Any) -> None:
    told = transcript(_chat(sent, answer, url=url))
    assert all(turn.text and isinstance(turn.role, str) for turn in told.turns)


@given(sent=values, calls=st.lists(odd, max_size=3), choice=odd)
def test_odd_pieces_of_a_stream_can_be_told(sent: Any, calls: list[Any], choice: Any) -> None:
    odd = [
        {"index": call, "id": call, "function": {"name": call, "arguments": call}} for call in calls
    ]
    answer = _stream(_delta(tool_calls=odd), {"choices": choice}, {"choices": [{"delta": choice}]})
    assert transcript(_chat({"messages": sent}, answer)).turns is not None


def test_lines_that_are_not_the_dialects_are_shown_as_they_are() -> None:
    body = b'{"a":1}\n{"a":2}\n'
    told = _chat({"model": "m"}, body, url="http://localhost:11434/api/chat")
    assert _turns(told)[-1] == ("response", body.decode())
