"""Google's official client, of the Gemini API and of Vertex."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playhead.environment import variables
from sdk import forms
from sdk.recorded import Case, Reading
from sdk.refused import NO_CASSETTES, NO_MATCH, refused
from support.recordings import GEMINI, interaction, write
from support.server import Running, serve

genai = pytest.importorskip("google.genai")
credentials = pytest.importorskip("google.oauth2.credentials")

# Where aiohttp is installed, as litellm does, the asynchronous client inherits from its session.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Inheritance class AiohttpClientSession:DeprecationWarning"
)


def _client(case: Case, base: str) -> Any:
    """A client that sends the recorded body, whatever it is asked."""
    options = genai.types.HttpOptions(base_url=base, extra_body=case.asked)
    return (_on_vertex if "/projects/" in case.exchange.target else _of_gemini)(options)


def _of_gemini(options: Any) -> Any:
    return genai.Client(api_key="playhead", http_options=options)


def _on_vertex(options: Any) -> Any:
    token = credentials.Credentials("playhead")
    return genai.Client(
        vertexai=True, project="p", location="l", credentials=token, http_options=options
    )


def _reading(chunks: list[Any]) -> Reading:
    candidates = [each for chunk in chunks for each in chunk.candidates or []]
    parts = [part for each in candidates for part in (each.content and each.content.parts) or []]
    calls = [part.function_call for part in parts if part.function_call]
    usage = chunks[-1].usage_metadata
    return Reading(
        text="".join(part.text or "" for part in parts if not part.thought),
        tools=tuple((call.name, call.args) for call in calls),
        finish=next((each.finish_reason for each in candidates[::-1] if each.finish_reason), None),
        usage=(usage.prompt_token_count, usage.candidates_token_count or 0),
    )


@pytest.mark.cases("gemini", streams=False)
def test_a_plain_answer_says_what_was_recorded(case: Case, confined: Callable[[Case], str]) -> None:
    client = _client(case, confined(case))
    answer = client.models.generate_content(model=case.model, contents="hi")
    assert _reading([answer]) == case.reading


@pytest.mark.cases("gemini", streams=True)
def test_a_stream_says_what_was_recorded(case: Case, confined: Callable[[Case], str]) -> None:
    client = _client(case, confined(case))
    chunks = list(client.models.generate_content_stream(model=case.model, contents="hi"))
    assert _reading(chunks) == case.reading
    assert len(chunks) == len(case.answer)


@pytest.mark.cases("gemini", streams=True, made=True)
def test_a_paced_stream_says_what_was_recorded(case: Case, paced: Running) -> None:
    client = _client(case, paced.origin)
    chunks = list(client.models.generate_content_stream(model=case.model, contents="hi"))
    assert _reading(chunks) == case.reading


@pytest.mark.cases("gemini", streams=False)
def test_an_async_answer_says_what_was_recorded(
    case: Case, confined: Callable[[Case], str]
) -> None:
    async def receive() -> Any:
        async with _client(case, confined(case)).aio as client:
            return await client.models.generate_content(model=case.model, contents="hi")

    assert _reading([asyncio.run(receive())]) == case.reading


@pytest.mark.cases("gemini", streams=True)
def test_an_async_stream_says_what_was_recorded(
    case: Case, confined: Callable[[Case], str]
) -> None:
    async def receive() -> list[Any]:
        async with _client(case, confined(case)).aio as client:
            chunks = client.models.generate_content_stream(model=case.model, contents="hi")
            return [chunk async for chunk in await chunks]

    assert _reading(asyncio.run(receive())) == case.reading


@pytest.mark.parametrize("client", [_of_gemini, _on_vertex])
def test_the_variables_of_env_are_enough(
    client: Callable[[Any], Any], server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables(server.origin, os.environ).items():
        monkeypatch.setenv(name, value)
    model = "gemini-2.5-flash" if client is _of_gemini else "gemini-2.0"
    made = client(None)
    answer = made.models.generate_content(
        model=model,
        contents=forms.PROMPT,
        config=genai.types.GenerateContentConfig(max_output_tokens=100),
    )
    assert answer.text == "".join(forms.TEXT)


# Misses

MODEL = "gemini-2.5-flash"
MISSES = {
    "plain": lambda client: client.models.generate_content(model=MODEL, contents="else"),
    "stream": lambda client: list(
        client.models.generate_content_stream(model=MODEL, contents="else")
    ),
}
clients = pytest.mark.parametrize("client", [_of_gemini, _on_vertex])
misses = pytest.mark.parametrize("ask", MISSES.values(), ids=MISSES)


@clients
@misses
def test_a_miss_is_not_found_after_exactly_one_request(
    server: Running, client: Callable[[Any], Any], ask: Callable[[Any], Any]
) -> None:
    with refused(server, genai.errors.ClientError, *NO_MATCH) as caught:
        ask(client(genai.types.HttpOptions(base_url=server.origin)))
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")
    assert caught.value.message.startswith(NO_MATCH[0])


@clients
@misses
def test_an_empty_folder_says_so(
    empty: Running, client: Callable[[Any], Any], ask: Callable[[Any], Any]
) -> None:
    with refused(empty, genai.errors.ClientError, NO_CASSETTES):
        ask(client(genai.types.HttpOptions(base_url=empty.origin)))


def test_the_recorded_models_are_listed(tmp_path: Path) -> None:
    url = f"https://g.example{GEMINI}"
    write(tmp_path, "a", interaction(b"{}", url=url))
    with serve(tmp_path) as running:
        client = _of_gemini(genai.types.HttpOptions(base_url=running.origin))
        assert [model.name for model in client.models.list()] == ["models/gemini-2.5-flash"]
