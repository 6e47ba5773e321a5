"""LangChain's client for what speaks as OpenAI does."""

import asyncio
import functools
import operator
from collections.abc import Callable
from typing import Any

import pytest

from sdk.recorded import Case, Reading
from sdk.refused import NO_CASSETTES, NO_MATCH, refused
from support.server import Running

langchain_openai = pytest.importorskip("langchain_openai")
openai = pytest.importorskip("openai")


FORMS = ("chat",)


def _model(origin: str, name: str = "gpt-4o") -> Any:
    return langchain_openai.ChatOpenAI(
        model=name, base_url=f"{origin}/v1", api_key="playhead", stream_usage=True
    )


def receive(origin: str, case: Case) -> list[Any]:
    """The only message, or the chunks of a stream."""
    model = _model(origin, case.model)
    return list(model.stream("Hello")) if case.streams else [model.invoke("Hello")]


def _reading(messages: list[Any]) -> Reading:
    """What the chunks say together; finish and usage, which some providers send twice, but once."""
    whole = functools.reduce(operator.add, messages)
    usage = next((each.usage_metadata for each in messages[::-1] if each.usage_metadata), None)
    ends = [each.response_metadata.get("finish_reason") for each in messages]
    return Reading(
        text=whole.content,
        tools=tuple((call["name"], call["args"]) for call in whole.tool_calls),
        finish=next(end for end in ends[::-1] if end),
        usage=(usage["input_tokens"], usage["output_tokens"]) if usage else None,
    )


@pytest.mark.cases("chat", streams=False)
def test_a_plain_answer_says_what_was_recorded(case: Case, replayed: Callable[[Case], str]) -> None:
    assert _reading(receive(replayed(case), case)) == case.reading


@pytest.mark.cases("chat", streams=True)
def test_a_stream_says_what_was_recorded(case: Case, replayed: Callable[[Case], str]) -> None:
    assert _reading(receive(replayed(case), case)) == case.reading


@pytest.mark.cases("chat", streams=True)
def test_an_async_stream_says_what_was_recorded(
    case: Case, replayed: Callable[[Case], str]
) -> None:
    async def ask() -> list[Any]:
        model = _model(replayed(case), case.model)
        return [chunk async for chunk in model.astream("Hello")]

    assert _reading(asyncio.run(ask())) == case.reading


# Misses

WEATHER = {"name": "weather", "description": "Of a city", "parameters": {"type": "object"}}
MISSES = {
    "plain": lambda model: model.invoke("Something else"),
    "stream": lambda model: list(model.stream("Something else")),
    "tool": lambda model: model.bind_tools([WEATHER]).invoke("Something else"),
}
misses = pytest.mark.parametrize("ask", MISSES.values(), ids=MISSES)


@misses
def test_a_miss_is_not_found_after_exactly_one_request(
    server: Running, ask: Callable[[Any], Any]
) -> None:
    with refused(server, openai.NotFoundError, *NO_MATCH):
        ask(_model(server.origin))


@misses
def test_an_empty_folder_says_so(empty: Running, ask: Callable[[Any], Any]) -> None:
    with refused(empty, openai.NotFoundError, NO_CASSETTES):
        ask(_model(empty.origin))
