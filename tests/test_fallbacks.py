from collections.abc import Sequence
from typing import Any, TypeAlias

import pytest

from playhead import fallbacks
from playhead.dialects import DIALECTS
from playhead.fallbacks import projected
from playhead.rules import FALLBACKS

Body: TypeAlias = dict[str, Any]

NAMES = list(fallbacks.PROJECTIONS)
CHAT: Body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}


def _same(one: Any, other: Any, fallback: str, operation: str = "chat.completions") -> bool:
    """Whether two bodies are the same under a fallback that applies to them."""
    first, second = (projected(body, operation, fallback) for body in (one, other))
    return first is not None and first == second


def test_there_is_a_projection_for_each_fallback() -> None:
    assert [tier.value for tier in FALLBACKS] == NAMES


# defaults


@pytest.mark.parametrize("name", sorted(fallbacks.ADDED))
@pytest.mark.parametrize("fallback", NAMES)
def test_what_sdks_add_by_themselves_does_not_count(name: str, fallback: str) -> None:
    assert _same(CHAT, {**CHAT, name: 64000}, fallback)
    assert _same({**CHAT, name: 1}, {**CHAT, name: {"a": 2}}, fallback)


@pytest.mark.parametrize("outer", fallbacks.ADDED_BELOW)
@pytest.mark.parametrize("name", sorted(fallbacks.ADDED))
def test_it_does_not_count_where_some_providers_keep_it(outer: str, name: str) -> None:
    assert _same(CHAT, {**CHAT, outer: {name: 1}}, "defaults")
    assert _same({**CHAT, outer: {"topK": 3}}, {**CHAT, outer: {"topK": 3, name: 1}}, "defaults")
    assert not _same(CHAT, {**CHAT, outer: {"topK": 3, name: 1}}, "defaults")
    assert not _same(CHAT, {**CHAT, outer: "text"}, "defaults")


@pytest.mark.parametrize(("name", "default"), fallbacks.DEFAULTS.items())
def test_to_send_a_default_is_to_say_nothing(name: str, default: object) -> None:
    assert _same(CHAT, {**CHAT, name: default}, "defaults")
    assert not _same(CHAT, {**CHAT, name: "another"}, "defaults")


def test_in_json_true_is_not_1() -> None:
    assert not _same(CHAT, {**CHAT, "n": True}, "defaults")
    assert not _same(CHAT, {**CHAT, "logprobs": 0}, "defaults")


@pytest.mark.parametrize("nothing", [None, [], {}], ids=repr)
def test_a_field_that_holds_nothing_is_no_field(nothing: object) -> None:
    assert _same(CHAT, {**CHAT, "stop": nothing}, "defaults")


@pytest.mark.parametrize("nothing", ["", 0, False], ids=repr)
def test_a_field_that_holds_something_empty_is_one(nothing: object) -> None:
    assert not _same(CHAT, {**CHAT, "seed": nothing}, "defaults")


@pytest.mark.parametrize("kind", ["text", "input_text", "output_text"])
def test_a_lone_text_part_is_its_text(kind: str) -> None:
    part = {"type": kind, "text": "hi"}
    parts = {**CHAT, "messages": [{"role": "user", "content": [part]}]}
    assert _same(CHAT, parts, "defaults")
    cached = {**part, "cache_control": {"type": "ephemeral"}}
    assert not _same(
        CHAT, {**CHAT, "messages": [{"role": "user", "content": [cached]}]}, "defaults"
    )
    assert not _same(
        CHAT, {**CHAT, "messages": [{"role": "user", "content": [part, part]}]}, "defaults"
    )


def test_a_system_prompt_may_be_a_list_of_one_text() -> None:
    one = {**CHAT, "system": "Be kind"}
    assert _same(one, {**CHAT, "system": [{"type": "text", "text": "Be kind"}]}, "defaults")
    assert not _same(one, {**CHAT, "system": [{"type": "image", "text": "Be kind"}]}, "defaults")


def test_null_in_a_message_is_nothing() -> None:
    call = {"role": "assistant", "tool_calls": []}
    assert _same({"messages": [call]}, {"messages": [{**call, "content": None}]}, "defaults")


def test_the_input_of_responses_has_several_spellings() -> None:
    text = {"model": "m", "input": "hi"}
    message = {"role": "user", "content": [{"type": "input_text", "text": "hi"}]}
    assert _same(text, {"model": "m", "input": [message]}, "defaults", "responses")
    typed = {**message, "type": "message"}
    assert _same(text, {"model": "m", "input": [typed]}, "defaults", "responses")
    other = {**message, "type": "reasoning"}
    assert not _same(text, {"model": "m", "input": [other]}, "defaults", "responses")


def test_messages_may_be_anything() -> None:
    odd: Body = {"messages": ["hi", 7, None, [{"role": "user"}]], "input": 7}
    assert projected(odd, "chat.completions", "defaults") == odd


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "gpt-4o-mini"}, {"stream": True}, {"temperature": 0}, {"seed": 1},
        {"encoding_format": "base64"}, {"tools": [{"type": "function"}]}, {"user": "me"},
        {"messages": [{"role": "user", "content": "hi!"}]},
    ],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_all_else_counts(changed: Body) -> None:
    assert not _same(CHAT, {**CHAT, **changed}, "defaults")


# tools


@pytest.mark.parametrize("name", sorted(fallbacks.TOOLS))
def test_what_describes_tools_counts_no_more(name: str) -> None:
    one, other = {**CHAT, name: [{"name": "a"}]}, {**CHAT, name: [{"name": "b"}]}
    assert not _same(one, other, "defaults")
    assert _same(one, other, "tools")
    assert _same(CHAT, other, "tools")


def test_the_system_prompt_counts_still() -> None:
    assert not _same({**CHAT, "system": "a"}, {**CHAT, "system": "b"}, "tools")


# conversation


@pytest.mark.parametrize("role", fallbacks.SYSTEM)
def test_the_system_prompt_counts_no_more(role: str) -> None:
    def body(prompt: str) -> Body:
        return {**CHAT, "messages": [{"role": role, "content": prompt}, *CHAT["messages"]]}

    assert not _same(body("a"), body("b"), "tools")
    assert _same(body("a"), body("b"), "conversation")
    assert _same(body("a"), {**CHAT, "system": "c", "temperature": 0}, "conversation")


@pytest.mark.parametrize("name", fallbacks.KEPT)
def test_what_makes_a_conversation_counts(name: str) -> None:
    one, other = {**CHAT, name: ["a"]}, {**CHAT, name: ["b"]}
    assert not _same(one, other, "conversation")


@pytest.mark.parametrize("name", fallbacks.SAID)
@pytest.mark.parametrize(
    "said", ["hi", [{"role": "user", "parts": [{"text": "hi"}]}]], ids=["text", "list"]
)
def test_a_conversation_stands_where_a_provider_keeps_it(name: str, said: object) -> None:
    one = {"model": "m", name: said, "systemInstruction": "a"}
    assert _same(one, {"model": "m", name: said, "tools": [1]}, "conversation")


@pytest.mark.parametrize(
    "silent",
    [
        {},
        {"model": "m", "stream": True, "previous_response_id": "resp_1"},
        {"model": "m", "messages": []},
        {"model": "m", "messages": [{"role": "system", "content": "Be kind"}]},
        {"model": "m", "messages": None, "prompt": ""},
        {"inputText": "an embedding of Amazon's"},
        {"texts": ["an embedding of Cohere's"]},
    ],
    ids=repr,
)
@pytest.mark.parametrize("operation", ["chat.completions", "invoke"])
def test_where_nothing_is_said_there_is_no_conversation(silent: Body, operation: str) -> None:
    assert projected(silent, operation, "conversation") is None


# Where they apply


def _names(*, of_conversations: bool) -> Sequence[str]:
    known = [dialect.operation for dialect in DIALECTS]
    return [name for name in known if (name in fallbacks.CONVERSATIONS) == of_conversations]


def test_every_operation_that_holds_a_conversation_is_one_of_a_dialect() -> None:
    assert set(_names(of_conversations=True)) == fallbacks.CONVERSATIONS


@pytest.mark.parametrize("operation", _names(of_conversations=False))
def test_of_other_operations_only_the_defaults_are_let_go(operation: str) -> None:
    assert projected({**CHAT, "store": 1}, operation, "defaults") == CHAT
    assert projected(CHAT, operation, "tools") is None
    assert projected(CHAT, operation, "conversation") is None


def test_embeddings_and_counts_of_tokens_hold_no_conversation() -> None:
    of_no_conversation = set(_names(of_conversations=False))
    assert of_no_conversation >= {
        "embeddings", "embedContent", "batchEmbedContents", "messages.count_tokens",
        "countTokens", "count-tokens", "moderations", "rerank",
    }  # fmt: skip


@pytest.mark.parametrize("fallback", NAMES)
def test_nothing_is_let_go_of_what_no_dialect_knows(fallback: str) -> None:
    assert projected({**CHAT, "store": "Berlin"}, "/v1/orders", fallback) is None


@pytest.mark.parametrize("fallback", NAMES)
@pytest.mark.parametrize("body", [[], "text", 7, None], ids=repr)
def test_nothing_is_let_go_of_what_is_no_object(body: object, fallback: str) -> None:
    assert projected(body, "chat.completions", fallback) is None


@pytest.mark.parametrize("fallback", NAMES)
def test_the_body_that_was_given_is_not_changed(fallback: str) -> None:
    body = {**CHAT, "generationConfig": {"maxOutputTokens": 1}, "tools": [1], "system": ["x"]}
    before = repr(body)
    projected(body, "chat.completions", fallback)
    assert repr(body) == before
