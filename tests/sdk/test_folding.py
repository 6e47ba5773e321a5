"""The official clients' own accumulators as the judges of what a stream is folded into."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playhead.cassette import Interaction
from playhead.dialects import recorded_route
from playhead.fold import fold
from playhead.fold.partial_json import value_of
from playhead.fold.received import events
from playhead.folder import load
from support.streams import invoke, sse, streamed

httpx = pytest.importorskip("httpx")
openai = pytest.importorskip("openai")
anthropic = pytest.importorskip("anthropic")
genai = pytest.importorskip("google.genai")
anthropics_httpx = pytest.importorskip("httpx2")
jiter = pytest.importorskip("jiter")

# What the clients add of their own, or keep of a stream that a plain answer does not have.
_OF_CLIENTS = {"parsed", "parsed_arguments", "parsed_output", "obfuscation", "p"}
# OpenAI's client appends these though they are sent whole: `assistantassistant`.
_STUTTERED = {"role", "id", "name", "format", "signature"}


def _client_of(library: Any, body: bytes) -> Any:
    def answer(_: Any) -> Any:
        return library.Response(200, headers={"content-type": "text/event-stream"}, content=body)

    return library.Client(transport=library.MockTransport(answer))


def _chat(interaction: Interaction) -> Any:
    client = openai.OpenAI(api_key="k", http_client=_client_of(httpx, interaction.response.body))
    with client.chat.completions.stream(model="m", messages=[]) as stream:
        stream.until_done()
        return stream.current_completion_snapshot.to_dict()


def _response(interaction: Interaction) -> Any:
    client = openai.OpenAI(api_key="k", http_client=_client_of(httpx, interaction.response.body))
    with client.responses.stream(model="m", input="") as stream:
        return stream.get_final_response().to_dict()


def _message(interaction: Interaction, *, beta: bool = False) -> Any:
    """Of a cloud's stream the client is given the model's own events."""
    body = sse(*events(interaction.response), named=True)
    client = anthropic.Anthropic(api_key="k", http_client=_client_of(anthropics_httpx, body))
    messages = client.beta.messages if beta else client.messages
    with messages.stream(model="m", max_tokens=1, messages=[]) as stream:
        return stream.get_final_message().to_dict()


def _beta_message(interaction: Interaction) -> Any:
    return _message(interaction, beta=True)


JUDGES: dict[str, Callable[[Interaction], Any]] = {
    "chat.completions": _chat,
    "responses": _response,
    "messages": _message,
    "streamRawPredict": _message,
    "invoke-with-response-stream": _message,
}


def _missing(ours: Any, theirs: Any, where: str = "") -> list[str]:
    """Where `ours` does not hold what the client made; None, and what it adds, are nothing."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return [
            fault
            for name, value in theirs.items()
            if value is not None and name not in _OF_CLIENTS and not _is_number(name, where)
            for fault in (
                [] if _stutters(name, ours.get(name), value)
                else _missing(ours.get(name), value, f"{where}.{name}")
            )
        ]  # fmt: skip
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return [
            fault
            for mine, other in zip(ours, theirs, strict=True)
            for fault in _missing(mine, other, f"{where}[]")
        ]
    return [] if ours == theirs else [f"{where}: {ours!r:.80} is {theirs!r:.80} to the client"]


def _is_number(name: str, where: str) -> bool:
    """Streams number tool calls, plain answers do not; OpenAI's client keeps the numbers."""
    return name == "index" and where.endswith("tool_calls[]")


def _stutters(name: str, ours: Any, theirs: Any) -> bool:
    return (
        name in _STUTTERED
        and isinstance(ours, str)
        and isinstance(theirs, str)
        and bool(ours)
        and re.fullmatch(f"(?:{re.escape(ours)})+", theirs) is not None
    )


def _added(ours: Any, theirs: Any, interaction: Interaction) -> list[str]:
    """What `ours` holds beyond the client's: only what a later event of the stream brought."""
    first, *later = events(interaction.response)
    beside = [ours.keys() - theirs.keys()] + [
        mine.keys() - other.keys()
        for mine, other in zip(ours.get("choices", ()), theirs.get("choices", ()), strict=True)
    ]
    brought = {
        name for event in later for each in (event, *event.get("choices", ())) for name in each
    }
    return [name for names in beside for name in names - brought - first.keys()]


def _judged(interaction: Interaction) -> list[str]:
    theirs = JUDGES[recorded_route(interaction).operation](interaction)
    ours = fold(interaction)
    return _missing(ours, theirs) + _added(ours, theirs, interaction)


def _judged_if_accepted(interaction: Interaction) -> list[str]:
    """No faults where the client itself gives up: a stream cut short, an error in its midst."""
    try:
        return _judged(interaction)
    except (openai.OpenAIError, anthropic.AnthropicError, LookupError, RuntimeError, TypeError):
        return []


def test_every_recorded_stream_folds_as_its_client_accumulates_it(corpus: Path) -> None:
    wrong = [
        (interaction.name, fault)
        for cassette in load([corpus]).cassettes
        for interaction in cassette.interactions
        if recorded_route(interaction).operation in JUDGES and fold(interaction)
        for fault in _judged_if_accepted(interaction)
    ]
    assert wrong == []


# OpenAI chat


def _chunk(*choices: Any, **fields: Any) -> dict[str, Any]:
    return {
        "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": list(choices), **fields,
    }  # fmt: skip


def _choice(index: int = 0, reason: str | None = None, **fields: Any) -> dict[str, Any]:
    logprobs = fields.pop("logprobs", None)
    return {"index": index, "delta": fields, "finish_reason": reason, "logprobs": logprobs}


def _call(index: int, name: str | None = None, arguments: str = "") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    start = {"id": f"call_{index}", "type": "function"} if name else {}
    return _choice(tool_calls=[{"index": index, **start, "function": function}])


_USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
_TOKEN = {"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}
_START = _chunk(_choice(role="assistant", content=""))

CHATS = {
    "text": [_START, _chunk(_choice(content="a")), _chunk(_choice(content="b")),
             _chunk(_choice(reason="stop"))],
    "usage": [_START, _chunk(_choice(content="a")), _chunk(usage=_USAGE)],
    "refusal": [_START, _chunk(_choice(refusal="I ")), _chunk(_choice(refusal="won't"))],
    "parallel calls": [
        _START, _chunk(_call(0, "f")), _chunk(_call(0, arguments='{"a":')),
        _chunk(_call(1, "g")), _chunk(_call(0, arguments="1}")), _chunk(_call(1, arguments="{}")),
        _chunk(_choice(reason="tool_calls")),
    ],
    "log probabilities": [
        _START, _chunk(_choice(content="a", logprobs={"content": [_TOKEN], "refusal": None})),
        _chunk(_choice(content="a", logprobs={"content": [_TOKEN], "refusal": None})),
        _chunk(_choice(refusal="a", logprobs={"content": None, "refusal": [_TOKEN]})),
    ],
    "several choices": [
        _chunk(_choice(0, role="assistant", content="")),
        _chunk(_choice(1, role="assistant", content="")),
        _chunk(_choice(1, content="b")), _chunk(_choice(0, content="a")),
        _chunk(_choice(1, "stop"), _choice(0, "length")),
    ],
    "reasoning": [
        _START, _chunk(_choice(reasoning_content="h")), _chunk(_choice(reasoning_content="m")),
        _chunk(_choice(reasoning="h")), _chunk(_choice(reasoning="m")),
        _chunk(_choice(reasoning_details=[{"index": 0, "type": "reasoning.text", "text": "h"}])),
        _chunk(_choice(reasoning_details=[{"index": 0, "type": "reasoning.text", "text": "m"}])),
        _chunk(_choice(reasoning_details=[{"index": 0, "type": "reasoning.text",
                                           "signature": "s"}])),
    ],
    "audio": [_START, _chunk(_choice(audio={"id": "a1", "transcript": "o"})),
              _chunk(_choice(audio={"transcript": "k", "data": "AA=="}))],
    "a legacy call": [_START, _chunk(_choice(function_call={"name": "f", "arguments": ""})),
                      _chunk(_choice(function_call={"arguments": "{}"}))],
    "annotations": [_START, _chunk(_choice(annotations=[{"type": "url_citation", "index": 0}])),
                    _chunk(_choice(annotations=[{"type": "url_citation", "index": 1}]))],
    "a repeated role": [_START, _chunk(_choice(role="assistant", content="a"))],
    "content filter": [
        {"id": "", "object": "", "choices": [], "prompt_filter_results": []},
        _START, {"id": "", "object": "", "choices": [{"index": 0, "content_filter_results": {}}]},
        _chunk(_choice(content="a")),
    ],
    "fingerprints": [{**_START, "system_fingerprint": "fp"},
                     _chunk(_choice(content="a"), system_fingerprint="fp", service_tier="flex")],
}  # fmt: skip


@pytest.mark.parametrize("chunks", CHATS.values(), ids=CHATS)
def test_a_chat_folds_as_openai_accumulates_it(chunks: Any) -> None:
    assert _judged(streamed("chat", sse(*chunks))) == []


@pytest.mark.parametrize(
    "chunks",
    [
        [_START, _chunk(_call(2, "f")), _chunk(_call(2, arguments="{}"))],
        [_START, {"error": {"message": "overloaded"}}],
        [_START, _chunk(_choice(annotations=[{"a": 1}])), _chunk(_choice(annotations=[{"b": 1}]))],
    ],
    ids=["gap", "error", "members without an index"],
)
def test_a_chat_that_the_client_gives_up_on_is_folded_nevertheless(chunks: Any) -> None:
    interaction = streamed("chat", sse(*chunks))
    with pytest.raises(Exception):  # noqa: B017, PT011 - of several kinds, none of them meant
        _chat(interaction)
    assert (fold(interaction) or {})["choices"]
    assert _judged_if_accepted(interaction) == []


# OpenAI responses


def _completed(*output: Any) -> list[dict[str, Any]]:
    base = {
        "id": "r1", "object": "response", "created_at": 1, "model": "m", "tools": [],
        "tool_choice": "auto", "parallel_tool_calls": True,
    }  # fmt: skip
    started = {**base, "status": "in_progress", "output": []}
    done = {**base, "status": "completed", "output": list(output)}
    found = [{"type": "response.created", "response": started, "sequence_number": 0}]
    for at, item in enumerate(output):
        found.append({"type": "response.output_item.added", "output_index": at, "item": item})
        found.append({"type": "response.output_item.done", "output_index": at, "item": item})
    return [*found, {"type": "response.completed", "response": done, "sequence_number": 9}]


_MESSAGE = {
    "id": "i", "type": "message", "role": "assistant", "status": "completed",
    "content": [{"type": "output_text", "text": "hi", "annotations": []}],
}  # fmt: skip
ITEMS: dict[str, dict[str, Any]] = {
    "message": _MESSAGE,
    "refusal": {**_MESSAGE, "content": [{"type": "refusal", "refusal": "no"}]},
    "function call": {"id": "i", "type": "function_call", "name": "f", "arguments": "{}",
                      "call_id": "c", "status": "completed"},
    "reasoning": {"id": "i", "type": "reasoning", "encrypted_content": "x",
                  "summary": [{"type": "summary_text", "text": "hm"}]},
    "web search": {"id": "i", "type": "web_search_call", "status": "completed",
                   "action": {"type": "search", "query": "q"}},
    "code": {"id": "i", "type": "code_interpreter_call", "code": "1", "container_id": "c",
             "status": "completed", "outputs": []},
}  # fmt: skip


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_a_response_folds_as_openai_accumulates_it(item: Any) -> None:
    interaction = streamed("responses", sse(*_completed(item), named=True))
    assert _judged(interaction) == []


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_a_response_that_was_cut_holds_the_items_that_had_come(item: Any) -> None:
    interaction = streamed("responses", sse(*_completed(item)[:-1], named=True))
    assert (fold(interaction) or {})["output"] == [item]


# Anthropic messages


def _block(at: int, start: Any, *deltas: Any) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": at, "content_block": start},
        *({"type": "content_block_delta", "index": at, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": at},
    ]


def _told(*blocks: list[dict[str, Any]], **usage: Any) -> list[dict[str, Any]]:
    message: dict[str, Any] = {
        "id": "m1", "type": "message", "role": "assistant", "model": "c", "content": [],
        "stop_reason": None, "stop_sequence": None,
        "usage": {"input_tokens": 5, "output_tokens": 1, "cache_read_input_tokens": 3},
    }  # fmt: skip
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    return [
        {"type": "message_start", "message": message},
        {"type": "ping"},
        *(event for block in blocks for event in block),
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 7, **usage}},
        {"type": "message_stop"},
    ]


def _json(*pieces: str) -> list[dict[str, Any]]:
    return [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]


_CALL = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}
_CITATION = {"type": "char_location", "cited_text": "x", "document_index": 0,
             "document_title": None, "start_char_index": 0, "end_char_index": 1}  # fmt: skip
MESSAGES = {
    "text": _told(_block(0, {"type": "text", "text": ""},
                         {"type": "text_delta", "text": "a"}, {"type": "text_delta", "text": "b"})),
    "thinking": _told(
        _block(0, {"type": "thinking", "thinking": "", "signature": ""},
               {"type": "thinking_delta", "thinking": "h"},
               {"type": "thinking_delta", "thinking": "m"},
               {"type": "signature_delta", "signature": "sig"}),
        _block(1, {"type": "redacted_thinking", "data": "x"}),
        _block(2, {"type": "text", "text": ""}, {"type": "text_delta", "text": "a"}),
    ),
    "calls": _told(_block(0, _CALL, *_json("", '{"a": ', '[1, "x"]}')),
                   _block(1, {**_CALL, "id": "t2"}, *_json("")),
                   _block(2, {**_CALL, "id": "t3"}, *_json('{"a": 1, "b": "cu'))),
    "citations": _told(_block(0, {"type": "text", "text": ""},
                              {"type": "text_delta", "text": "a"},
                              {"type": "citations_delta", "citation": _CITATION},
                              {"type": "citations_delta", "citation": _CITATION})),
    "server tools": _told(
        _block(0, {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
               *_json('{"query": ', '"q"}')),
        _block(1, {"type": "web_search_tool_result", "tool_use_id": "s", "content": [
            {"type": "web_search_result", "url": "u", "title": "t", "encrypted_content": "e",
             "page_age": None}]}),
        server_tool_use={"web_search_requests": 1, "web_fetch_requests": 0},
    ),
    "usage": _told(input_tokens=6, cache_read_input_tokens=None, cache_creation_input_tokens=4),
}  # fmt: skip


@pytest.mark.parametrize("judge", [_message, _beta_message])
@pytest.mark.parametrize("told", MESSAGES.values(), ids=MESSAGES)
def test_a_message_folds_as_anthropic_accumulates_it(told: Any, judge: Any) -> None:
    interaction = streamed("messages", sse(*told, named=True))
    assert _missing(fold(interaction), judge(interaction)) == []


@pytest.mark.parametrize("told", MESSAGES.values(), ids=MESSAGES)
def test_a_message_from_bedrock_folds_as_anthropic_accumulates_it(told: Any) -> None:
    assert _judged(streamed("invoke", invoke(*told))) == []


def test_what_only_the_beta_streams_is_folded_too() -> None:
    told = _told(
        _block(0, {"type": "compaction", "content": None},
               {"type": "compaction_delta", "content": "c", "encrypted_content": "e"}),
        _block(1, {"type": "mcp_tool_use", "id": "m", "name": "f", "server_name": "s",
                   "input": {}}, *_json('{"a":', "1}")),
    )  # fmt: skip
    told[-2]["context_management"] = {"applied_edits": []}
    interaction = streamed("messages", sse(*told, named=True))
    assert _missing(fold(interaction), _beta_message(interaction)) == []


@pytest.mark.parametrize(
    "written",
    ['{"a": {"b": [1, 2, {"c": "d, e}"}], "f": "g\\"h"}, "i": null}', '[[], {}, "x"]', '{"a": 1}'],
)
def test_arguments_cut_anywhere_are_what_anthropics_parser_makes_of_them(written: str) -> None:
    for end in range(1, len(written) + 1):
        cut = written[:end]
        assert value_of(cut) == jiter.from_json(cut.encode(), partial_mode=True), cut


# Gemini


def _part(**fields: Any) -> dict[str, Any]:
    return {"candidates": [{"index": 0, "content": {"role": "model", "parts": [fields]}}]}


def test_a_gemini_stream_folds_into_all_that_the_client_was_given() -> None:
    chunks = [
        _part(text="h", thought=True), _part(text="m", thought=True), _part(text="a"),
        _part(text="b"), _part(functionCall={"name": "f", "args": {"x": 1}}),
        _part(executableCode={"code": "1", "language": "PYTHON"}),
        {"candidates": [{"index": 0, "finishReason": "STOP"}],
         "usageMetadata": {"promptTokenCount": 1, "totalTokenCount": 3}},
    ]  # fmt: skip
    interaction = streamed(
        "gemini", b"".join(f"data: {json.dumps(c)}\n\n".encode() for c in chunks)
    )
    client = genai.Client(
        api_key="k",
        http_options={"httpx_client": _client_of(httpx, interaction.response.body)},
    )
    received = list(client.models.generate_content_stream(model="m", contents="x"))
    folded = genai.types.GenerateContentResponse.model_validate(fold(interaction))
    parts = folded.candidates[0].content.parts
    assert [part.text for part in parts if part.text] == ["hm", "ab"]
    assert folded.function_calls == [
        call for chunk in received for call in chunk.function_calls or ()
    ]
    assert folded.text == "".join(
        part.text
        for chunk in received
        for part in (chunk.candidates[0].content and chunk.candidates[0].content.parts) or ()
        if part.text and not part.thought
    )
    assert folded.usage_metadata == received[-1].usage_metadata
    assert folded.candidates[0].finish_reason == received[-1].candidates[0].finish_reason
