import pytest

from playhead.cassette import Cassette
from playhead.overlay import Early, Overlay
from support.cassettes import interaction


def _overlay(before: str, folder: str = "") -> Overlay:
    answers = (Early(status=429),)
    return Overlay(
        file="x/playhead.yaml", path="overlays[0].before", folder=folder, before=before,
        answers=answers,
    )  # fmt: skip


def _cassette(name: str, count: int = 3) -> Cassette:
    listed = tuple(interaction(name, at) for at in range(count))
    return Cassette(name=name, file=f"{name}.yaml", format="go-vcr v2", interactions=listed)


def _named(before: str, name: str, folder: str = "", count: int = 3) -> list[int]:
    return [each.id for each in _overlay(before, folder).named(_cassette(name, count))]


@pytest.mark.parametrize(
    ("before", "name", "named"),
    [
        ("chat#1", "chat", [1]),
        ("chat", "chat", [0, 1, 2]),
        ("a/b/chat#0", "a/b/chat", [0]),
        ("a", "a/b/chat", [0, 1, 2]),
        ("a/b", "a/b/chat", [0, 1, 2]),
        ("*", "a/b/chat", [0, 1, 2]),
        ("*#2", "a/b/chat", [2]),
        ("a/*", "a/b/chat", [0, 1, 2]),
        ("a/*#0", "a/b/chat", [0]),
        ("*chat*", "a/chats/x", [0, 1, 2]),
        ("ch*t#*", "chat", [0, 1, 2]),
        ("a#1#2", "a#1", [2]),
        ("a[1]?", "a[1]?", [0, 1, 2]),
        ("a[1]?*", "a[1]?b", [0, 1, 2]),
    ],
)
def test_an_interaction_a_cassette_a_folder_or_a_pattern_is_named(
    before: str, name: str, named: list[int]
) -> None:
    assert _named(before, name) == named


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("chat#3", "chat"),
        ("chat#00", "chat"),
        ("chat#x", "chat"),
        ("Chat", "chat"),
        ("cha", "chat"),
        ("hat", "chat"),
        ("a#0", "a/b"),
        ("a/", "a/b"),
        ("/a", "a"),
        ("cha?", "chat"),
        ("[c]hat", "chat"),
        ("[c]h?t*", "chat"),
        ("#0", "chat"),
    ],
)
def test_nothing_else_is_named(before: str, name: str) -> None:
    assert _named(before, name) == []


def test_a_pattern_tells_numbers_of_one_digit_from_those_of_two() -> None:
    assert _named("chat#1*", "chat", count=12) == [1, 10, 11]
    assert _named("chat#1", "chat", count=12) == [1]


@pytest.mark.parametrize("before", ["chat", "chat#*", "*", "c*"])
def test_names_are_seen_from_the_folder_that_the_overlay_stands_in(before: str) -> None:
    assert _named(before, "a/b/chat", folder="a/b") == [0, 1, 2]


@pytest.mark.parametrize("before", ["a/b/chat", "b/chat", "a", "b"])
def test_no_name_leads_above_that_folder(before: str) -> None:
    assert _named(before, "a/b/chat", folder="a/b") == []


@pytest.mark.parametrize(("file", "listed"), [("x/playhead.yaml", "x"), ("playhead.yaml", ".")])
def test_where_nothing_is_named_a_note_says_where_the_names_are(file: str, listed: str) -> None:
    overlay = Overlay(file=file, path="overlays[7].before", folder="", before="gone", answers=())
    assert overlay.idle_note == (
        f"{file}: overlays[7].before: 'gone' names nothing; `playhead list {listed}` has the names"
    )
