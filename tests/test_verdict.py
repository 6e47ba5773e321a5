import json
from dataclasses import replace
from typing import Any

from playhead import verdict
from playhead.folder import Shelf
from playhead.library import Library
from playhead.lint import lint
from playhead.walk import Skip
from support.cassettes import interaction, shelf
from support.ruled import chat, ruled

BROKEN = Skip(file="cut.yaml", reason="is cut", line=3)
OTHER = Skip(file="config.yaml", reason="is not a cassette", broken=False)
COUNTED = "(1 file, 0 skipped); 0 broken, 0 secret, 0 ambiguous"


def _lines(shelf: Shelf) -> list[str]:
    return verdict.lines(shelf, lint(Library(shelf)))


def _ruled(rules: str, *interactions: Any, **folders: str) -> list[str]:
    """The lines of a check without the counts, which come last."""
    return _lines(ruled(rules, *interactions, **folders).shelf)[:-1]


def _json(shelf: Shelf) -> Any:
    return json.loads(json.dumps(verdict.as_json(shelf, lint(Library(shelf)))))


def test_a_check_of_clean_cassettes_is_one_line() -> None:
    assert _lines(shelf(interaction())) == [f"1 cassette with 1 interaction {COUNTED}"]


def test_a_check_names_each_finding() -> None:
    found = shelf(interaction("a", headers=(("Set-Cookie", "sid=1"),)), interaction("b/c"))
    first, second = found.cassettes
    found = Shelf(
        cassettes=(first, replace(second, notes=("body: is odd",))), skipped=(BROKEN, OTHER)
    )
    assert _lines(found) == [
        "broken: cut.yaml:3: is cut",
        "secret: a.yaml: a#0: response.headers.Set-Cookie: a credential",
        "note: b/c.yaml: body: is odd",
        "tie: one request has the answers of a#0, b/c#0, which are the same",
        "     to get only one of them, use /cassette/a/-/ in the base URL",
        "skipped: config.yaml: is not a cassette",
        "2 cassettes with 2 interactions (4 files, 2 skipped); 1 broken, 1 secret, 1 ambiguous",
    ]


def test_a_tie_of_different_answers_says_nothing_of_them() -> None:
    assert _ruled("", chat("a"), chat("b"))[0] == "tie: one request has the answers of a#0, b#0"


def test_a_sequence_is_told_in_its_order() -> None:
    assert _ruled("", chat("a"), chat("a", 1)) == [
        "sequence: one request is answered by a#0, a#1, in this order"
    ]


def test_a_merger_says_where_requests_differ_what_lets_that_go_and_what_parts_them() -> None:
    recorded = (chat("a", user="1"), chat("a", 1, user="2"), chat("b", user="3"))
    assert _ruled("ignore: /user", *recorded) == [
        "merged: under `rules` one request has the answers of a#0, a#1, b#0",
        "     the requests differ at user; their answers differ",
        "     which is let go by `ignore: /user` (playhead.yaml:1)",
        "     to keep to one cassette, use /cassette/b/-/ in the base URL",
        "     no scope parts those within a: narrow the rule",
    ]


def test_a_merger_within_one_cassette_names_no_scope() -> None:
    recorded = (chat("a", user="1", answer="x"), chat("a", 1, user="2", answer="x"))
    assert _ruled("ignore: /user", *recorded) == [
        "merged: under `rules` one request has the answers of a#0, a#1",
        "     the requests differ at user; their answers are the same",
        "     which is let go by `ignore: /user` (playhead.yaml:1)",
        "     no scope parts those within a: narrow the rule",
    ]


def test_a_merger_across_folders_names_the_requests_that_are_drawn_in() -> None:
    recorded = (chat("strict/a"), chat("loose/b", user="1"))
    assert _ruled("", *recorded, loose="ignore: /user")[:2] == [
        "merged: under `rules` one request has the answers of loose/b#0",
        "     they also answer strict/a#0, once that request has drifted",
    ]


def test_a_merger_whose_rule_nobody_stated_is_told_without_it() -> None:
    served = ruled("ignore: /user", chat("a", user="1"), chat("b", user="2")).shelf
    flagless = {name: replace(each, stated=()) for name, each in served.configurations.items()}
    lines = _lines(replace(served, configurations=flagless))
    assert [line.split()[0] for line in lines[:-1]] == ["merged:", "the", "to", "idle:", "an"]


def test_idle_rules_come_with_a_word_for_them() -> None:
    assert _ruled("ignore: [/x, /y]", chat("a")) == [
        "idle: `ignore: /x` (playhead.yaml:1): no recorded request has it",
        "idle: `ignore: /y` (playhead.yaml:1): no recorded request has it",
        "     an idle rule can be right: for what clients send and recordings lack",
    ]


def test_rules_are_counted_where_there_are_any() -> None:
    counts = _lines(ruled("ignore: [/user, /x]", chat("a", user="1")).shelf)[-1]
    assert counts == f"1 cassette with 1 interaction {COUNTED}; 2 rules, 1 idle"


def test_many_findings_of_a_kind_and_many_names_are_only_counted() -> None:
    pairs = [chat(f"{at:02}", one, seed=at) for at in range(30) for one in range(2)]
    lines = _ruled("", *pairs)
    assert len(lines) == verdict.SHOWN_GROUPS + 1
    assert lines[-1] == "sequence: 10 more (--json lists them)"
    (line,) = _ruled("", *(chat("a", at) for at in range(300)))
    assert line.endswith("by a#0, a#1, a#2, a#3, a#4 and 295 more, in this order")


def test_a_check_as_json_holds_the_same() -> None:
    recorded = (
        *(chat("a", user="1"), chat("a", 1, user="2"), chat("b", user="1"), chat("c", seed=1)),
        *(chat("c", 1, seed=1), interaction("d", sent=b"{}", headers=(("Set-Cookie", "sid=1"),))),
    )
    found = replace(ruled("ignore: [/user, /x]", *recorded).shelf, skipped=(BROKEN,))
    assert _json(found) == {
        "present": 5,
        "served": 4,
        "interactions": 6,
        "skipped": [{"file": "cut.yaml", "reason": "is cut", "line": 3, "broken": True}],
        "notes": {},
        "overlay_notes": [],
        "malformed": [],
        "secrets": [
            {
                "interaction": "d#0",
                "file": "d.yaml",
                "place": "response.headers.Set-Cookie",
                "kind": "a credential",
            }
        ],
        "ties": [{"interactions": ["a#0", "b#0"], "answers_differ": True}],
        "merged": [
            {
                "tier": "rules",
                "interactions": ["a#0", "a#1", "b#0"],
                "answers_differ": True,
                "requests": ["a#0", "a#1", "b#0"],
                "differ_at": ["user"],
                "rules": [{"rule": "ignore", "text": "/user", "place": "playhead.yaml:1"}],
                "crowded": ["a"],
            }
        ],
        "sequences": [["c#0", "c#1"]],
        "idle_rules": [
            {
                "rule": "ignore",
                "text": "/x",
                "place": "playhead.yaml:1",
                "reason": "no recorded request has it",
            }
        ],
    }
