import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import ambiguity
from playhead.ambiguity import Group
from playhead.cassette import Interaction
from playhead.rules import Rules, Tier
from support.cassettes import interaction, library
from support.ruled import FIELDS, chat, configuration, ruled

ALL = "ignore: /user\nfallbacks: [defaults, tools, conversation]"


def _names(groups: list[Group]) -> list[list[str]]:
    return [[each.name for each in group.interactions] for group in groups]


# To the letter


def test_a_tie_is_one_request_in_several_cassettes() -> None:
    served = library(interaction("a"), interaction("b"), interaction("c", sent=b"{}"))
    (tie,) = ambiguity.ties(served)
    assert _names([tie]) == [["a#0", "b#0"]]
    assert (tie.tier, tie.cassettes, tie.answers_differ) == (Tier.EXACT, ["a", "b"], False)


@pytest.mark.parametrize("other", [{"answer": b"other"}, {"status": 429}])
def test_answers_differ_in_status_or_body(other: Any) -> None:
    (tie,) = ambiguity.ties(library(interaction("a"), interaction("b", **other)))
    assert tie.answers_differ


def test_a_sequence_is_one_request_with_several_answers_in_one_cassette() -> None:
    served = library(
        *(chat("a"), chat("a", 1), chat("a", 2, seed=1)),
        *(chat("b", answer="same"), chat("b", 1, answer="same")),
    )
    assert _names(ambiguity.sequences(served)) == [["a#0", "a#1"]]


# Under rules


def test_exact_matching_merges_nothing() -> None:
    assert ambiguity.merged(ruled("", chat("a", user="1"), chat("b", user="2"))) == []


def test_requests_that_a_rule_makes_one_are_merged() -> None:
    served = ruled(ALL, chat("a", user="1"), chat("b", user="2"), chat("c", model="other"))
    (group,) = ambiguity.merged(served)
    assert _names([group]) == [["a#0", "b#0"]]
    assert group.requests == group.interactions
    assert (group.tier, group.answers_differ, group.differ_at) == (Tier.RULES, True, ("user",))
    assert [each.place for each in group.narrow] == ["playhead.yaml:1"]
    assert group.crowded == ()


def test_a_looser_tier_is_told_where_it_merges_more() -> None:
    served = ruled(ALL, chat("a", user="1"), chat("b", user="2"), chat("b", 1, seed=1))
    strict, loose = ambiguity.merged(served)
    assert _names([strict, loose]) == [["a#0", "b#0"], ["a#0", "b#0", "b#1"]]
    assert loose.tier is Tier.CONVERSATION
    assert loose.differ_at == ("user", "seed")
    assert [str(each) for each in loose.narrow] == ["`fallbacks: conversation` (playhead.yaml:2)"]


def test_a_cassette_with_several_of_the_requests_is_crowded() -> None:
    served = ruled(ALL, chat("a"), chat("a", 1), chat("b", user="1"), chat("b", 1, user="2"))
    (group,) = ambiguity.merged(served)
    assert group.cassettes == ["a", "b"]
    assert group.crowded == ("b",)


def test_groups_with_different_answers_come_first() -> None:
    same = [chat(name, answer="same", user=name, seed=1) for name in "ab"]
    differing = [chat(name, user=name) for name in "cd"]
    found = ambiguity.merged(ruled("ignore: /user", *same, *differing))
    assert _names(found) == [["c#0", "d#0"], ["a#0", "b#0"]]
    assert [each.answers_differ for each in found] == [True, False]


def test_the_places_are_those_of_the_first_few_requests() -> None:
    many = [chat("a", at, **{f"f{at:03}": 1}) for at in range(100)]
    (group,) = ambiguity.merged(ruled("fallbacks: conversation", *many))
    assert group.differ_at == tuple(f"f{at:03}" for at in range(ambiguity._COMPARED + 1))


def test_no_more_than_some_places_are_told() -> None:
    wide = chat("b", **{f"f{at:03}": 1 for at in range(100)})
    (group,) = ambiguity.merged(ruled("fallbacks: conversation", chat("a"), wide))
    assert len(group.differ_at) == ambiguity._PATHS


def _called(id: str) -> dict[str, object]:
    return {"messages": [{"role": "tool", "tool_call_id": id, "content": "21"}]}


@pytest.mark.parametrize(
    ("fields", "others", "place"),
    [
        ({"user": "1"}, {"user": "2"}, "playhead.yaml:1"),
        ({"metadata": "on 11-20"}, {"metadata": "on 11-21"}, "playhead.yaml:2"),
        (_called("call_a1b2c3d4"), _called("call_z9y8x7w6"), "playhead.yaml:3"),
    ],
)
def test_the_rule_to_narrow_is_the_one_without_which_requests_are_two(
    fields: Any, others: Any, place: str
) -> None:
    rules = (
        "ignore: /user\n"
        "replace: {pattern: '[0-9]+-[0-9]+', with: DATE}\n"
        "ids: renamed\n"
        "fallbacks: [defaults, tools, conversation]\n"
    )
    (group,) = ambiguity.merged(ruled(rules, chat("a", **fields), chat("b", **others)))
    assert [each.place for each in group.narrow] == [place]


def test_where_each_of_two_rules_would_do_both_are_to_narrow() -> None:
    users = [chat(name, user={"name": name}) for name in "ab"]
    (group,) = ambiguity.merged(ruled("ignore: [/user, /user/name]", *users))
    assert [each.text for each in group.narrow] == ["/user", "/user/name"]


def test_the_rules_of_the_recording_that_answers_are_the_ones_to_narrow() -> None:
    served = ruled("", chat("strict/a"), chat("loose/b", user="1"), loose="ignore: /user")
    (group,) = ambiguity.merged(served)
    assert _names([group]) == [["loose/b#0"]]
    assert [each.name for each in group.requests] == ["strict/a#0"]
    assert [each.place for each in group.narrow] == ["loose/playhead.yaml:1"]
    assert group.answers_differ


@given(st.lists(FIELDS, max_size=8))
def test_two_requests_stand_in_one_group_from_the_tier_at_which_the_same_counts_of_them(
    drawn: list[dict[str, object]],
) -> None:
    recorded = [chat("ab"[at % 2], at, **fields) for at, fields in enumerate(drawn)]
    rules = configuration(ALL).rules
    groups = ambiguity.merged(ruled(ALL, *recorded))
    for pair in itertools.combinations(recorded, 2):
        assert _merging(groups, pair) == _same(rules, pair)


def _merging(groups: list[Group], pair: tuple[Interaction, ...]) -> Tier | None:
    """The strictest tier at which two different requests stand in one group."""
    bodies = [json.loads(each.request.body) for each in pair]
    tiers = [group.tier for group in groups if set(pair) <= set(group.interactions)]
    return min(tiers, key=list(Tier).index, default=None) if bodies[0] != bodies[1] else None


def _same(rules: Rules, pair: tuple[Interaction, ...]) -> Tier | None:
    """The strictest tier at which the same counts of two different requests."""
    bodies = [json.loads(each.request.body) for each in pair]
    if bodies[0] == bodies[1]:
        return None
    for tier in rules.tiers:
        one, other = (rules.projected(body, "chat.completions", tier) for body in bodies)
        if one == other:
            return tier
    return None
