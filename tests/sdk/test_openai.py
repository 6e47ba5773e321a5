"""The official client as the judge of what it is sent."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import EXAMPLES
from playhead.environment import variables
from support.oracle import Recorded, recorded
from support.recordings import RESPONSES, chat, interaction, write
from support.server import Running, serve

openai = pytest.importorskip("openai")

SEEDS = recorded(EXAMPLES)
CHATS = [seed for seed in SEEDS if seed.target.endswith("/chat/completions")]
RESPONSE = next(seed for seed in SEEDS if seed.target.endswith("/responses"))


def _name(seed: Recorded) -> str:
    return str(seed.file.relative_to(EXAMPLES).with_suffix(""))


chats = pytest.mark.parametrize("seed", CHATS, ids=_name)
seeds = pytest.mark.parametrize("seed", SEEDS, ids=_name)


@pytest.fixture(scope="module")
def client(examples: Running) -> Iterator[Any]:
    with openai.OpenAI(base_url=f"{examples.origin}/v1", api_key="playhead") as client:
        yield client


def _create(client: Any, seed: Recorded) -> Any:
    """What asks `client` for the operation of `seed`."""
    return client.responses.create if seed is RESPONSE else client.chat.completions.create


def _asked(seed: Recorded) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(seed.request_body)
    return body


def _events(seed: Recorded) -> list[Any]:
    """The recorded events as JSON, read by a rule of thumb of our own."""
    payloads = re.findall(rb"^data: (\{.*)$", seed.body, re.MULTILINE)
    return [json.loads(payload) for payload in payloads]


def _changed(seed: Recorded) -> dict[str, Any]:
    asked = _asked(seed)
    if seed is RESPONSE:
        asked["input"][0]["content"][0]["text"] += " Please."
    else:
        asked["messages"][1]["content"] += " Please."
    return asked


# Streams


@seeds
def test_a_stream_is_the_recorded_events(client: Any, seed: Recorded) -> None:
    with _create(client, seed)(**_asked(seed)) as stream:
        received = [event.to_dict() for event in stream]
    assert received == _events(seed)


@seeds
def test_an_async_stream_is_the_recorded_events(examples: Running, seed: Recorded) -> None:
    async def receive() -> list[Any]:
        async with openai.AsyncOpenAI(
            base_url=f"{examples.origin}/v1", api_key="playhead"
        ) as client:
            stream = await _create(client, seed)(**_asked(seed))
            return [event.to_dict() async for event in stream]

    assert asyncio.run(receive()) == _events(seed)


@seeds
def test_a_paced_stream_is_the_recorded_events(paced: Running, seed: Recorded) -> None:
    with openai.OpenAI(base_url=f"{paced.origin}/v1", api_key="playhead") as client:
        received = [event.to_dict() for event in _create(client, seed)(**_asked(seed))]
    assert received == _events(seed)


@pytest.fixture(scope="module")
def paced() -> Iterator[Running]:
    with serve(EXAMPLES, "--event-gap", "2ms") as running:
        yield running


@chats
def test_the_stream_helper_for_chats_puts_the_recorded_text_together(
    client: Any, seed: Recorded
) -> None:
    asked = _asked(seed)
    del asked["stream"]
    with client.chat.completions.stream(**asked) as stream:
        final = stream.until_done().get_final_completion()
    deltas = [choice["delta"] for event in _events(seed) for choice in event["choices"]]
    assert final.choices[0].message.content == "".join(d.get("content") or "" for d in deltas)


def test_the_stream_helper_for_responses_ends_with_the_recorded_response(client: Any) -> None:
    asked = _asked(RESPONSE)
    del asked["stream"]
    with client.responses.stream(**asked) as stream:
        final = stream.get_final_response()
    recorded_last = _events(RESPONSE)[-1]["response"]
    assert final.output_text == recorded_last["output"][0]["content"][0]["text"]
    assert final.usage.to_dict() == recorded_last["usage"]


@pytest.mark.parametrize("base", ["", "/v1", "/openai/v1", "/api/v1", "/v1/"])
def test_any_base_url_will_do(examples: Running, base: str) -> None:
    with openai.OpenAI(base_url=examples.origin + base, api_key="playhead") as client:
        received = [event.to_dict() for event in _create(client, CHATS[0])(**_asked(CHATS[0]))]
    assert received == _events(CHATS[0])


def test_the_azure_client_gets_the_recorded_events(examples: Running) -> None:
    seed = next(seed for seed in CHATS if "azure" in str(seed.file))
    with openai.AzureOpenAI(
        azure_endpoint=examples.origin, api_key="playhead", api_version="2024-10-21"
    ) as client:
        received = [event.to_dict() for event in _create(client, seed)(**_asked(seed))]
    assert received == _events(seed)


def test_a_base_url_confines_a_client_to_a_cassette(examples: Running) -> None:
    scope = f"{examples.origin}/cassette/azure/-/v1"
    with openai.OpenAI(base_url=scope, api_key="playhead") as client:
        with pytest.raises(openai.NotFoundError, match="in azure"):
            _create(client, RESPONSE)(**_asked(RESPONSE))
        azure = next(seed for seed in CHATS if "azure" in str(seed.file))
        assert len(list(_create(client, azure)(**_asked(azure)))) == len(_events(azure))


# Plain answers

COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Olá"}}
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}
PLAIN_RESPONSE = {"id": "resp_1", "object": "response", "created_at": 1.0, "model": "gpt-4o"}
LIMITED = {"error": {"message": "slow down", "type": "requests", "param": None, "code": "x"}}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("plain")
    write(folder, "chat", interaction(chat("hi"), json.dumps(COMPLETION)))
    asked = json.dumps({"model": "gpt-4o", "input": "hi"}).encode()
    url = f"https://api.openai.com{RESPONSES}"
    write(folder, "responses", interaction(asked, json.dumps(PLAIN_RESPONSE), url=url))
    limited = interaction(chat("busy"), json.dumps(LIMITED), code=429)
    write(folder, "limited", limited, interaction(chat("busy"), json.dumps(COMPLETION)))
    with serve(folder) as running:
        yield running


@pytest.fixture(scope="module")
def plain_client(plain: Running) -> Iterator[Any]:
    with openai.OpenAI(base_url=f"{plain.origin}/v1", api_key="playhead") as client:
        yield client


HI = [{"role": "user", "content": "hi"}]


def test_a_plain_chat_is_the_recorded_json(plain_client: Any) -> None:
    completion = plain_client.chat.completions.create(model="gpt-4o", messages=HI)
    assert completion.to_dict() == COMPLETION


def test_stream_false_is_the_same_as_no_stream(plain_client: Any) -> None:
    completion = plain_client.chat.completions.create(model="gpt-4o", messages=HI, stream=False)
    assert completion.to_dict() == COMPLETION


def test_a_plain_response_is_the_recorded_json(plain_client: Any) -> None:
    response = plain_client.responses.create(model="gpt-4o", input="hi")
    assert response.to_dict() == PLAIN_RESPONSE


def test_an_async_plain_chat_is_the_recorded_json(plain: Running) -> None:
    async def receive() -> Any:
        async with openai.AsyncOpenAI(base_url=f"{plain.origin}/v1", api_key="playhead") as client:
            return await client.chat.completions.create(model="gpt-4o", messages=HI)

    assert asyncio.run(receive()).to_dict() == COMPLETION


def test_a_recorded_429_is_retried_by_the_client_and_then_answered(
    plain: Running, plain_client: Any
) -> None:
    plain.rewind()
    before = plain.health()["served"]
    busy = [{"role": "user", "content": "busy"}]
    completion = plain_client.chat.completions.create(model="gpt-4o", messages=busy)
    assert completion.to_dict() == COMPLETION
    assert plain.health()["served"] == before + 2


# Misses


@seeds
def test_a_changed_prompt_is_not_found_after_exactly_one_request(
    examples: Running, client: Any, seed: Recorded
) -> None:
    with examples.missed_once(), pytest.raises(openai.NotFoundError):
        _create(client, seed)(**_changed(seed))


@seeds
def test_the_exception_names_the_nearest_interaction_and_the_path_that_differs(
    client: Any, seed: Recorded
) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        _create(client, seed)(**_changed(seed))
    assert f"Nearest: {_name(seed)}#0" in str(caught.value)
    path = r"input\[0\]\.content\[0\]\.text" if seed is RESPONSE else r"messages\[1\]\.content"
    assert re.search(rf"differs at {path} \(", str(caught.value))


def test_an_async_miss_is_not_found_after_exactly_one_request(examples: Running) -> None:
    async def missed() -> int:
        base_url = f"{examples.origin}/v1"
        async with openai.AsyncOpenAI(base_url=base_url, api_key="playhead") as client:
            with pytest.raises(openai.NotFoundError):
                await _create(client, CHATS[0])(**_changed(CHATS[0]))
        return int(examples.health()["missed"])

    before = examples.health()["missed"]
    assert asyncio.run(missed()) == before + 1


def test_the_exception_carries_the_number_in_the_journal(examples: Running, client: Any) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        _create(client, CHATS[0])(**_changed(CHATS[0]))
    assert caught.value.code == "body_differs"
    entry = examples.control(f"requests/{caught.value.request_id}")
    assert entry["message"] in str(caught.value)


def test_an_empty_folder_is_not_found_and_says_so(tmp_path: Path) -> None:
    with (
        serve(tmp_path) as running,
        openai.OpenAI(base_url=f"{running.origin}/v1", api_key="playhead") as client,
        pytest.raises(openai.NotFoundError, match="no cassettes are loaded"),
    ):
        client.chat.completions.create(model="gpt-4o", messages=HI)


# Models


def test_the_client_lists_the_recorded_models(client: Any) -> None:
    assert [model.id for model in client.models.list()] == [
        "gpt-4o",
        "gpt-4o-mini",
        "o4-mini",
        "openai/gpt-5",
    ]


def test_the_client_of_the_module_needs_no_more_than_the_variables(examples: Running) -> None:
    """With keys for both it refuses to choose between OpenAI and Azure, unless it is told."""
    asks = "import openai; print(openai.models.list().data[0].id)"
    done = subprocess.run(
        [sys.executable, "-c", asks],
        env={**os.environ, **variables(examples.origin, os.environ)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
