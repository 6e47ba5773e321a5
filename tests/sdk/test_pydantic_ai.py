"""pydantic-ai's client for what speaks as OpenAI does."""

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from sdk.recorded import Case, Reading
from sdk.refused import NO_CASSETTES, NO_MATCH, refused
from support.server import Running

pydantic_ai = pytest.importorskip("pydantic_ai")
direct = pytest.importorskip("pydantic_ai.direct")
models = pytest.importorskip("pydantic_ai.models.openai")
providers = pytest.importorskip("pydantic_ai.providers.openai")

FORMS = ("chat",)
ASKED = [pydantic_ai.ModelRequest.user_text_prompt("Hello")]


def _model(origin: str, name: str = "gpt-4o") -> Any:
    provider = providers.OpenAIProvider(base_url=f"{origin}/v1", api_key="playhead")
    return models.OpenAIChatModel(name, provider=provider)


def receive(origin: str, case: Case) -> Any:
    async def receive() -> Any:
        async with _model(origin, case.model) as model:
            if not case.streams:
                return await direct.model_request(model, ASKED)
            async with direct.model_request_stream(model, ASKED) as stream:
                async for _ in stream:
                    pass
            return stream.get()

    return asyncio.run(receive())


def _reading(answer: Any) -> Reading:
    calls = [part for part in answer.parts if part.part_kind == "tool-call"]
    return Reading(
        text="".join(part.content for part in answer.parts if part.part_kind == "text"),
        tools=tuple((call.tool_name, call.args_as_dict()) for call in calls),
        finish=answer.provider_details["finish_reason"],
        usage=(answer.usage.input_tokens, answer.usage.output_tokens),
    )


def _expected(case: Case) -> Reading:
    """pydantic-ai adds up the usages of a stream, and Groq sends its own twice."""
    answers = case.answer if case.streams else [case.answer]
    usages = [answer["usage"] for answer in answers if answer.get("usage")]
    counted = [
        sum(usage[name] for usage in usages) for name in ("prompt_tokens", "completion_tokens")
    ]
    return dataclasses.replace(case.reading, usage=tuple(counted))


@pytest.mark.cases("chat", streams=False)
def test_a_plain_answer_says_what_was_recorded(case: Case, replayed: Callable[[Case], str]) -> None:
    assert _reading(receive(replayed(case), case)) == _expected(case)


@pytest.mark.cases("chat", streams=True)
def test_a_stream_says_what_was_recorded(case: Case, replayed: Callable[[Case], str]) -> None:
    assert _reading(receive(replayed(case), case)) == _expected(case)


# Agents, and misses


def weather(city: str, days: int) -> str:
    """Of a city."""
    return f"{days} days of sun in {city}"


async def _run(agent: Any) -> None:
    async with agent:  # which closes the connection
        await agent.run("Something else")


async def _stream(agent: Any) -> None:
    async with agent, agent.run_stream("Something else") as stream:
        await stream.get_output()


MISSES = {"plain": _run, "stream": _stream}
misses = pytest.mark.parametrize("ask", MISSES.values(), ids=MISSES)


@misses
def test_a_miss_is_not_found_after_exactly_one_request(
    server: Running, ask: Callable[[Any], Any]
) -> None:
    agent = pydantic_ai.Agent(_model(server.origin), tools=[weather])
    with refused(server, pydantic_ai.ModelHTTPError, *NO_MATCH) as caught:
        asyncio.run(ask(agent))
    assert caught.value.status_code == 404


@misses
def test_an_empty_folder_says_so(empty: Running, ask: Callable[[Any], Any]) -> None:
    with refused(empty, pydantic_ai.ModelHTTPError, NO_CASSETTES):
        asyncio.run(ask(pydantic_ai.Agent(_model(empty.origin))))
