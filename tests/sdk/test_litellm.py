"""litellm, which has a client of its own for each provider."""

import gc
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sdk.recorded import Case, Reading
from sdk.refused import NO_CASSETTES, NO_MATCH, refused
from support.server import Running

litellm = pytest.importorskip("litellm")
openai = pytest.importorskip("openai")
HTTPHandler = pytest.importorskip("litellm.llms.custom_httpx.http_handler").HTTPHandler

pytestmark = [
    # Pydantic says so of litellm's own models when the first answer is made.
    pytest.mark.filterwarnings("ignore:Item '.*' on TypedDict class:UserWarning"),
]

# litellm has one vocabulary for the reasons of all providers to stop.
FINISHES = {"end_turn": "stop", "max_tokens": "length", "tool_use": "tool_calls", "STOP": "stop"}
PREFIXES = {"chat": "openai/", "messages": "anthropic/", "gemini": "gemini/"}
VERSIONS = {"chat": "/v1", "messages": "", "gemini": "/v1beta"}
FORMS = tuple(PREFIXES)


@pytest.fixture(autouse=True, scope="module")
def _clients_closed() -> Iterator[None]:
    """litellm keeps its clients for ever, and their sockets for the garbage collector."""
    yield
    for client in litellm.in_memory_llm_clients_cache.cache_dict.values():
        if isinstance(client, HTTPHandler | openai.OpenAI):
            client.close()


def _ask(origin: str, case: Case, **fields: Any) -> dict[str, Any]:
    """What to ask litellm for."""
    return {
        "model": PREFIXES[case.form] + case.model,
        "messages": [{"role": "user", "content": "Hello"}],
        "api_base": origin + VERSIONS[case.form],
        "api_key": "playhead",
        "stream": case.streams,
        **fields,
    }


def receive(origin: str, case: Case) -> Any:
    answer = litellm.completion(**_ask(origin, case))
    if not case.streams:
        return answer
    chunks = list(answer)
    # litellm leaves Anthropic's stream unread at its end. The garbage collector closes it, and
    # waits for ever where it happens to come in the midst of the next request.
    del answer
    gc.collect()
    return litellm.stream_chunk_builder(chunks)


def _reading(answer: Any) -> Reading:
    (choice,) = answer.choices
    calls = choice.message.tool_calls or []
    return Reading(
        text=choice.message.content or "",
        tools=tuple((call.function.name, json.loads(call.function.arguments)) for call in calls),
        finish=choice.finish_reason,
    )


def _expected(case: Case) -> Reading:
    reading = case.reading
    finish = "tool_calls" if reading.tools else FINISHES.get(reading.finish or "", reading.finish)
    return Reading(text=reading.text, tools=reading.tools, finish=finish)


@pytest.mark.cases(*FORMS, streams=False)
def test_a_plain_answer_says_what_was_recorded(case: Case, replayed: Callable[[Case], str]) -> None:
    assert _reading(receive(replayed(case), case)) == _expected(case)


@pytest.mark.cases(*FORMS, streams=True)
def test_a_stream_says_what_was_recorded(case: Case, replayed: Callable[[Case], str]) -> None:
    assert _reading(receive(replayed(case), case)) == _expected(case)


# Misses

MISSES = {
    "openai": {"model": "openai/gpt-4o", "version": "/v1"},
    "anthropic": {"model": "anthropic/claude-haiku-4-5", "version": ""},
    "gemini": {"model": "gemini/gemini-2.5-flash", "version": "/v1beta"},
}


def _miss(origin: str, provider: str, *, stream: bool) -> None:
    asked = MISSES[provider]
    answer = litellm.completion(
        model=asked["model"],
        messages=[{"role": "user", "content": "Something else"}],
        api_base=origin + asked["version"],
        api_key="playhead",
        stream=stream,
    )
    list(answer)


misses = pytest.mark.parametrize("provider", MISSES)
streams = pytest.mark.parametrize("way", ["plain", "stream"])


@misses
@streams
def test_a_miss_is_not_found_after_exactly_one_request(
    server: Running, provider: str, way: str
) -> None:
    with refused(server, litellm.NotFoundError, *NO_MATCH):
        _miss(server.origin, provider, stream=way == "stream")


@misses
@streams
def test_an_empty_folder_says_so(empty: Running, provider: str, way: str) -> None:
    with refused(empty, litellm.NotFoundError, NO_CASSETTES):
        _miss(empty.origin, provider, stream=way == "stream")
