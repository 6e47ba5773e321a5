import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.pointer import pointer
from playhead.rules import FALLBACKS, NO_RULES, Replacement, Rules, Tier

CHAT = "chat.completions"
WITHOUT_RE2 = "import sys; sys.modules['re2'] = None; "

names = st.sampled_from(["model", "messages", "tools", "id", "content", "role", "max_tokens", "x"])
texts = st.sampled_from(
    ["gpt-4o", "a 17", "a 18", "user", "system", "call_1", "call_2", "\ud800 1"]
)
bodies = st.recursive(
    texts | st.integers(0, 2) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
rules = st.builds(
    Rules,
    ignore=st.lists(st.sampled_from(["/x", "/**/id", "/messages/*/content"]).map(pointer)).map(
        tuple
    ),
    replace=st.lists(st.just(Replacement(r"\d+", "N")), max_size=1).map(tuple),
    ids_renamed=st.booleans(),
    fallbacks=st.just(FALLBACKS),
)


@given(which=rules, tier=st.sampled_from([Tier.EXACT, Tier.RULES, *FALLBACKS]), body=bodies)
def test_what_counts_of_a_body_is_the_same_for_either_side(
    which: Rules, tier: Tier, body: Any
) -> None:
    before = repr(body)
    once = which.projected(body, CHAT, tier)
    assert once == which.projected(body, CHAT, tier)
    assert repr(body) == before


def test_by_default_nothing_is_let_go() -> None:
    assert NO_RULES.tiers == ()
    assert NO_RULES.projected({"a": [1]}, CHAT, Tier.RULES) == {"a": [1]}


def test_exactly_is_exactly_under_any_rules() -> None:
    every = Rules(ignore=(pointer("/a"),), ids_renamed=True, fallbacks=FALLBACKS)
    assert every.projected({"a": 1}, CHAT, Tier.EXACT) == {"a": 1}


@pytest.mark.parametrize(
    ("given_rules", "tiers"),
    [
        (Rules(ignore=(pointer("/a"),)), (Tier.RULES,)),
        (Rules(replace=(Replacement("a", "b"),)), (Tier.RULES,)),
        (Rules(ids_renamed=True), (Tier.RULES,)),
        (Rules(fallbacks=(Tier.TOOLS,)), (Tier.TOOLS,)),
        (Rules(ids_renamed=True, fallbacks=FALLBACKS), (Tier.RULES, *FALLBACKS)),
    ],
)
def test_rules_open_tiers_from_strict_to_loose(given_rules: Rules, tiers: tuple[Tier]) -> None:
    assert given_rules.tiers == tiers


def test_every_rule_has_its_part_at_each_tier_it_opens() -> None:
    every = Rules(
        ignore=(pointer("/user"),),
        replace=(Replacement("[0-9]+", "N"),),
        ids_renamed=True,
        fallbacks=FALLBACKS,
    )
    body = {
        "user": "me",
        "max_tokens": 9,
        "messages": [{"role": "tool", "tool_call_id": "call_7", "content": "at 12:30"}],
    }
    said = [{"role": "tool", "tool_call_id": "\x001;", "content": "at N:N"}]
    assert every.projected(body, CHAT, Tier.RULES) == {"max_tokens": 9, "messages": said}
    assert every.projected(body, CHAT, Tier.DEFAULTS) == {"messages": said}


@given(which=rules, body=bodies)
def test_the_tiers_are_made_together_as_one_by_one(which: Rules, body: Any) -> None:
    one_by_one = {tier: which.projected(body, CHAT, tier) for tier in which.tiers}
    found = {tier: value for tier, value in one_by_one.items() if value is not None}
    assert dict(which.projections(body, CHAT)) == found


def test_a_fallback_that_does_not_apply_finds_nothing() -> None:
    assert Rules(fallbacks=FALLBACKS).projected([], CHAT, Tier.TOOLS) is None
    both = Rules(fallbacks=FALLBACKS, ids_renamed=True)
    assert both.projected({}, "embeddings", Tier.CONVERSATION) is None


def test_rules_are_joined_to_let_go_what_either_does() -> None:
    one = Rules(ignore=(pointer("/a"),), fallbacks=(Tier.CONVERSATION,))
    other = Rules(ignore=(pointer("/b"),), ids_renamed=True, fallbacks=(Tier.DEFAULTS,))
    assert one.and_also(other) == Rules(
        ignore=(pointer("/a"), pointer("/b")),
        ids_renamed=True,
        fallbacks=(Tier.DEFAULTS, Tier.CONVERSATION),
    )
    assert one.and_also(NO_RULES) == one


# replace


@pytest.mark.parametrize(
    ("pattern", "text", "before", "after"),
    [
        (r"\d{4}-\d\d-\d\d", "DATE", "from 2025-01-02 to 2025-03-04", "from DATE to DATE"),
        ("sk-[a-z]+", "[REDACTED]", "sk-abc", "[REDACTED]"),
        ("(a)(b)", r"\2\1", "ab", r"\2\1"),
        ("é+", "e", "caféé", "cafe"),
        ("(?i)HOME", "~", "/home/me", "/~/me"),
        ("x*", "-", "ab", "-a-b-"),
        ("a", "b", "a\ud800a\udfff\udfffa", "b\ud800b\udfff\udfffb"),
        ("none", "x", "text", "text"),
        ("a", "", "banana", "bnn"),
    ],
)
def test_every_match_is_replaced(pattern: str, text: str, before: str, after: str) -> None:
    assert Replacement(pattern, text).applied(before) == after


def test_replacements_follow_each_other() -> None:
    both = Rules(replace=(Replacement("a", "b"), Replacement("b", "c")))
    assert both.projected({"a": ["ab", {"b": "a"}, 7]}, CHAT, Tier.RULES) == {
        "a": ["cc", {"b": "c"}, 7]
    }


@given(text=st.text(alphabet="ab1 é\ud800\U0001f600"))
def test_a_plain_pattern_replaces_as_pythons_own_engine_does(text: str) -> None:
    assert Replacement("[a1]+", "x").applied(text) == re.sub("[a1]+", "x", text)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*c", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_a_pattern_that_hangs_other_engines_answers(pattern: str) -> None:
    text = "a" * 100_000 + "!"
    assert Replacement(pattern, "").applied(text) == text


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "missing )"),
        ("(?=a)", "invalid perl operator"),
        (r"(a)\1", "invalid escape sequence"),
        ("[", "missing ]"),
        ("\ud800", "surrogates not allowed"),
    ],
)
def test_what_is_no_pattern_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        Replacement(pattern, "")


def test_replacements_are_the_same_by_what_they_say() -> None:
    assert Replacement("a", "b") == Replacement("a", "b") != Replacement("a", "c")
    assert repr(Replacement("a", "b")) == "Replacement(pattern='a', text='b')"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("Rules(ids_renamed=True, fallbacks=FALLBACKS)", ""),
        ("Replacement('a', 'b')", "ModuleNotFoundError: import of re2 halted"),
    ],
)
def test_only_a_pattern_needs_re2(code: str, error: str) -> None:
    program = f"{WITHOUT_RE2}from playhead.rules import *; {code}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stderr.strip().rpartition("\n")[2].startswith(error)
    assert (done.returncode == 0) == (not error)
