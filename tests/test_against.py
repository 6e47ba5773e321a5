from collections.abc import Iterable
from pathlib import Path

import pytest

from playhead import against, folder
from playhead.against import Change
from playhead.cassette import Interaction
from playhead.configured import Configured
from playhead.errors import CassetteError
from playhead.library import Library
from playhead.peers import Answering
from support.ruled import chat, ruled

RECORDED = (chat("a", user="1"), chat("b", user="2"), chat("c", tools=[{"a": 1}]))
LOOSE = "ignore: /user\nfallbacks: tools"


def _changes(new: Library, old: Configured | None) -> list[Change]:
    return against.changes(Library(against.under(new.shelf, old)), new)


def _old(root: Path, **files: str) -> Configured:
    """Rules in a folder, by the folder below it; `_` stands for the folder itself."""
    for name, text in files.items():
        file = root / name.strip("_") / "playhead.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder.configurations(root)


def _names(interactions: Iterable[Interaction]) -> list[str]:
    return [each.name for each in interactions]


def _told(answering: Iterable[Answering]) -> list[tuple[str, list[str]]]:
    return [(each.tier.value, _names(each.interactions)) for each in answering]


def test_the_same_rules_change_nothing(tmp_path: Path) -> None:
    assert _changes(ruled(LOOSE, *RECORDED), _old(tmp_path, _=LOOSE)) == []


def test_rules_that_merge_nothing_change_nothing() -> None:
    assert _changes(ruled("ignore: /nowhere", *RECORDED), None) == []


def test_new_rules_merge_requests() -> None:
    alike, third = _changes(ruled(LOOSE, *RECORDED), None)
    assert _names(alike.requests) == ["a#0", "b#0"]
    assert alike.was == ()
    assert _told(alike.now) == [("rules", ["a#0", "b#0"]), ("tools", ["a#0", "b#0", "c#0"])]
    assert _names(alike.merged) == ["a#0", "b#0", "c#0"]
    assert (_names(third.requests), _names(third.merged)) == (["c#0"], ["a#0", "b#0"])
    assert alike.parted == third.parted == []


def test_rules_taken_back_part_requests(tmp_path: Path) -> None:
    alike, third = _changes(ruled("ignore: /user", *RECORDED), _old(tmp_path, _=LOOSE))
    assert (_names(alike.requests), _names(alike.parted)) == (["a#0", "b#0"], ["c#0"])
    assert (_names(third.requests), _names(third.parted)) == (["c#0"], ["a#0", "b#0"])
    assert alike.merged == third.merged == []


def test_the_same_answers_at_another_tier_are_no_change(tmp_path: Path) -> None:
    old = _old(tmp_path, _="fallbacks: conversation")
    assert _changes(ruled("ignore: /user", *RECORDED[:2]), old) == []


def test_a_stricter_tier_that_finds_less_is_a_change_that_merges_nothing(tmp_path: Path) -> None:
    old = _old(tmp_path, _="fallbacks: conversation")
    (alike,) = _changes(ruled("ignore: /user\nfallbacks: conversation", *RECORDED), old)
    assert _names(alike.requests) == ["a#0", "b#0"]
    assert (alike.merged, alike.parted) == ([], [])


@pytest.mark.parametrize(("name", "changed"), [("x", []), ("y", ["y/a#0", "y/b#0"])])
def test_old_rules_apply_below_the_folder_that_they_stand_in(
    tmp_path: Path, name: str, changed: list[str]
) -> None:
    recorded = [chat(f"{name}/{each}", user=each) for each in "ab"]
    found = _changes(ruled("ignore: /user", *recorded), _old(tmp_path, x="ignore: /user"))
    assert [_names(each.requests) for each in found] == ([changed] if changed else [])


def test_one_file_of_any_name_applies_to_every_cassette(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text(LOOSE)
    old = folder.configurations(tmp_path / "old.txt")
    assert _changes(ruled(LOOSE, chat("x/a", user="1"), chat("b", user="2")), old) == []


def test_other_files_of_a_folder_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "cut.yaml").write_text("version: [")
    (tmp_path / ".hidden").mkdir()
    assert _changes(ruled(LOOSE, *RECORDED), _old(tmp_path, _=LOOSE)) == []


@pytest.mark.parametrize("text", ["ignored: /user", "ignore: user", "]"])
def test_old_rules_that_say_what_cannot_be_are_an_error_with_its_line(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(CassetteError, match=r"playhead\.yaml:1: "):
        _old(tmp_path, _=text)


def test_old_rules_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="nowhere: cannot be read: No such file"):
        folder.configurations(tmp_path / "nowhere")
