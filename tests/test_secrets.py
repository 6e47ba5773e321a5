from typing import Any

import pytest

from playhead.secrets import Secret, secrets
from support.cassettes import interaction, shelf
from support.ruled import ruled


def _places(**parts: Any) -> list[tuple[str, str]]:
    return [(leak.place, leak.kind) for leak in secrets(shelf(interaction(**parts)))]


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
    [
        "", "***", "Bearer ***", "REDACTED", "Bearer [redacted]", "dummy", "fake-key", "test",
        "xxx", "X-API-KEY-XXX", "<filtered>", "Bearer <OPENAI_ACCESS_TOKEN>", "FILTERED",
        "{{API_KEY}}",
        "null", "Bearer sk-test", "Bearer playhead", "__cf_bm=abc; path=/", "_cfuvid=abc",
    ],
)  # fmt: skip
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
    (found,) = secrets(shelf(interaction("a/b", 2, answer=key)))
    assert found == Secret(
        interaction="a/b#2", file="a/b.yaml", place="response.body", kind="a Groq key"
    )
    assert str(found) == "a/b.yaml: a/b#2: response.body: a Groq key"


@pytest.mark.parametrize(
    ("parts", "places"),
    [
        ({"sent": b'{"a": ["joe@example.com", 1, null]}'}, ["request.body"]),
        ({"sent": b"mail joe@example.com"}, ["request.body"]),
        ({"answer": b'{"a": "joe@example.com"}'}, ["response.body"]),
        ({"answer": b'data: {"a": "joe@example.com"}\n\ndata: [DONE]\n\n'}, ["response.body"]),
        ({"url": "https://a.example/joe@example.com"}, ["request.url"]),
        ({"sent": b'{"joe@example.com": 1}'}, []),
        ({"sent": b'{"a": "[REDACTED]"}'}, []),
    ],
)
def test_what_a_rule_redacts_and_a_recording_holds_is_a_secret(
    parts: dict[str, Any], places: list[str]
) -> None:
    found = secrets(ruled("redact:\n- \\w+@\\w+\\.com\n", interaction(**parts)).shelf)
    assert [leak.place for leak in found] == places
    assert {leak.kind for leak in found} <= {"what `redact` takes out (playhead.yaml:2)"}


def test_what_is_replaced_by_itself_was_redacted() -> None:
    rule = "redact: {pattern: 'key-[a-zA-Z]+', with: key-GONE}"
    assert secrets(ruled(rule, interaction(sent=b'{"a": "key-GONE"}')).shelf) == []
    assert secrets(ruled(rule, interaction(sent=b'{"a": "key-abc"}')).shelf) != []


def test_what_is_only_replaced_is_no_secret() -> None:
    rule = "replace: {pattern: 'key-[a-zA-Z]+', with: KEY}\nignore: /a"
    assert secrets(ruled(rule, interaction(sent=b'{"a": "key-abc"}')).shelf) == []
