"""The official clients read bridged answers: a stream they put together is the plain answer."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.cassettes import recorded, write
from support.server import Running, serve
from support.streams import EVENT_STREAM

openai = pytest.importorskip("openai")
anthropic = pytest.importorskip("anthropic")
genai = pytest.importorskip("google.genai")

# Plain answers, in the forms that the providers document.

CHAT = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o",
    "system_fingerprint": "fp", "service_tier": "default",
    "choices": [
        {"index": 0, "finish_reason": "stop", "logprobs": {"refusal": None, "content": [
            {"token": "Olá", "logprob": -0.5, "bytes": [79], "top_logprobs": []}]},
         "message": {"role": "assistant", "content": "Olá, tudo bem?\n\n  Sim.",
                     "refusal": None, "annotations": []}},
        {"index": 1, "finish_reason": "tool_calls", "logprobs": None,
         "message": {"role": "assistant", "content": None, "refusal": None, "tool_calls": [
             {"id": "call_1", "type": "function", "function": {
                 "name": "weather", "arguments": '{"city": "Lisbon", "days": 2}'}},
             {"id": "call_2", "type": "function", "function": {
                 "name": "time", "arguments": "{}"}},
         ]}},
        {"index": 2, "finish_reason": "stop", "logprobs": None,
         "message": {"role": "assistant", "content": "", "refusal": "I cannot."}},
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3,
              "completion_tokens_details": {"reasoning_tokens": 0}},
}  # fmt: skip
RESPONSE = {
    "id": "resp_1", "object": "response", "created_at": 1.0, "status": "completed",
    "completed_at": 2.0, "error": None, "incomplete_details": None, "instructions": None,
    "model": "gpt-5", "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto",
    "tools": [], "top_p": 1.0, "metadata": {},
    "output": [
        {"type": "reasoning", "id": "rs_1", "summary": [
            {"type": "summary_text", "text": "Let me think."}]},
        {"type": "web_search_call", "id": "ws_1", "status": "completed",
         "action": {"type": "search", "query": "weather"}},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "status": "completed",
         "name": "weather", "arguments": '{"city": "Lisbon"}'},
        {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [
            {"type": "output_text", "text": "It is warm.", "logprobs": [], "annotations": [
                {"type": "url_citation", "start_index": 0, "end_index": 2, "url": "https://a.example",
                 "title": "A"}]},
            {"type": "refusal", "refusal": "No more."}]},
    ],
    "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3,
              "input_tokens_details": {"cached_tokens": 0},
              "output_tokens_details": {"reasoning_tokens": 1}},
}  # fmt: skip
MESSAGE = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
    "content": [
        {"type": "thinking", "thinking": "Let me think.", "signature": "sig=="},
        {"type": "redacted_thinking", "data": "abc"},
        {"type": "text", "text": "It is warm, they say.", "citations": [
            {"type": "char_location", "cited_text": "warm", "document_index": 0,
             "document_title": None, "start_char_index": 0, "end_char_index": 4}]},
        {"type": "text", "text": ""},
        {"type": "tool_use", "id": "toolu_1", "name": "weather",
         "input": {"city": "Lisbon", "days": [1, 2.5, None]}},
        {"type": "tool_use", "id": "toolu_2", "name": "time", "input": {}},
    ],
    "stop_reason": "tool_use", "stop_sequence": None,
    "usage": {"input_tokens": 3, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 1,
              "output_tokens": 9, "service_tier": "standard"},
}  # fmt: skip
GENERATED = {
    "candidates": [
        {"content": {"role": "model", "parts": [
            {"text": "Let me think.", "thought": True},
            {"text": "It is warm.", "thoughtSignature": "c2ln"},
            {"functionCall": {"name": "weather", "args": {"city": "Lisbon"}}}]},
         "finishReason": "STOP", "index": 0},
    ],
    "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2, "totalTokenCount": 3},
    "modelVersion": "gemini-2.5-flash", "responseId": "r",
}  # fmt: skip

# Releases of Anthropic's client differ in the version that they send to Vertex.
FLAGS = ("--bridge", "--ignore", "/anthropic_version")
HI = [{"role": "user", "content": "hi"}]
SENT: dict[str, tuple[str, Any, Any]] = {
    "chat": ("/v1/chat/completions", {"model": "gpt-4o", "messages": HI}, CHAT),
    "azure": ("/openai/deployments/d/chat/completions?api-version=2024-10-21",
              {"model": "d", "messages": HI}, CHAT),
    "response": ("/v1/responses", {"model": "gpt-5", "input": "hi"}, RESPONSE),
    "message": ("/v1/messages", {"model": "claude", "max_tokens": 9, "messages": HI}, MESSAGE),
    "vertex": ("/v1/projects/p/locations/l/publishers/anthropic/models/claude:rawPredict",
               {"anthropic_version": "vertex-2023-10-16", "max_tokens": 9, "messages": HI},
               MESSAGE),
    "gemini": ("/v1beta/models/gemini-2.5-flash:generateContent",
               {"contents": [{"parts": [{"text": "hi"}], "role": "user"}]}, GENERATED),
}  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of plain answers that bridges."""
    folder = tmp_path_factory.mktemp("plain")
    for name, (path, sent, answer) in SENT.items():
        body, told = json.dumps(sent).encode(), json.dumps(answer).encode()
        write(folder / f"{name}.yaml", recorded(url=path, sent=body, answer=told))
    with serve(folder, *FLAGS) as running:
        yield running


@pytest.fixture(scope="module")
def streams(plain: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of the streams that the other one made, which bridges back."""
    folder = tmp_path_factory.mktemp("streams")
    for name, (path, sent, _) in SENT.items():
        url, asked = path.replace(":generate", ":streamGenerate"), dict(sent)
        url = url.replace(":raw", ":streamRaw") + ("?alt=sse" if name == "gemini" else "")
        if name != "gemini":
            asked["stream"] = True
        if name in ("chat", "azure"):
            asked["stream_options"] = {"include_usage": True}
        body = json.dumps(asked).encode()
        stream = plain.post(url, body).body
        write(
            folder / f"{name}.yaml",
            recorded(url=url, sent=body, answer=stream, headers=EVENT_STREAM),
        )
    with serve(folder, *FLAGS) as running:
        yield running


def _openai(server: Running, *, azure: bool = False) -> Any:
    if azure:
        return openai.AzureOpenAI(
            azure_endpoint=server.origin, api_key="k", api_version="2024-10-21", max_retries=0
        )
    return openai.OpenAI(base_url=f"{server.origin}/v1", api_key="k", max_retries=0)


def _anthropic(server: Running, *, vertex: bool = False) -> Any:
    if vertex:
        return anthropic.AnthropicVertex(
            base_url=f"{server.origin}/v1", region="l", project_id="p", access_token="t",
            max_retries=0,
        )  # fmt: skip
    return anthropic.Anthropic(base_url=server.origin, api_key="k", max_retries=0)


def _genai(server: Running) -> Any:
    return genai.Client(api_key="k", http_options={"base_url": server.origin})


# What only the helpers of the clients add; and the numbers of calls, which streams have.
_ADDED = {"parsed", "parsed_arguments", "parsed_output"}


def _told(answer: Any) -> Any:
    """What a client holds, without what it adds of its own and without nothing."""
    value = answer.to_dict() if hasattr(answer, "to_dict") else answer
    return _cleaned(value)


def _cleaned(value: Any, where: str = "") -> Any:
    if isinstance(value, list):
        return [_cleaned(member, where) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _cleaned(member, name)
        for name, member in value.items()
        if member is not None and name not in _ADDED and (name, where) != ("index", "tool_calls")
    }


@pytest.mark.parametrize("azure", [False, True])
def test_openai_puts_an_unfolded_chat_together(plain: Running, *, azure: bool) -> None:
    asked = {"model": "d" if azure else "gpt-4o", "messages": HI}
    with _openai(plain, azure=azure) as client:
        expected = client.chat.completions.create(**asked)
        options = {"include_usage": True}
        with client.chat.completions.stream(**asked, stream_options=options) as stream:
            completion = stream.until_done().get_final_completion()
    assert _told(completion) == _told(expected) == _cleaned(CHAT)


def test_openai_reads_every_chunk_without_its_helper(plain: Running) -> None:
    with _openai(plain) as client:
        chunks = list(client.chat.completions.create(**SENT["chat"][1], stream=True))
    assert all(chunk.object == "chat.completion.chunk" for chunk in chunks)
    assert [chunk.usage for chunk in chunks] == [None] * len(chunks)
    said = "".join(
        choice.delta.content or "" for chunk in chunks for choice in chunk.choices
        if choice.index == 0
    )  # fmt: skip
    assert said == CHAT["choices"][0]["message"]["content"]  # type: ignore[index] # JSON


def test_openai_puts_an_unfolded_response_together(plain: Running) -> None:
    with _openai(plain) as client:
        expected = client.responses.create(model="gpt-5", input="hi")
        with client.responses.stream(model="gpt-5", input="hi") as stream:
            events = list(stream)
            response = stream.get_final_response()
    assert _told(response) == _told(expected) == _cleaned(RESPONSE)
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == "It is warm."
    assert [event.sequence_number for event in events] == sorted(
        {event.sequence_number for event in events}
    )


@pytest.mark.parametrize("vertex", [False, True])
def test_anthropic_puts_an_unfolded_message_together(plain: Running, *, vertex: bool) -> None:
    asked = {"model": "claude", "max_tokens": 9, "messages": HI}
    with _anthropic(plain, vertex=vertex) as client:
        expected = client.messages.create(**asked)
        with client.messages.stream(**asked) as stream:
            message = stream.get_final_message()
    assert _told(message) == _told(expected) == _cleaned(MESSAGE)


def test_google_reads_every_unfolded_chunk(plain: Running) -> None:
    asked = {"model": "gemini-2.5-flash", "contents": "hi"}
    client = _genai(plain)
    expected = client.models.generate_content(**asked)
    chunks = list(client.models.generate_content_stream(**asked))
    parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts]
    for thought in (True, None):
        said = [part.text for part in parts if part.text and part.thought is thought]
        (whole,) = [
            part.text for part in expected.candidates[0].content.parts
            if part.text and part.thought is thought
        ]  # fmt: skip
        assert "".join(said) == whole
    assert [part.function_call for part in parts if part.function_call] == expected.function_calls
    assert [part.thought_signature for part in parts if part.thought_signature] == [b"sig"]
    assert chunks[-1].usage_metadata == expected.usage_metadata
    assert chunks[-1].candidates[0].finish_reason == expected.candidates[0].finish_reason


@pytest.mark.parametrize("azure", [False, True])
def test_openai_reads_a_folded_chat(streams: Running, *, azure: bool) -> None:
    with _openai(streams, azure=azure) as client:
        model = "d" if azure else "gpt-4o"
        completion = client.chat.completions.create(model=model, messages=HI)
    assert _told(completion) == _cleaned(CHAT)


def test_openai_reads_a_folded_response(streams: Running) -> None:
    with _openai(streams) as client:
        response = client.responses.create(model="gpt-5", input="hi")
    assert _told(response) == _cleaned(RESPONSE)


@pytest.mark.parametrize("vertex", [False, True])
def test_anthropic_reads_a_folded_message(streams: Running, *, vertex: bool) -> None:
    with _anthropic(streams, vertex=vertex) as client:
        message = client.messages.create(model="claude", max_tokens=9, messages=HI)
    assert _told(message) == _cleaned(MESSAGE)


def test_google_reads_a_folded_answer(plain: Running, streams: Running) -> None:
    clients = [_genai(server) for server in (plain, streams)]
    answers = [
        client.models.generate_content(model="gemini-2.5-flash", contents="hi")
        for client in clients
    ]
    without_headers = [answer.model_dump(exclude={"sdk_http_response"}) for answer in answers]
    assert without_headers[0] == without_headers[1]
