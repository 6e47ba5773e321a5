from typing import Any

import pytest

from playhead.idle import idle_rules
from playhead.library import Library
from support.cassettes import interaction
from support.ruled import chat, ruled


def _idle(library: Library) -> list[str]:
    return [str(each) for each in idle_rules(library.shelf)]


TOOL = {"role": "tool", "tool_call_id": "call_abcdefgh1", "content": "21"}

APPLIED: dict[str, dict[str, Any]] = {
    "ignore: /user": {"user": "joe"},
    "ignore: /**/name": {"messages": [{"name": "joe", "content": ""}]},
    r"replace: {pattern: '\d+-\d+', with: DATE}": {"user": "on 11-21"},
    "replace: {pattern: never, with: DATE}": {"user": "on DATE"},
    "redact: secret": {"user": "holds [REDACTED]"},
    "ids: renamed": {"messages": [TOOL]},
    "fallbacks: defaults": {"max_tokens": 5},
    "fallbacks: tools": {"tools": [{"type": "function"}]},
    "fallbacks: conversation": {"seed": 5},
}


@pytest.mark.parametrize("rule", APPLIED)
def test_a_rule_that_changes_a_recorded_request_is_not_idle(rule: str) -> None:
    plain, changed = chat("a"), chat("b", **APPLIED[rule])
    assert _idle(ruled(rule, plain, changed)) == []
    assert len(_idle(ruled(rule, plain))) == 1


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("ignore: /usr", "`ignore: /usr` (playhead.yaml:1): no recorded request has it"),
        (
            "replace: {pattern: a+b, with: ''}",
            "`replace: a+b` (playhead.yaml:1): no recorded request holds what it replaces",
        ),
        (
            "redact: hunter2",
            "`redact: …` (playhead.yaml:1): no recorded request holds what it redacts, or what"
            " stands for that",
        ),
        ("ids: renamed", "`ids: renamed` (playhead.yaml:1): no recorded request holds identifiers"),
        (
            "fallbacks: tools",
            "`fallbacks: tools` (playhead.yaml:1): no recorded request has what it lets go",
        ),
    ],
)
def test_an_idle_rule_says_where_it_stands_and_why(rule: str, said: str) -> None:
    assert _idle(ruled(rule, chat("a"), interaction("b", sent=b"no JSON"))) == [said]


def test_a_fallback_is_idle_where_the_tier_before_lets_go_all_that_it_does() -> None:
    found = _idle(ruled("fallbacks: [defaults, tools]", chat("a", max_tokens=5)))
    assert found == [
        "`fallbacks: tools` (playhead.yaml:1): no recorded request has what it lets go"
    ]


def test_a_fallback_that_does_not_apply_to_an_operation_is_idle() -> None:
    search = interaction("a", url="/v1/search", sent=b'{"tools": [1]}')
    assert len(_idle(ruled("fallbacks: tools", search))) == 1


def test_a_rule_counts_for_the_cassettes_in_its_reach() -> None:
    library = ruled("", chat("left/a", user="joe"), chat("right/b"), right="ignore: /user")
    assert _idle(library) == ["`ignore: /user` (right/playhead.yaml:1): no recorded request has it"]


def test_a_rule_over_no_cassette_is_idle() -> None:
    library = ruled("", chat("left/a", user="joe"), right="ignore: /user")
    assert _idle(library) == ["`ignore: /user` (right/playhead.yaml:1): is over no cassette"]
