"""Rules as a user meets them: a real server, `playhead.yaml` files, and what it says it let go."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import loose
from playhead.asked import Asked, asked
from playhead.configuration import Configuration
from playhead.folder import Shelf
from playhead.library import Library
from playhead.pointer import pointer
from playhead.rules import FALLBACKS, Replacement, Rules, Tier
from support import cassettes
from support.recordings import CHAT, GEMINI, chat, interaction, write
from support.server import Running, serve
from support.wire import Reply

EMBEDDINGS = "/v1/embeddings"
COUNT = "/v1/messages/count_tokens"
RULES = {
    "ids": "ids: renamed\n",
    "ignore": "ignore: [/user, /messages/*/name]\n",
    "replace": "replace: {pattern: '\\d{4}-\\d\\d-\\d\\d', with: DATE}\n",
    "redact": "redact: sk-[a-z0-9]+\n",
    "defaults": "fallbacks: defaults\n",
    "tools": "fallbacks: tools\n",
    "conversation": "fallbacks: conversation\n",
    "all": "ids: renamed\nfallbacks: [conversation, tools, defaults]\n",
}


def _tool_loop(call: str, order: str = "A-17", result: str | None = None) -> bytes:
    arguments = json.dumps({"order_id": order})
    asks = {"id": call, "type": "function", "function": {"name": "find", "arguments": arguments}}
    said = [
        {"role": "assistant", "tool_calls": [asks]},
        {"role": "tool", "tool_call_id": result or call, "content": "sent"},
    ]
    return json.dumps({"model": "gpt-4o", "messages": said}).encode()


def _system(prompt: str, said: str = "hi", **fields: object) -> bytes:
    messages = [{"role": "system", "content": prompt}, {"role": "user", "content": said}]
    return json.dumps({"model": "gpt-4o", "messages": messages, **fields}).encode()


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of folders with rules of their own, and of one that has none."""
    folder = tmp_path_factory.mktemp("ruled")
    for name, text in RULES.items():
        (folder / name).mkdir()
        (folder / name / "playhead.yaml").write_text(text)
    azure = "https://x.openai.azure.com/openai/deployments/{}/chat/completions"
    unnamed = b'{"messages": [{"role": "user", "content": "azure"}], "temperature": 0}'
    write(folder, "conversation/azure", interaction(unnamed, '"azure"', url=azure.format("mine")))
    write(folder, "none/a", interaction(_system("old"), '"none"'))
    write(folder, "ids/loop", interaction(_tool_loop("call_a"), '"loop"'))
    write(folder, "ignore/a", interaction(chat("hi", user="me"), '"ignored"'))
    write(folder, "replace/a", interaction(chat("It is 2025-01-02."), '"dated"'))
    write(folder, "redact/a", interaction(chat("key [REDACTED]"), '"redacted"'))
    write(folder, "defaults/a", interaction(chat("hi", max_tokens=10), '"defaults"'))
    embedding = b'{"model": "e", "input": ["hi"]}'
    gemini = b'{"contents": [{"parts": [{"text": "hi"}]}]}'
    for name in ("tools", "conversation"):
        write(
            folder,
            f"{name}/a",
            interaction(_system("old", tools=[{"name": "old"}]), f'"{name}"'),
            interaction(embedding, '"embedding"', url=f"https://x{EMBEDDINGS}"),
            interaction(chat("count"), '"count"', url=f"https://x{COUNT}"),
            interaction(b'{"model": "gpt-4o", "tools": ["old"]}', '"silent"'),
            interaction(gemini, '"gemini"', url=f"https://x{GEMINI}"),
        )
    for turn in (1, 2):
        write(folder, f"all/{turn}", interaction(_system(f"old {turn}"), f'"turn {turn}"'))
    with serve(folder) as running:
        yield running


def _ask(running: Running, scope: str, body: bytes, path: str = CHAT) -> Reply:
    return running.post(f"/cassette/{scope}/-{path}", body)


def _answer(running: Running, scope: str, body: bytes, path: str = CHAT) -> tuple[Any, str | None]:
    """What came back, and the tier it says it was found by."""
    reply = _ask(running, scope, body, path)
    return json.loads(reply.body) if reply.status == 200 else reply.status, reply.header(
        "x-playhead-match"
    )


# What the rules let go, and what they do not


@pytest.mark.parametrize(
    ("scope", "body", "answer"),
    [
        ("ids", _tool_loop("call_x"), "loop"),
        ("ids", _tool_loop("a"), "loop"),
        ("ignore", chat("hi", user="you"), "ignored"),
        ("ignore", chat("hi"), "ignored"),
        ("replace", chat("It is 2026-03-04."), "dated"),
        ("redact", chat("key sk-abc123"), "redacted"),
    ],
)
def test_what_a_rule_lets_go_is_answered_and_marked(
    ruled: Running, scope: str, body: bytes, answer: str
) -> None:
    assert _answer(ruled, scope, body) == (answer, "rules")


@pytest.mark.parametrize(
    ("scope", "body"),
    [
        ("ids", _tool_loop("call_x", result="call_a")),
        ("ids", _tool_loop("call_a", order="B-18")),
        ("ids", _tool_loop("call_x", order="B-18")),
        ("ignore", chat("hi!", user="me")),
        ("ignore", chat("hi", users="me")),
        ("replace", chat("It is today.")),
        ("redact", chat("key of the house")),
        ("defaults", chat("hi", max_tokens=10, seed=1)),
        ("tools", _system("new", tools=[{"name": "old"}])),
        ("conversation", _system("old", "ho", tools=[{"name": "old"}])),
        ("conversation", _system("old", stream=True)),
        ("none", _system("new")),
    ],
)
def test_what_no_rule_lets_go_is_a_miss(ruled: Running, scope: str, body: bytes) -> None:
    assert _answer(ruled, scope, body) == (404, None)


@pytest.mark.parametrize(
    ("scope", "body"),
    [
        ("defaults", chat("hi", max_tokens=64000, store=True)),
        ("defaults", chat("hi", temperature=1.0)),
        ("tools", _system("old", tools=[{"name": "new"}], tool_choice="required")),
        ("conversation", _system("new", tools=[{"name": "new"}], temperature=0.5)),
        ("conversation", chat("hi")),
    ],
)
def test_a_fallback_says_its_name(ruled: Running, scope: str, body: bytes) -> None:
    assert _answer(ruled, scope, body) == (scope, scope)


def test_the_strictest_tier_that_finds_something_answers(ruled: Running) -> None:
    assert _answer(ruled, "all/1", _system("old 1", max_tokens=1)) == ("turn 1", "defaults")
    assert _answer(ruled, "all/1", _system("old 1", tools=[1])) == ("turn 1", "tools")
    assert _answer(ruled, "all/1", _system("new")) == ("turn 1", "conversation")


def test_an_exact_hit_is_not_marked(ruled: Running) -> None:
    assert _answer(ruled, "ids", _tool_loop("call_a")) == ("loop", None)
    assert _answer(ruled, "none", _system("old")) == ("none", None)


# A conversation is bound


def test_a_conversation_does_not_answer_across_models(ruled: Running) -> None:
    other = json.loads(_system("new")) | {"model": "gpt-4o-mini"}
    assert _answer(ruled, "conversation", json.dumps(other).encode()) == (404, None)
    said = b'{"contents": [{"parts": [{"text": "hi"}]}], "systemInstruction": {}}'
    pro = GEMINI.replace("flash", "pro")
    assert _answer(ruled, "conversation", said + b" ", GEMINI)[0] == "gemini"
    assert _answer(ruled, "conversation", said, pro) == (404, None)


@pytest.mark.parametrize(("deployment", "answer"), [("mine", "azure"), ("yours", 404)])
def test_a_conversation_does_not_answer_across_deployments(
    ruled: Running, deployment: str, answer: object
) -> None:
    body = b'{"messages": [{"role": "user", "content": "azure"}]}'
    path = f"/openai/deployments/{deployment}/chat/completions"
    assert _answer(ruled, "conversation", body, path)[0] == answer


@pytest.mark.parametrize("scope", ["none", "ids", "conversation/b"])
def test_a_conversation_does_not_answer_out_of_scope(ruled: Running, scope: str) -> None:
    assert _answer(ruled, scope, _system("new", tools=[{"name": "new"}])) == (404, None)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (EMBEDDINGS, b'{"model": "e", "input": ["hi"], "dimensions": 3}'),
        (COUNT, chat("count", tools=[{"name": "new"}])),
        (CHAT, b'{"model": "gpt-4o", "tools": ["new"], "temperature": 0}'),
    ],
    ids=["embeddings", "count_tokens", "nothing said"],
)
def test_what_is_no_conversation_is_not_answered_as_one(
    ruled: Running, path: str, body: bytes
) -> None:
    assert _answer(ruled, "conversation", body, path) == (404, None)


# What is told of it


def test_the_journal_says_what_was_let_go(ruled: Running) -> None:
    _ask(ruled, "tools", _system("old", tools=[{"name": "new"}], max_tokens=7))
    last = ruled.control("requests")["requests"][-1]
    assert (last["outcome"], last["interaction"]) == ("served", "tools/a#0")
    assert (last["match"], last["let_go"]) == ("tools", ["tools[0].name", "max_tokens"])


def test_the_journal_says_that_a_match_was_exact(ruled: Running) -> None:
    _ask(ruled, "none", _system("old"))
    last = ruled.control("requests")["requests"][-1]
    assert last["match"] == "exact"
    assert "let_go" not in last


def test_health_counts_what_was_found_loosely(ruled: Running) -> None:
    before = ruled.health()["loosely"].get("conversation", 0)
    _ask(ruled, "all", _system("another"))
    assert ruled.health()["loosely"]["conversation"] == before + 1


def test_a_server_tells_at_its_end_what_it_let_go(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi", user="me")), interaction(chat("ho")))
    with serve(tmp_path, "--ignore", "/user", "--fallback", "defaults") as running:
        running.post(CHAT, chat("hi"))
        running.post(CHAT, chat("ho"))
        running.post(CHAT, chat("ho", max_tokens=3))
        running.post(CHAT, chat("other"))
        running.stop()
        ending, refused, *loosely = running.log().splitlines()[-4:]
        assert ending == "playhead: 3 requests answered, 1 refused"
        assert refused.startswith("  refused: 1 request matched no recording (body_differs): ")
        assert loosely == [
            "  1 by rules: a#0",
            "  1 by defaults: a#1",
        ]


# Repeats


def test_recordings_found_loosely_take_their_turns(ruled: Running) -> None:
    ruled.rewind()
    body = _system("a new prompt")
    answers = [_answer(ruled, "all", body)[0] for _ in range(3)]
    assert answers == ["turn 1", "turn 2", "turn 2"]
    ruled.rewind()
    assert _answer(ruled, "all", body)[0] == "turn 1"


# The index itself

DEEPEST = 240
EVERY_RULE = Rules(
    ignore=(pointer("/user"), pointer("/**/name")),
    replace=(Replacement("[0-9]+", "N"),),
    ids_renamed=True,
    fallbacks=FALLBACKS,
)
messages = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "system", "tool"]),
        "content": st.sampled_from(["hi", "7", "8"]),
    },
    optional={"tool_call_id": st.sampled_from(["a", "b"]), "name": st.sampled_from(["x", "y"])},
)
bodies = st.fixed_dictionaries(
    {"model": st.sampled_from(["m", "n"]), "messages": st.lists(messages, max_size=2)},
    optional={
        "max_tokens": st.sampled_from([1, 2]),
        "tools": st.sampled_from([[], ["x"]]),
        "user": st.sampled_from(["me", "you"]),
    },
).map(lambda body: json.dumps(body).encode())


@given(
    one=bodies,
    other=bodies,
    rules=st.sampled_from(
        [EVERY_RULE, replace(EVERY_RULE, fallbacks=()), replace(EVERY_RULE, ids_renamed=False)]
    ),
)
def test_rules_say_the_same_whichever_side_was_recorded(
    one: bytes, other: bytes, rules: Rules
) -> None:
    there, back = (
        [
            tier
            for tier, _ in _library(rules, cassettes.interaction(sent=recorded)).loose.find(
                _asked(sent)
            )
        ]
        for recorded, sent in ((one, other), (other, one))
    )
    assert there == back


@given(body=bodies)
def test_a_request_is_the_same_as_itself_under_any_rules(body: bytes) -> None:
    library = _library(EVERY_RULE, cassettes.interaction(sent=body))
    assert next(iter(library.loose.find(_asked(body))))[0] is Tier.RULES


def _library(rules: Rules, *recorded: Any) -> Library:
    shelf = cassettes.shelf(*recorded)
    names = [cassette.name for cassette in shelf.cassettes]
    configurations = dict.fromkeys(names, Configuration(rules=rules))
    return Library(Shelf(cassettes=shelf.cassettes, configurations=configurations))


def _asked(body: bytes) -> Asked:
    return asked("POST", CHAT.encode(), b"", None, body)


@pytest.mark.parametrize(("inner", "outer"), [("[", "]"), ('{"a":', "}")])
def test_a_body_as_deep_as_one_may_be_is_no_trouble(inner: str, outer: str) -> None:
    def body(user: str) -> bytes:
        deep = inner * DEEPEST + '"call_1"' + outer * DEEPEST
        return f'{{"messages": [{{"id": "call_1"}}, {deep}], "user": "{user}"}}'.encode()

    library = _library(EVERY_RULE, cassettes.interaction(sent=body("me")))
    assert library.find(_asked(body("you"))).tier is Tier.RULES


def test_only_bodies_of_json_are_compared_by_rules() -> None:
    plain = cassettes.interaction(sent=b"--form")
    library = _library(Rules(ignore=(pointer("/a"),)), plain)
    assert list(library.loose.find(_asked(b"--other"))) == []


def test_rules_of_several_folders_find_in_the_order_of_names() -> None:
    served = cassettes.shelf(*(cassettes.interaction(name) for name in ("c", "a", "b")))
    by_name = {
        "a": Configuration(rules=Rules(fallbacks=(Tier.TOOLS,))),
        "b": Configuration(rules=Rules(fallbacks=(Tier.DEFAULTS, Tier.TOOLS))),
        "c": Configuration(rules=Rules(fallbacks=(Tier.TOOLS,))),
    }
    library = Library(Shelf(cassettes=served.cassettes, configurations=by_name))
    found = [
        (tier, [each.cassette for each in alike])
        for tier, alike in library.loose.find(_asked(cassettes.CHAT_BODY))
    ]
    assert found == [(Tier.DEFAULTS, ["b"]), (Tier.TOOLS, ["a", "b", "c"])]


def test_the_places_are_told_of_the_first_few_recordings_only() -> None:
    many = [cassettes.interaction("many", at, sent=b'{"a": %d}' % at) for at in range(100)]
    found = _library(Rules(ignore=(pointer("/a"),)), *many).find(_asked(b'{"a": -1}'))
    assert len(found.interactions) == 100
    assert dict(found.let_go) == dict.fromkeys(many[: loose._TOLD_RECORDINGS], ("a",))


def test_only_the_first_places_are_told() -> None:
    recorded = cassettes.interaction(sent=json.dumps({"a": [0] * 100}).encode())
    found = _library(Rules(ignore=(pointer("/a"),)), recorded).find(_asked(b'{"a": []}'))
    assert found.let_go[recorded] == tuple(f"a[{at}]" for at in range(loose._TOLD_PATHS))
