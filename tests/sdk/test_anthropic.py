"""The official client on Anthropic's own paths, on Vertex and on Bedrock."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

from playhead.environment import variables
from sdk import forms
from sdk.recorded import Case, Reading
from sdk.refused import NO_CASSETTES, NO_MATCH, refused
from support.server import Running

anthropic = pytest.importorskip("anthropic")

# Recordings outlive the models they were made with.
pytestmark = pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")

FORMS = ("messages", "vertex", "invoke")
LONG = 60.0


def _client(case: Case, base: str, kind: str = "") -> Any:
    """A client of the provider that answered the recording."""
    common = {"base_url": base, "timeout": LONG}
    if case.form == "vertex":
        client = getattr(anthropic, f"{kind}AnthropicVertex")
        return client(project_id="p", region="us-east5", access_token="x", **common)
    if case.form == "invoke":
        client = getattr(anthropic, f"{kind}AnthropicBedrock")
        keys = {"aws_access_key": "x", "aws_secret_key": "x"}
        return client(aws_region="us-east-1", **keys, **common)
    return getattr(anthropic, f"{kind}Anthropic")(api_key="playhead", **common)


def _create(client: Any, case: Case, prompt: str = "") -> Any:
    """Ask for the recording, with every member of the recorded body; with `prompt`, for another."""
    messages = client.beta.messages if "beta=true" in case.exchange.target else client.messages
    asked = case.asked
    asked.pop("model", None)
    if prompt:
        asked["messages"] = [{"role": "user", "content": prompt}]
    named = {name: asked.pop(name) for name in ("max_tokens", "messages")}
    asked.pop("stream", None)
    return messages.create(**named, model=case.model, stream=case.streams, extra_body=asked)


def _reading(message: Any) -> Reading:
    return Reading(
        text="".join(block.text for block in message.content if block.type == "text"),
        tools=tuple(
            (block.name, block.input) for block in message.content if block.type == "tool_use"
        ),
        finish=message.stop_reason,
        usage=(message.usage.input_tokens, message.usage.output_tokens),
    )


def _events(case: Case) -> list[Any]:
    return [event for event in case.answer if event["type"] != "ping"]


@pytest.mark.cases(*FORMS, streams=False)
def test_a_plain_answer_is_the_recorded_json(case: Case, confined: Callable[[Case], str]) -> None:
    with _client(case, confined(case)) as client:
        message = _create(client, case)
    assert _reading(message) == case.reading
    assert message.to_dict() == case.answer


@pytest.mark.cases(*FORMS, streams=True)
def test_a_stream_is_the_recorded_events(case: Case, confined: Callable[[Case], str]) -> None:
    with _client(case, confined(case)) as client, _create(client, case) as stream:
        received = [event.to_dict() for event in stream]
    assert received == _events(case)


@pytest.mark.cases(*FORMS, streams=True, made=True)
def test_a_paced_stream_is_the_recorded_events(case: Case, paced: Running) -> None:
    with _client(case, paced.origin) as client, _create(client, case) as stream:
        assert [event.to_dict() for event in stream] == _events(case)


@pytest.mark.cases(*FORMS, streams=False)
def test_an_async_answer_is_the_recorded_json(case: Case, confined: Callable[[Case], str]) -> None:
    async def receive() -> Any:
        async with _client(case, confined(case), "Async") as client:
            return await _create(client, case)

    assert asyncio.run(receive()).to_dict() == case.answer


@pytest.mark.cases(*FORMS, streams=True)
def test_an_async_stream_is_the_recorded_events(
    case: Case, confined: Callable[[Case], str]
) -> None:
    async def receive() -> list[Any]:
        async with (
            _client(case, confined(case), "Async") as client,
            await _create(client, case) as stream,
        ):
            return [event.to_dict() async for event in stream]

    assert asyncio.run(receive()) == _events(case)


@pytest.mark.cases("messages", streams=True)
def test_the_stream_helper_puts_the_recorded_message_together(
    case: Case, confined: Callable[[Case], str]
) -> None:
    asked = case.asked
    del asked["stream"]
    with _client(case, confined(case)) as client:
        messages = client.beta.messages if "beta=true" in case.exchange.target else client.messages
        with messages.stream(**asked) as stream:
            assert _reading(stream.get_final_message()) == case.reading


@pytest.mark.parametrize(
    ("client", "fields"),
    [
        ("Anthropic", {}),
        ("AnthropicVertex", {"project_id": "p", "region": "r", "access_token": "x"}),
        ("AnthropicBedrock", {"aws_region": "r", "aws_access_key": "x", "aws_secret_key": "x"}),
    ],
)
def test_the_variables_of_env_are_enough(
    client: str, fields: dict[str, str], server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables(server.origin, os.environ).items():
        monkeypatch.setenv(name, value)
    model = forms.CLAUDE if client == "AnthropicBedrock" else "claude-haiku-4-5"
    versions = {"AnthropicVertex": "vertex-2023-10-16", "AnthropicBedrock": "bedrock-2023-05-31"}
    version = {"anthropic_version": versions[client]} if fields else {}
    asked = [{"role": "user", "content": forms.PROMPT}]
    with getattr(anthropic, client)(**fields) as made:
        message = made.messages.create(
            model=model, max_tokens=100, messages=asked, extra_body=version
        )
    assert message.content[0].text == "".join(forms.TEXT)


# Misses


@pytest.mark.cases(*FORMS, made=True)
def test_a_changed_prompt_is_not_found_after_exactly_one_request(
    case: Case, server: Running
) -> None:
    with (
        _client(case, server.origin) as client,
        refused(server, anthropic.NotFoundError, *NO_MATCH) as caught,
    ):
        _create(client, case, prompt="Something else")
    assert server.control(f"requests/{caught.value.request_id}")["message"] in str(caught.value)


@pytest.mark.cases(*FORMS, made=True)
def test_an_empty_folder_says_so(case: Case, empty: Running) -> None:
    with (
        _client(case, empty.origin) as client,
        refused(empty, anthropic.NotFoundError, NO_CASSETTES),
    ):
        _create(client, case)
