from typing import Any

import pytest

from playhead.lint import Secret, lint
from support.cassettes import interaction, library


def _places(**parts: Any) -> list[tuple[str, str]]:
    return [(leak.place, leak.kind) for leak in lint(library(interaction(**parts))).secrets]


@pytest.mark.parametrize(
    "name", ["Authorization", "api-key", "X-Api-Key", "x-goog-api-key", "Cookie", "Set-Cookie"]
)
def test_a_credential_in_a_header_is_a_secret(name: str) -> None:
    found = _places(request_headers=((name, "Bearer 0123456789"),))
    assert found == [(f"request.headers.{name}", "a credential")]


def test_a_session_in_an_answer_is_a_secret() -> None:
    found = _places(headers=(("Set-Cookie", "sid=1"),))
    assert found == [("response.headers.Set-Cookie", "a credential")]


@pytest.mark.parametrize(
    "value",
    ["", "***", "Bearer ***", "REDACTED", "Bearer [redacted]", "dummy", "fake-key", "test", "xxx"],
)
def test_a_credential_that_was_taken_out_is_none(value: str) -> None:
    assert _places(request_headers=(("Authorization", value),)) == []


SHAPES = {
    "an OpenAI or Anthropic key": b"sk-" + b"a1B2" * 5,
    "a Google key": b"AIza" + b"a" * 35,
    "a Groq key": b"gsk_" + b"a" * 40,
    "an xAI key": b"xai-" + b"a" * 40,
    "a Hugging Face token": b"hf_" + b"a" * 30,
    "an AWS key id": b"AKIA" + b"A" * 16,
    "a GitHub token": b"ghp_" + b"a" * 36,
    "a bearer token": b"Bearer " + b"a" * 30,
}


@pytest.mark.parametrize("kind", SHAPES)
def test_what_has_the_shape_of_a_key_is_a_secret_wherever_it_stands(kind: str) -> None:
    shape = SHAPES[kind]
    found = _places(
        sent=b'{"a":"' + shape + b'"}',
        answer=b"data: " + shape + b"\n\n",
        url="https://a.example/v1?key=" + shape.decode(),
    )
    assert found == [("request.body", kind), ("response.body", kind), ("request.url", kind)]


@pytest.mark.parametrize("text", [b"a task-force of words", b"sk-short", b"bearer of news"])
def test_plain_words_are_no_secrets(text: bytes) -> None:
    assert _places(sent=text) == []


def test_a_secret_says_where_it_is_and_never_what_it_is() -> None:
    key = SHAPES["a Groq key"]
    (found,) = lint(library(interaction("a/b", 2, answer=key))).secrets
    assert found == Secret(
        interaction="a/b#2", file="a/b.yaml", place="response.body", kind="a Groq key"
    )
    assert str(found) == "a/b.yaml: a/b#2: response.body: a Groq key"


def test_ties_are_told_by_name() -> None:
    served = library(interaction("a"), interaction("b"), interaction("c", sent=b"{}"))
    assert lint(served).ties == [["a#0", "b#0"]]


def test_a_clean_library_has_no_findings() -> None:
    findings = lint(library(interaction()))
    assert (findings.secrets, findings.ties) == ([], [])
