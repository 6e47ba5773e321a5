import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.identifiers import numbered

Body: TypeAlias = dict[str, Any]
Ids: TypeAlias = Callable[[], str]

PROMPT = "What is the weather in Lisbon? Give me a list: 1, 2. Call me back, call\0id"

WORDS = [
    "a",
    "b",
    "weather",
    "Lisbon",
    "call",
    "1",
    "2",
    "list",
    "get_weather",
    "check-in",
    "\0",
    "é",
]
"""Identifiers that may as well be words of a prompt, names of functions, or odd."""
NO_WORDS = [
    "call_a", "call_b", "call_1", "toolu_01A09q90qw90lq917835lq9", "functions.get_weather:0",
    "functions.get_weather:1", "D681PevKs", "aBcDeFgHiJ", "rs_x", "t1", "20250301-17",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "chatcmpl-tool-9f", "msg_0",
]  # fmt: skip
"""Identifiers as providers and clients make them."""


def _chat(ids: Ids, mention: Ids, order: str) -> Body:
    """OpenAI's chat completions; so Mistral's, DeepSeek's and many others'."""
    return {
        "model": "gpt-4o",
        "messages": [
            {"role": "user", "content": f"{PROMPT} {mention()}"},
            {
                "role": "assistant",
                "id": ids(),
                "tool_calls": [
                    {
                        "id": ids(),
                        "type": "function",
                        "function": {
                            "name": "get_weather",
                            "arguments": json.dumps({"order_id": order, "of": mention()}),
                        },
                    }
                    for _ in range(2)
                ],
            },
            {"role": "tool", "tool_call_id": ids(), "content": f"({mention()}): sunny."},
            {"role": "tool", "tool_call_id": ids(), "content": [{"type": "text", "text": "rain"}]},
        ],
        "tools": [{"type": "function", "function": {"name": "get_weather"}}],
    }


def _responses(ids: Ids, mention: Ids, order: str) -> Body:
    call = json.dumps({"id": order, "of": mention()})
    return {
        "model": "gpt-5",
        "previous_response_id": ids(),
        "conversation": {"id": ids()},
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": f"see {mention()}."}]},
            {"type": "item_reference", "id": ids()},
            {"type": "function_call", "id": ids(), "call_id": ids(), "arguments": call},
            {"type": "function_call_output", "call_id": ids(), "output": '{"id": "A-17"}'},
            {"type": "mcp_approval_response", "approval_request_id": ids(), "approve": True},
        ],
    }


def _anthropic(ids: Ids, mention: Ids, order: str) -> Body:
    return {
        "model": "claude-sonnet-4-5",
        "max_tokens": 1024,
        "container": ids(),
        "metadata": {"user_id": "id-of-a-user"},
        "messages": [
            {"role": "user", "content": PROMPT},
            {
                "role": "assistant",
                "content": [
                    {"type": "tool_use", "id": ids(), "name": "get", "input": {"id": order}},
                    {"type": "tool_use", "id": ids(), "name": "get", "input": {"of": mention()}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": ids(), "content": mention()},
                    {"type": "tool_result", "tool_use_id": ids(), "content": "rain"},
                ],
            },
        ],
    }


def _gemini(ids: Ids, mention: Ids, order: str) -> Body:
    def call() -> Body:
        args = {"id": order, "of": mention()}
        return {"functionCall": {"id": ids(), "name": "get_weather", "args": args}}

    def result() -> Body:
        response = {"id": order, "of": [mention()]}
        return {"functionResponse": {"id": ids(), "name": "get_weather", "response": response}}

    return {
        "contents": [
            {"role": "user", "parts": [{"text": PROMPT}]},
            {"role": "model", "parts": [call(), call()]},
            {"role": "user", "parts": [result(), result()]},
        ]
    }


def _bedrock(ids: Ids, mention: Ids, order: str) -> Body:
    uses = [{"toolUse": {"toolUseId": ids(), "name": "get", "input": {"id": order}}}]
    result = {"toolUseId": ids(), "content": [{"json": {"id": order}}, {"text": mention()}]}
    return {
        "messages": [
            {"role": "assistant", "content": uses},
            {"role": "user", "content": [{"toolResult": result}]},
        ]
    }


BUILDERS = [_chat, _responses, _anthropic, _gemini, _bedrock]
Builder: TypeAlias = Callable[[Ids, Ids, str], Body]

MOST = 9
"""Places for identifiers that any of the bodies has, and for mentions of them."""

builders = st.sampled_from(BUILDERS)
each_dialect = pytest.mark.parametrize("build", BUILDERS)


def _places(pool: list[str]) -> st.SearchStrategy[list[str]]:
    """What stands in each place: few identifiers, so that some stand in several."""
    few = st.lists(st.sampled_from(pool), min_size=1, max_size=4, unique=True)
    return few.flatmap(
        lambda chosen: st.lists(st.sampled_from(chosen), min_size=MOST, max_size=MOST)
    )


def _built(
    build: Builder, ids: Sequence[str], mentions: Sequence[str] = [""] * MOST, order: str = "A-17"
) -> Body:
    given_ids, given_mentions = iter(ids), iter(mentions)
    return build(lambda: next(given_ids), lambda: next(given_mentions), order)


def _used(build: Builder) -> tuple[int, int]:
    """How many places for identifiers, and for mentions, a body of this dialect has."""
    ids, mentions = iter(range(MOST)), iter(range(MOST))

    def take(numbers: Iterator[int]) -> str:
        return str(next(numbers))

    build(lambda: take(ids), lambda: take(mentions), "")
    return next(ids), next(mentions)


def _is_a_renaming(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether one and the same one-to-one renaming makes `new` of `old`, place by place."""
    return len(set(zip(old, new, strict=True))) == len(set(old)) == len(set(new))


# One to one, everywhere or nowhere


@given(build=builders, old=_places(WORDS + NO_WORDS), new=_places(WORDS + NO_WORDS))
def test_two_bodies_are_the_same_exactly_if_one_renaming_makes_one_of_the_other(
    build: Builder, old: list[str], new: list[str]
) -> None:
    places, _ = _used(build)
    is_renaming = _is_a_renaming(old[:places], new[:places])
    assert (numbered(_built(build, old)) == numbered(_built(build, new))) == is_renaming


@given(build=builders, old=_places(WORDS + NO_WORDS), data=st.data())
def test_every_consistent_renaming_is_accepted(
    build: Builder, old: list[str], data: st.DataObject
) -> None:
    names = sorted(set(old))
    new = data.draw(
        st.lists(st.text(min_size=1), min_size=len(names), max_size=len(names), unique=True)
    )
    # What is no word is looked for in the texts, too: none of these may stand in one already.
    renaming = {
        name: f"{chosen}_id_0_{at}"
        for at, (name, chosen) in enumerate(zip(names, new, strict=True))
    }
    renamed = [renaming[name] for name in old]
    assert numbered(_built(build, old)) == numbered(_built(build, renamed))


@given(
    build=builders,
    old=_places(NO_WORDS), new=_places(NO_WORDS),
    told=_places(NO_WORDS), tells=_places(NO_WORDS),
)  # fmt: skip
def test_an_identifier_in_a_text_is_renamed_with_the_others(
    *, build: Builder, old: list[str], new: list[str], told: list[str], tells: list[str]
) -> None:
    places, mentions = _used(build)
    old, new, told, tells = old[:places], new[:places], told[:mentions], tells[:mentions]
    # A mention of what is no identifier in that body is a text like any other.
    left = [text if text in old else f"the text {text}" for text in told]
    right = [text if text in new else f"the text {text}" for text in tells]
    is_renaming = _is_a_renaming([*old, *left], [*new, *right]) and all(
        one == other for one, other in zip(left, right, strict=True) if one.startswith("the text")
    )
    same = numbered(_built(build, old, told)) == numbered(_built(build, new, tells))
    assert same == is_renaming


@each_dialect
@pytest.mark.parametrize(
    ("new", "is_accepted"),
    [
        (["x", "y", "x", "y"], True),
        (["b", "a", "b", "a"], True),
        (["x", "x", "x", "x"], False),
        (["x", "y", "x", "z"], False),
        (["x", "b", "a", "b"], False),
        (["x", "y", "y", "x"], False),
    ],
    ids=["renamed", "swapped everywhere", "merged", "split", "renamed once", "results swapped"],
)
def test_what_is_renamed_everywhere_is_the_same_and_what_is_not_is_not(
    build: Builder,
    new: list[str],
    is_accepted: bool,  # noqa: FBT001
) -> None:
    places, _ = _used(build)
    old, new = (["a", "b", "a", "b"] * 3)[:places], (new * 3)[:places]
    if build is _bedrock:
        is_accepted = new[0] != new[1]
        old = ["a", "b"]
    assert (numbered(_built(build, old)) == numbered(_built(build, new))) == is_accepted


# What is nobody's identifier


@given(
    build=builders,
    ids=_places(WORDS + NO_WORDS),
    orders=st.lists(st.sampled_from(["A-17", "ord_12345678", "x"]), min_size=2, max_size=2),
)
def test_an_order_in_the_arguments_is_never_renamed(
    build: Builder, ids: list[str], orders: list[str]
) -> None:
    first, second = (numbered(_built(build, ids, order=order)) for order in orders)
    has_orders = build(lambda: "", lambda: "", "A-17") != build(lambda: "", lambda: "", "x")
    assert has_orders
    assert (first == second) == (orders[0] == orders[1])


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"role": "user", "content": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}]},
        {"messages": [{"role": "tool", "content": "call_abcdefgh"}]},
        {"messages": "id"},
        {"input": "call_abcdefgh"},
        {"input": {"id": "A-17"}},
        {"id": "A-17"},
        {"user": "user_1", "metadata": {"id": "x"}, "prompt_cache_key": "key_12345678"},
        {"plugins": [{"id": "web"}]},
        {"messages": [{"id": ""}, {"id": 7}, {"id": None}, {"id": ["call_1"]}]},
        {"contents": [{"parts": [{"functionCall": {"name": "call_customer_support"}}]}]},
        ["call_1"],
        "call_1",
        7,
        None,
    ],
    ids=repr,
)
def test_what_only_looks_like_an_identifier_stays(body: Any) -> None:
    assert numbered(body) == body


def test_a_function_named_like_its_call_keeps_its_name() -> None:
    def body(call: str) -> Body:
        function = {"name": "functions.get_weather:0", "arguments": "{}"}
        return {"messages": [{"tool_calls": [{"id": call, "function": function}]}]}

    assert numbered(body("functions.get_weather:0")) == numbered(body("other"))


def test_names_that_an_adapter_made_up_for_each_call_are_identifiers() -> None:
    def body(name: str) -> Body:
        parts = [{"functionCall": {"name": name}}, {"functionResponse": {"name": name}}]
        return {"contents": [{"parts": parts}]}

    first, second = "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "00000000-4f89-41d3-9a0c-0305e82c3301"
    assert numbered(body(f"call_{first}")) == numbered(body(f"call_{second}"))
    assert numbered(body(f"call_{first}")) == numbered(body("call_8aF0x3Qz"))
    assert numbered(body("call_weather")) != numbered(body("call_911"))
    assert numbered(body(f"weather_{first}")) != numbered(body(f"weather_{second}"))


def test_a_request_inside_another_is_looked_into() -> None:
    def body(call: str) -> Body:
        return {
            "model": "m",
            "request": {"contents": [{"parts": [{"functionCall": {"id": call}}]}]},
        }

    assert numbered(body("a")) == numbered(body("b"))


@pytest.mark.parametrize(
    "text",
    [
        "of {} now", "'{}'", '{{"of": "{}"}}', "is it {}?", "It was {}.", "of={}", "/tmp/{}/x",
        "({}, {})", "see: {}: yes",
    ],
)  # fmt: skip
@pytest.mark.parametrize("identifier", ["call_a", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"])
def test_an_identifier_is_found_between_other_letters(text: str, identifier: str) -> None:
    def body(call: str, said: str) -> Body:
        return {"messages": [{"tool_call_id": call, "content": text.replace("{}", said)}]}

    assert numbered(body(identifier, identifier)) == numbered(body("toolu_9", "toolu_9"))
    assert numbered(body(identifier, identifier)) != numbered(body("toolu_9", identifier))


def test_what_holds_an_identifier_among_letters_is_not_it() -> None:
    def body(call: str, said: str) -> Body:
        return {"messages": [{"tool_call_id": call, "content": said}]}

    assert numbered(body("call_1", "call_12")) != numbered(body("call_2", "call_22"))


def test_no_text_can_be_taken_for_an_identifier() -> None:
    def body(call: str, said: str) -> Body:
        return {"messages": [{"tool_call_id": call, "content": said}]}

    assert numbered(body("call_1", "call_1")) != numbered(body("call_2", "\x001;"))
    assert numbered(body("call_1", "\0call_1")) != numbered(body("call_2", "\0\x001;"))


def test_what_the_identifiers_are_spelled_like_does_not_change_their_order() -> None:
    def body(first: str, second: str) -> Body:
        return {"messages": [{"id": first}, {"call_id": second, "id": first}]}

    assert numbered(body("a", "b")) == numbered(body("z", "b"))


def test_halves_of_characters_are_no_trouble() -> None:
    body = {"messages": [{"id": "\ud800", "content": "\udfff call_1"}, {"tool_call_id": "call_1"}]}
    assert numbered(body) == {
        "messages": [{"id": "\x001;", "content": "\udfff \x002;"}, {"tool_call_id": "\x002;"}]
    }
