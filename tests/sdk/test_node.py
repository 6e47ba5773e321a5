"""The official Node clients and the AI SDK as the judges of what they are sent.

Each program of `node/` does all jobs of a test in one process. Recordings of real providers are
replayed where `--corpus` or PLAYHEAD_CORPUS names a folder of them. What a client makes of a
replay is compared with the recorded bytes, and with what it makes of the same bytes from a server
that is not playhead.
"""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sdk.exchanges import Exchange, exchanges, scopes
from sdk.node_clients import (
    AI_SDK,
    DEADLINE_SECONDS,
    NODE,
    VERBATIM,
    Client,
    Outcome,
    ai_job,
    live,
    needs,
    record,
)
from sdk.wires.folder import write_all
from sdk.wires.said import CALL, TEXT, USAGE
from support.docs import of_kind
from support.oracle import recorded
from support.server import Running, serve

verbatim = pytest.mark.parametrize("client", [each.as_parameter() for each in VERBATIM])
ai_sdk = pytest.mark.parametrize("client", [each.as_parameter() for each in AI_SDK])
paces = pytest.mark.parametrize("pace", [(), ("--event-gap", "2ms")], ids=["unpaced", "paced"])


FORMS = 4
"""A text and a tool call, each plain and streamed: what there is here of each call."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of cassettes in every provider's wire form, written here."""
    return write_all(tmp_path_factory.mktemp("made"))


# Clients that send a recorded body as it is


@verbatim
@paces
def test_what_is_received_of_each_form_is_what_was_recorded(
    client: Client, pace: Sequence[str], made: Path
) -> None:
    outcomes = _replay(client, made, pace)
    assert len(outcomes) == len(client.calls) * FORMS
    assert [outcome for outcome in outcomes if "error" in outcome] == []


@verbatim
@paces
def test_what_is_received_of_each_recording_is_what_was_recorded(
    client: Client, pace: Sequence[str], corpus: Path
) -> None:
    _replay(client, corpus, pace)


def _replay(client: Client, folder: Path, pace: Sequence[str]) -> list[Outcome]:
    """Ask for each recording in the scope of its cassette; return what the client made of it."""
    asked = exchanges(recorded(folder), client.calls)
    with live(asked) as provider:
        expected = client.do([each.job(provider.origin) for each in asked])
    assert [json.loads(body) for _, body in provider.received] == [each.body for each in asked]
    with serve(folder, *pace) as running:
        bases = scopes(running)
        outcomes = client.do([each.job(bases[str(each.recorded.file)]) for each in asked])
        _assert_counts(running, served=len(asked))
    _assert_same(client, asked, outcomes, expected)
    return outcomes


def _assert_same(
    client: Client,
    asked: Sequence[Exchange],
    outcomes: Sequence[Outcome],
    expected: Sequence[Outcome],
) -> None:
    """Each outcome is the expected one, and its events are the recorded ones."""
    wrong = [
        f"{each.recorded.file}#{each.recorded.id}: {outcome}"
        for each, outcome, other in zip(asked, outcomes, expected, strict=True)
        if outcome != other or not _has_events(client, each, outcome)
    ]
    assert wrong == []


def _has_events(client: Client, exchange: Exchange, outcome: Outcome) -> bool:
    """Whether the recorded events came through; not asked where the client refuses such ones."""
    if "error" in outcome:
        return True
    events = [each for each in exchange.events if each.get("type") not in client.keeps_back]
    if client.drops_fields:
        return len(outcome["events"]) == len(events)
    return bool(outcome["events"] == events)


def _assert_counts(running: Running, *, served: int = 0, missed: int = 0) -> None:
    """Each call was one request, and was answered as it should be."""
    health = running.health()
    assert (health["served"], health["missed"]) == (served, missed)


FINISHES = {
    "chat": ("stop", "tool_calls"),
    "responses": ("completed", "completed"),
    "messages": ("end_turn", "tool_use"),
    "generate": ("STOP", "STOP"),
}


@verbatim
@paces
def test_the_helpers_put_text_calls_and_usage_together(
    client: Client, pace: Sequence[str], made: Path
) -> None:
    asked = exchanges(recorded(made), client.calls)
    with serve(made, *pace) as running:
        outcomes = client.do([each.job(running.origin, said=True) for each in asked])
        _assert_counts(running, served=len(asked))
    _assert_said(asked, outcomes, [FINISHES[each.call] for each in asked])


def _assert_said(
    asked: Sequence[Exchange], outcomes: Sequence[Outcome], finishes: Sequence[tuple[str, str]]
) -> None:
    """Each client says of an answer made here what was put into it, and no error."""
    names = ("text", "calls", "finish", "usage", "error")
    assert [[outcome.get(name) for name in names] for outcome in outcomes] == [
        ["", [CALL], of_tool, USAGE, None]
        if each.recorded.file.stem == "tool"
        else [TEXT, [], of_text, USAGE, None]
        for each, (of_text, of_tool) in zip(asked, finishes, strict=True)
    ]


@verbatim
def test_a_miss_is_one_request_and_its_exception_holds_the_refusal(
    client: Client, made: Path
) -> None:
    asked = exchanges(recorded(made), client.calls)
    with serve(made) as running:
        outcomes = client.do([each.job(running.origin, body=_changed(each)) for each in asked])
        _assert_counts(running, missed=len(asked))
        _assert_refusals(running, outcomes)


def _changed(exchange: Exchange) -> Any:
    return json.loads(json.dumps(exchange.body).replace("Say", "Do not say"))


def _assert_refusals(running: Running, outcomes: Sequence[Outcome]) -> None:
    """Each outcome is an exception with the whole refusal of its request in its text."""
    for outcome, miss in zip(outcomes, running.control("misses")["misses"], strict=True):
        assert miss["code"] == "body_differs"
        assert miss["client_retry"] == 0
        assert miss["message"] in outcome["error"]["text"]


# The AI SDK: it is recorded first, with the answers of the recordings


@ai_sdk
@paces
def test_the_ai_sdk_makes_of_each_form_what_was_recorded(
    client: Client, pace: Sequence[str], made: Path, tmp_path: Path
) -> None:
    asked = exchanges(recorded(made), client.calls)
    outcomes = _record_and_replay(client, asked, tmp_path, pace)
    _assert_said(asked, outcomes, [("stop", "tool-calls")] * len(client.calls) * FORMS)


@ai_sdk
@paces
def test_the_ai_sdk_makes_of_each_recording_what_was_recorded(
    client: Client, pace: Sequence[str], corpus: Path, tmp_path: Path
) -> None:
    _record_and_replay(client, exchanges(recorded(corpus), client.calls), tmp_path, pace)


def _record_and_replay(
    client: Client, asked: Sequence[Exchange], folder: Path, pace: Sequence[str]
) -> list[Outcome]:
    expected = record(client, asked, folder)
    with serve(folder, *pace) as running:
        jobs = [
            {**ai_job(client, each), "base": f"{running.origin}/cassette/{at}/-"}
            for at, each in enumerate(asked)
        ]
        outcomes = client.do(jobs)
        _assert_counts(running, served=len(asked))
    _assert_same(client, asked, outcomes, expected)
    return outcomes


@ai_sdk
def test_a_miss_of_the_ai_sdk_is_one_request_and_its_exception_holds_the_refusal(
    client: Client, made: Path, tmp_path: Path
) -> None:
    asked = exchanges(recorded(made), client.calls)
    record(client, asked, tmp_path)
    with serve(tmp_path) as running:
        jobs = [ai_job(client, each, prompt="Say goodbye") for each in asked]
        outcomes = client.do([{**job, "base": running.origin} for job in jobs])
        _assert_counts(running, missed=len(asked))
        _assert_refusals(running, outcomes)


# What the README shows


@needs("openai")
def test_the_example_in_the_readme_prints_the_recorded_answer(examples: Running) -> None:
    (program,) = of_kind("javascript")
    done = subprocess.run(
        ["node", "--input-type=module"],
        input=program.text,
        capture_output=True,
        encoding="utf-8",
        cwd=NODE,
        env={
            **os.environ,
            "OPENAI_BASE_URL": f"{examples.origin}/v1",
            "OPENAI_API_KEY": "playhead",
        },
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    assert done.stdout == "Olá!\n"
