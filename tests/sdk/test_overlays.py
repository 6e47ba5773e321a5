"""The official clients as the judges of failures that overlays put before recordings."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.recordings import GEMINI, JSON, chat, interaction, write
from support.server import Running, serve

ANTHROPIC_URL = "https://api.anthropic.com/v1/messages"
CONVERSE = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse"
HI = [{"role": "user", "content": "hi"}]

COMPLETION = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Olá"}}
    ],
}  # fmt: skip
MESSAGE = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5",
    "content": [{"type": "text", "text": "Olá"}], "stop_reason": "end_turn",
    "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
}  # fmt: skip
CANDIDATE = {"candidates": [{"content": {"role": "model", "parts": [{"text": "Olá"}]}}]}
CONVERSED = {
    "metrics": {"latencyMs": 1}, "stopReason": "end_turn",
    "output": {"message": {"role": "assistant", "content": [{"text": "Olá"}]}},
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
}  # fmt: skip

WAIT_SECONDS = 30


def _write(folder: Path, *failures: int) -> None:
    """Recordings of four providers, with failures before each of them."""
    asked = {"model": "claude-haiku-4-5", "max_tokens": 9, "messages": HI}
    contents = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
    turns = {"messages": [{"role": "user", "content": [{"text": "hi"}]}]}
    write(folder, "openai", interaction(chat("hi"), json.dumps(COMPLETION)))
    for name, body, answer, url in (
        ("anthropic", asked, MESSAGE, ANTHROPIC_URL),
        ("google", contents, CANDIDATE, f"https://generativelanguage.googleapis.com{GEMINI}"),
        ("bedrock", turns, CONVERSED, f"https://bedrock-runtime.us-east-1.amazonaws.com{CONVERSE}"),
    ):
        sent = json.dumps(body).encode()
        write(folder, name, interaction(sent, json.dumps(answer), url=url, headers=JSON))
    listed = "".join(
        f'  - {{status: {status}, headers: {{retry-after: "{WAIT_SECONDS}"}}}}\n'
        for status in failures
    )
    (folder / "playhead.yaml").write_text(
        f"retry_after: zero\noverlays:\n- before: '*'\n  answers:\n{listed}"
    )


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that says 429 once before each recording, and that nobody needs to wait."""
    folder = tmp_path_factory.mktemp("limited")
    _write(folder, 429)
    with serve(folder) as running:
        yield running


@pytest.fixture
def again(limited: Running) -> Running:
    limited.rewind()
    return limited


def _told(running: Running, count: int) -> list[tuple[int, int | None]]:
    """The statuses of the last requests, each with the number of the overlay's answer."""
    entries = running.control("requests")["requests"][-count:]
    return [(entry["status"], entry.get("overlay")) for entry in entries]


def _openai(running: Running, **settings: Any) -> Any:
    openai = pytest.importorskip("openai")
    return openai.OpenAI(base_url=f"{running.origin}/v1", api_key="playhead", **settings)


def _anthropic(running: Running, **settings: Any) -> Any:
    anthropic = pytest.importorskip("anthropic")
    return anthropic.Anthropic(base_url=running.origin, api_key="playhead", **settings)


def _bedrock(running: Running, attempts: int) -> Any:
    boto3 = pytest.importorskip("boto3")
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=running.origin,
        region_name="us-east-1",
        aws_access_key_id="playhead",
        aws_secret_access_key="playhead",
        config=pytest.importorskip("botocore.config").Config(
            retries={"total_max_attempts": attempts, "mode": "standard"}
        ),
    )


def _converse(client: Any) -> Any:
    return client.converse(
        modelId="anthropic.claude-3-haiku-20240307-v1:0",
        messages=[{"role": "user", "content": [{"text": "hi"}]}],
    )


def test_openai_tries_again_and_gets_the_recording(again: Running) -> None:
    with _openai(again) as client:
        completion = client.chat.completions.create(model="gpt-4o", messages=HI)
    assert completion.to_dict() == COMPLETION
    assert _told(again, 2) == [(429, 1), (200, None)]


def test_openai_raises_its_own_error_where_it_may_not_try_again(again: Running) -> None:
    openai = pytest.importorskip("openai")
    with _openai(again, max_retries=0) as client:
        with pytest.raises(openai.RateLimitError, match="Too many requests") as caught:
            client.chat.completions.create(model="gpt-4o", messages=HI)
        assert client.chat.completions.create(model="gpt-4o", messages=HI).to_dict() == COMPLETION
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.response.headers["retry-after"] == "0"


def test_anthropic_tries_again_and_gets_the_recording(again: Running) -> None:
    with _anthropic(again) as client:
        message = client.messages.create(model="claude-haiku-4-5", max_tokens=9, messages=HI)
    assert message.content[0].text == "Olá"
    assert _told(again, 2) == [(429, 1), (200, None)]


def test_anthropic_raises_its_own_error_where_it_may_not_try_again(again: Running) -> None:
    anthropic = pytest.importorskip("anthropic")
    with (
        _anthropic(again, max_retries=0) as client,
        pytest.raises(anthropic.RateLimitError) as caught,
    ):
        client.messages.create(model="claude-haiku-4-5", max_tokens=9, messages=HI)
    assert caught.value.body["error"]["type"] == "rate_limit_error"


def test_google_raises_its_own_error_and_then_answers(again: Running) -> None:
    genai = pytest.importorskip("google.genai")
    client = genai.Client(api_key="playhead", http_options={"base_url": again.origin})
    ask = client.models.generate_content
    with pytest.raises(genai.errors.ClientError) as caught:
        ask(model="gemini-2.5-flash", contents="hi")
    assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")
    assert ask(model="gemini-2.5-flash", contents="hi").text == "Olá"


def test_boto3_tries_again_and_gets_the_recording(again: Running) -> None:
    answer = _converse(_bedrock(again, attempts=2))
    assert answer["output"]["message"]["content"] == [{"text": "Olá"}]
    assert _told(again, 2) == [(429, 1), (200, None)]


def test_boto3_raises_its_own_error_where_it_may_not_try_again(again: Running) -> None:
    client = _bedrock(again, attempts=1)
    with pytest.raises(client.exceptions.ThrottlingException, match="Too many requests"):
        _converse(client)


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, "InternalServerError"), (503, "InternalServerError"), (401, "AuthenticationError")],
)
def test_openai_raises_for_each_status_what_it_raises_in_production(
    tmp_path: Path, status: int, error: str
) -> None:
    openai = pytest.importorskip("openai")
    _write(tmp_path, status)
    with (
        serve(tmp_path) as running,
        _openai(running, max_retries=0) as client,
        pytest.raises(getattr(openai, error)),
    ):
        client.chat.completions.create(model="gpt-4o", messages=HI)


def test_anthropic_raises_that_it_is_overloaded(tmp_path: Path) -> None:
    anthropic = pytest.importorskip("anthropic")
    _write(tmp_path, 529, 529)
    with (
        serve(tmp_path) as running,
        _anthropic(running, max_retries=1) as client,
        pytest.raises(anthropic.InternalServerError) as caught,
    ):
        client.messages.create(model="claude-haiku-4-5", max_tokens=9, messages=HI)
    assert caught.value.body["error"]["type"] == "overloaded_error"
