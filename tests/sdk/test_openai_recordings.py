"""OpenAI's official client against every recording of what speaks as OpenAI does."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sdk.recorded import Case, Reading

openai = pytest.importorskip("openai")

FORMS = ("chat", "responses")


def _create(case: Case, base: str) -> Any:
    """Ask for the recording, with every member of the recorded body."""
    client = openai.OpenAI(base_url=f"{base}/v1", api_key="playhead")
    create = client.responses.create if case.form == "responses" else client.chat.completions.create
    asked = case.asked
    named = {name: asked.pop(name) for name in ("model", "messages", "input") if name in asked}
    asked.pop("stream", None)
    return create(**named, stream=case.streams, extra_body=asked)


def _reading(completion: Any) -> Reading:
    (choice,) = completion.choices
    calls = [call.function for call in choice.message.tool_calls or []]
    usage = completion.usage
    return Reading(
        text=choice.message.content or "",
        tools=tuple((call.name, json.loads(call.arguments)) for call in calls),
        finish=choice.finish_reason,
        usage=usage and (usage.prompt_tokens, usage.completion_tokens),
    )


@pytest.mark.cases(*FORMS, streams=False)
def test_a_plain_answer_is_the_recorded_json(case: Case, confined: Callable[[Case], str]) -> None:
    assert _create(case, confined(case)).to_dict() == case.answer


@pytest.mark.cases("chat", streams=False)
def test_a_plain_chat_says_what_was_recorded(case: Case, confined: Callable[[Case], str]) -> None:
    assert _reading(_create(case, confined(case))) == case.reading


@pytest.mark.cases(*FORMS, streams=True)
def test_a_stream_is_the_recorded_events(case: Case, confined: Callable[[Case], str]) -> None:
    with _create(case, confined(case)) as stream:
        assert [event.to_dict() for event in stream] == case.answer
