"""The official client of Bedrock: models' own APIs (invoke), and Converse."""

import base64
import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from playhead.environment import variables
from sdk import forms
from sdk.recorded import Case, Reading, reading_of_converse
from sdk.refused import NO_CASSETTES, NO_MATCH, refused
from support.server import Running

boto3 = pytest.importorskip("boto3")
exceptions = pytest.importorskip("botocore.exceptions")


def _client(base: str) -> Any:
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=base,
        region_name="us-east-1",
        aws_access_key_id="playhead",
        aws_secret_access_key="playhead",
    )


def _asked(case: Case) -> dict[str, Any]:
    asked: dict[str, Any] = _with_bytes(case.asked)
    return asked


def _with_bytes(value: Any) -> Any:
    """botocore takes bytes where the wire has base64 of them."""
    if isinstance(value, list):
        return [_with_bytes(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64decode(member)
        if name in ("bytes", "redactedContent") and isinstance(member, str)
        else _with_bytes(member)
        for name, member in value.items()
    }


def _reading(blocks: list[Any], stop: str, usage: Any) -> Reading:
    return Reading(
        text="".join(block.get("text", "") for block in blocks),
        tools=tuple(
            (block["toolUse"]["name"], block["toolUse"]["input"])
            for block in blocks
            if "toolUse" in block
        ),
        finish=stop,
        usage=(usage["inputTokens"], usage["outputTokens"]),
    )


@pytest.mark.cases("invoke", streams=False)
def test_an_invoked_model_answers_with_the_recorded_bytes(
    case: Case, confined: Callable[[Case], str]
) -> None:
    body = case.exchange.request_body
    answer = _client(confined(case)).invoke_model(modelId=case.model, body=body)
    assert answer["body"].read() == case.exchange.body
    assert answer["contentType"] == case.exchange.content_type


@pytest.mark.cases("invoke", streams=True)
def test_an_invoked_stream_is_the_recorded_events(
    case: Case, confined: Callable[[Case], str]
) -> None:
    answer = _client(confined(case)).invoke_model_with_response_stream(
        modelId=case.model, body=case.exchange.request_body
    )
    received = [json.loads(event["chunk"]["bytes"]) for event in answer["body"]]
    assert received == case.answer


@pytest.mark.cases("converse", streams=False)
def test_a_conversation_says_what_was_recorded(case: Case, confined: Callable[[Case], str]) -> None:
    answer = _client(confined(case)).converse(modelId=case.model, **_asked(case))
    content = answer["output"]["message"]["content"]
    assert _reading(content, answer["stopReason"], answer["usage"]) == case.reading


@pytest.mark.cases("converse", streams=True)
def test_a_streamed_conversation_is_the_recorded_events(
    case: Case, confined: Callable[[Case], str]
) -> None:
    answer = _client(confined(case)).converse_stream(modelId=case.model, **_asked(case))
    received = list(answer["stream"])
    assert [list(event) for event in received] == [list(event) for event in case.answer]
    assert reading_of_converse(received) == case.reading


@pytest.mark.cases("converse", streams=True, made=True)
def test_a_paced_conversation_says_what_was_recorded(case: Case, paced: Running) -> None:
    answer = _client(paced.origin).converse_stream(modelId=case.model, **_asked(case))
    assert reading_of_converse(list(answer["stream"])) == case.reading


def test_the_variable_of_env_is_enough(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    region = {"AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in (variables(server.origin, os.environ) | credentials | region).items():
        monkeypatch.setenv(name, value)
    messages = [{"role": "user", "content": [{"text": forms.PROMPT}]}]
    answer = boto3.client("bedrock-runtime").converse(
        modelId=forms.CLAUDE, messages=messages, inferenceConfig={"maxTokens": 100}
    )
    assert answer["output"]["message"]["content"] == [{"text": "".join(forms.TEXT)}]


# Misses

ASKED: list[dict[str, Any]] = [{"role": "user", "content": [{"text": "Something else"}]}]
MISSES = {
    "invoke": lambda client: client.invoke_model(modelId=forms.CLAUDE, body=b'{"a":1}'),
    "invoke-with-response-stream": lambda client: client.invoke_model_with_response_stream(
        modelId=forms.CLAUDE, body=b'{"a":1}'
    ),
    "converse": lambda client: client.converse(modelId=forms.CLAUDE, messages=ASKED),
    "converse-stream": lambda client: client.converse_stream(modelId=forms.CLAUDE, messages=ASKED),
}

misses = pytest.mark.parametrize("operation", MISSES)


@misses
def test_a_miss_is_not_found_after_exactly_one_request(server: Running, operation: str) -> None:
    client = _client(server.origin)
    with refused(server, client.exceptions.ResourceNotFoundException, *NO_MATCH) as caught:
        MISSES[operation](client)
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


@misses
def test_an_empty_folder_says_so(empty: Running, operation: str) -> None:
    with refused(empty, exceptions.ClientError, NO_CASSETTES):
        MISSES[operation](_client(empty.origin))
