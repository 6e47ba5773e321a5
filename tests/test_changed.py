import json
from dataclasses import replace

from playhead import against, changed
from playhead.against import Change
from playhead.folder import Shelf
from playhead.library import Library
from playhead.walk import Skip
from support.ruled import chat, ruled

RECORDED = (chat("a", user="1"), chat("b", user="2"), chat("c", tools=[{"a": 1}]))
LOOSE = ruled("ignore: /user\nfallbacks: tools", *RECORDED)
STRICT = Library(against.under(LOOSE.shelf, None))
COUNTED = "3 cassettes with 3 interactions (3 files, 0 skipped)"


def _changes(old: Library, new: Library) -> tuple[Shelf, list[Change]]:
    return new.shelf, against.changes(old, new)


def test_rules_that_change_nothing_are_one_line() -> None:
    assert changed.lines(*_changes(LOOSE, LOOSE)) == [
        f"{COUNTED}; 0 of 3 recorded requests answered otherwise once drifted (0 merged with"
        " others, 0 parted)"
    ]


def test_rules_that_merge_requests_say_what_answers_them_now() -> None:
    assert changed.lines(*_changes(STRICT, LOOSE)) == [
        "changed: a#0, b#0",
        "     was: no recording of another request",
        "     now: a#0, b#0 (`rules`); a#0, b#0, c#0 (`tools`)",
        "     no longer told apart: a#0, b#0, c#0",
        "changed: c#0",
        "     was: no recording of another request",
        "     now: a#0, b#0, c#0 (`tools`)",
        "     no longer told apart: c#0, a#0, b#0",
        f"{COUNTED}; 3 of 3 recorded requests answered otherwise once drifted (3 merged with"
        " others, 0 parted)",
    ]


def test_rules_that_part_requests_say_so() -> None:
    lines = changed.lines(*_changes(LOOSE, STRICT))
    assert lines[2:4] == [
        "     now: no recording of another request",
        "     told apart again: a#0, b#0, c#0",
    ]
    assert lines[-1].endswith("(0 merged with others, 3 parted)")


def test_a_broken_file_is_told_first() -> None:
    shelf, found = _changes(LOOSE, LOOSE)
    shelf = replace(shelf, skipped=(Skip(file="cut.yaml", reason="is cut", line=3),))
    assert changed.lines(shelf, found)[0] == "broken: cut.yaml:3: is cut"


def test_the_json_holds_the_same() -> None:
    value = json.loads(json.dumps(changed.as_json(*_changes(STRICT, LOOSE))))
    assert (value["present"], value["served"], value["interactions"]) == (3, 3, 3)
    assert value["changes"][1] == {
        "requests": ["c#0"],
        "was": [],
        "now": [{"tier": "tools", "answered_by": {"count": 3, "first": ["a#0", "b#0", "c#0"]}}],
        "merged": {"count": 2, "first": ["a#0", "b#0"]},
        "parted": {"count": 0, "first": []},
    }


def test_thousands_of_names_are_only_counted() -> None:
    many = ruled("fallbacks: conversation", *(chat("a", at, seed=at) for at in range(300)))
    found = _changes(Library(against.under(many.shelf, None)), many)
    (change,) = changed.as_json(*found)["changes"]
    assert change["merged"]["count"] == len(change["requests"]) == 300
    assert len(change["merged"]["first"]) == changed.JSON_NAMES
    assert all(len(line) < 200 for line in changed.lines(*found))
