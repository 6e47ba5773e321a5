import json
import re
from collections import Counter
from dataclasses import replace
from html import unescape
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from playhead import github
from playhead.account import Account
from playhead.library import Library
from playhead.printable import printable
from playhead.proof import STATE_LOST, Requirements, prove
from support.cassettes import library, shelf
from support.ruled import chat
from support.runs import account, refused

HELD = library(chat("a/one"), chat("a/one", 1, user="b"), chat("b/two", user="c"))
SENT = json.dumps({"model": "m", "messages": [{"role": "user", "content": "ho"}]}).encode()
MISSED = account("", refused(HELD, SENT), served={"a/one#0": 1})
NO_MISS = Requirements(fail_on_miss=True)
ANY_TEXT = st.text(st.characters())
HOSTILE = "x\r\n::set-output name=a::b\n##[add-mask]c,title=d:e%0A|<b>`@all` **#1**"


def as_the_runner_reads(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command taken apart as `TryParseV2` of the runner's ActionCommand.cs does it."""
    assert line.startswith("::")
    end = line.index("::", 2)
    kind, _, properties = line[2:end].partition(" ")
    pairs = [pair.split("=", 1) for pair in properties.strip().split(",") if pair]
    return kind, {name: _unescaped(value) for name, value in pairs}, _unescaped(line[end + 2 :])


def _unescaped(text: str) -> str:
    for escaped, mark in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, mark)
    return text


def test_it_is_known_where_this_runs() -> None:
    assert github.is_here({"GITHUB_ACTIONS": "true"})
    assert not github.is_here({})


# Annotations


@given(ANY_TEXT, ANY_TEXT)
def test_what_is_escaped_is_what_the_runner_reads(text: str, name: str) -> None:
    line = github.command("error", "a title", text, f"a{name}")
    assert len(line.splitlines()) == 1
    kind, properties, data = as_the_runner_reads(line)
    assert (kind, properties["title"]) == ("error", "a title")
    assert properties["file"] == printable(f"a{name}").rstrip()
    assert data == printable(text)


def test_a_run_in_which_nothing_is_wrong_has_no_annotations() -> None:
    assert github.annotations(prove(HELD, account(served={"a/one#0": 1}), NO_MISS), HELD) == []


def test_a_miss_is_an_error_where_it_is_forbidden_and_else_a_warning() -> None:
    (error,) = github.annotations(prove(HELD, MISSED, NO_MISS), HELD)
    kind, properties, data = as_the_runner_reads(error)
    assert (kind, properties) == ("error", {"title": "playhead: a request was refused"})
    assert data.startswith("playhead: no recording matches POST /v1/chat/completions")
    (warning,) = github.annotations(prove(HELD, MISSED, Requirements()), HELD)
    assert warning.startswith("::warning title=")


def test_what_else_is_not_proved_is_an_error() -> None:
    proof = prove(HELD, account(), Requirements(served=1))
    (error,) = github.annotations(proof, HELD)
    assert "the app never called" in as_the_runner_reads(error)[2]


def test_that_counts_were_lost_is_an_error() -> None:
    lost = Account(session="", counts=Counter({("lost", ""): 1}))
    (error,) = github.annotations(prove(HELD, lost, NO_MISS), HELD)
    assert as_the_runner_reads(error)[2] == STATE_LOST


def test_what_was_never_used_is_told_at_its_file(tmp_path: Path) -> None:
    held = _in_files(str(tmp_path / "work/tests/{}.yaml"))
    proof = prove(held, account(served={"a/one#0": 1}), Requirements(all_used=True))
    _, *lines = github.annotations(proof, held, str(tmp_path / "work"))
    told = [as_the_runner_reads(line) for line in lines]
    assert [(properties["file"], data) for _, properties, data in told] == [
        ("tests/a/one.yaml", "answered nothing: a/one#1"),
        ("tests/b/two.yaml", "answered nothing: b/two#0"),
    ]


def test_a_file_outside_the_checkout_keeps_its_name(tmp_path: Path) -> None:
    held = _in_files(str(tmp_path / "{}.yaml"))
    proof = prove(held, account(served={"a/one#0": 1, "a/one#1": 1}), Requirements(all_used=True))
    for workspace in ("", str(tmp_path / "work")):
        _, line = github.annotations(proof, held, workspace)
        assert as_the_runner_reads(line)[1]["file"] == str(tmp_path / "b/two.yaml")


def _in_files(pattern: str) -> Library:
    kept = shelf(*HELD.in_scope(None))
    cassettes = tuple(replace(each, file=pattern.format(each.name)) for each in kept.cassettes)
    return Library(replace(kept, cassettes=cassettes))


def test_there_are_no_more_than_github_shows() -> None:
    misses = [refused(HELD, SENT, at, message=f"{at}") for at in range(1, github.SHOWN + 3)]
    lines = github.annotations(prove(HELD, account("", *misses), NO_MISS), HELD)
    assert len(lines) == github.SHOWN
    assert "3 more: see the log" in lines[-1]


def test_as_many_as_github_shows_are_all_shown() -> None:
    misses = [refused(HELD, SENT, at, message=f"{at}") for at in range(1, github.SHOWN + 1)]
    lines = github.annotations(prove(HELD, account("", *misses), NO_MISS), HELD)
    assert len(lines) == github.SHOWN
    assert "more: see the log" not in lines[-1]


def test_what_many_sessions_missed_alike_is_told_once() -> None:
    misses = [refused(HELD, SENT, at, session=f"test-{at}") for at in range(1, 4)]
    proof = prove(HELD, account("", *misses), NO_MISS)
    assert len(github.annotations(proof, HELD)) == 1
    assert github.summary(proof).split("**Refused**")[1].count("<code>") == 1


def test_a_long_text_is_cut() -> None:
    assert len(github.command("error", "t", "x" * 100_000)) < 3000


# The summary


def test_the_summary_counts_and_says_why() -> None:
    loose = account(
        "", refused(HELD, SENT), served={"a/one#0": 2}, rules={"a/one#0": 1},
        ambiguous={"a/one#0": 1},
    )  # fmt: skip
    told = github.summary(prove(HELD, loose, Requirements(fail_on_miss=True, all_used=True)))
    assert told.startswith("### playhead: NOT PROVED\n\n| what | how many |\n| --- | ---: |\n")
    assert "| answered from a recording | 2 |" in told
    assert "| refused | 1 |" in told
    assert "| answered by `rules` | 1 |" in told
    assert "| of 3 interactions never used | 2 |" in told
    headings = re.findall(r"^\*\*(.+)\*\*$", told, re.MULTILINE)
    assert headings == ["Not proved", "Refused", "Answered by `rules`", "Ambiguous", "Never used"]
    assert "- <code>b/two#0</code>" in unescape(told)


def test_the_summary_of_a_run_that_requires_nothing_says_so() -> None:
    proved = account(served={"a/one#0": 1})
    assert github.summary(prove(HELD, proved, NO_MISS)).startswith("### playhead: proved\n")
    assert github.summary(prove(HELD, proved, Requirements())).startswith("### playhead: done\n")


def test_the_lists_of_the_summary_are_bounded() -> None:
    many = library(*(chat("many", at, user=str(at)) for at in range(github.LISTED + 5)))
    told = github.summary(prove(many, account(), Requirements(all_used=True)))
    assert told.count("<code>many") == github.LISTED
    assert "- and 5 more" in told


@given(ANY_TEXT | st.just(HOSTILE))
def test_no_name_is_markdown(name: str) -> None:
    miss = refused(HELD, SENT, path=f"/{name}")
    told = github.summary(prove(HELD, account("", miss, ambiguous={name: 1}), NO_MISS))
    shown = re.findall(r"<code>(.*)</code>", told)
    assert len(shown) == told.count("\n- ") == 3
    for text in shown:
        assert re.fullmatch(r"(?:[A-Za-z0-9 ]|&#[0-9]+;)*", text)
    assert unescape(shown[-1]) == f"{printable(name)}: 1"
