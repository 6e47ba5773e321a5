import shutil
from pathlib import Path

import pytest

from playhead.configuration import Configuration
from playhead.library import Library
from playhead.reload import Reloaded, Reloader
from playhead.rules import NO_RULES
from support.privileges import give_up_privileges, place_for_anybody
from support.recordings import chat, interaction, write

BROKEN = "version: 2\ninteractions:\n- request: {method: POST}\n"
OTHER = "name: value\n"


class Served:
    """A folder with two cassettes and a configuration, and what is served of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write(folder, "a", interaction(chat("a")))
        write(folder, "deep/b", interaction(chat("b")), interaction(chat("c")))
        (folder / "playhead.yaml").write_text("ignore: /seed\n")
        self.reloader = Reloader([folder])
        self.counted: list[str] = []
        self.reloader.count = self.counted.append
        self.swapped: list[Library] = []

    def reload(self) -> Reloaded:
        return self.reloader.reload(self.swapped.append)

    def file(self, name: str) -> str:
        return str(self.folder / name)

    @property
    def names(self) -> list[str]:
        return [cassette.name for cassette in self.reloader.library.shelf.cassettes]

    def is_kept(self) -> bool:
        """Whether a reload keeps what is served, and says that it is not what is there."""
        before = self.reloader.library
        told = self.reload()
        return bool(
            told.problems
            and not self.swapped
            and self.reloader.library is before
            and self.reloader.stale
        )


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(tmp_path)


def test_where_nothing_has_changed_the_library_stays(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    assert served.reload() == Reloaded()
    assert not served.swapped
    assert served.counted == []
    assert not caplog.records


def test_what_changed_came_and_went_is_told_and_served(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    write(served.folder, "a", interaction(chat("a2")), interaction(chat("a3")))
    write(served.folder, "c", interaction(chat("d")))
    (served.folder / "deep/b.yaml").unlink()
    assert served.reload() == Reloaded(
        changed=(served.file("a.yaml"),),
        new=(served.file("c.yaml"),),
        gone=(served.file("deep/b.yaml"),),
    )
    assert served.names == ["a", "c"]
    assert served.swapped == [served.reloader.library]
    assert served.counted == ["served"]
    assert caplog.messages == [
        "playhead: reloaded: 1 changed, 1 new, 1 gone (2 cassettes with 3 interactions): "
        f"changed {served.file('a.yaml')}; new {served.file('c.yaml')}; "
        f"gone {served.file('deep/b.yaml')}"
    ]


def test_of_many_files_the_first_are_told(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(5):
        write(served.folder, f"new{number}", interaction(chat(f"{number}")))
    served.reload()
    names = ", ".join(served.file(f"new{number}.yaml") for number in range(3))
    assert caplog.messages[-1].endswith(
        f" (7 cassettes with 8 interactions): new {names} and 2 more"
    )


def test_where_only_what_is_skipped_is_another_the_counts_are_told(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    (served.folder / ".hidden").mkdir()
    served.reload()
    assert caplog.messages == [
        "playhead: reloaded: 0 changed, 0 new, 0 gone (2 cassettes with 3 interactions)"
    ]


def test_what_has_not_changed_is_the_same_as_before(served: Served) -> None:
    before = {cassette.name: cassette for cassette in served.reloader.library.shelf.cassettes}
    write(served.folder, "a", interaction(chat("a2")))
    served.reload()
    after = {cassette.name: cassette for cassette in served.reloader.library.shelf.cassettes}
    assert after["deep/b"] is before["deep/b"]
    assert after["a"] is not before["a"]


def test_a_configuration_that_changes_applies_to_cassettes_that_have_not(served: Served) -> None:
    (served.folder / "playhead.yaml").write_text("bridge: true\n")
    told = served.reload()
    assert told.changed == (served.file("playhead.yaml"),)
    configuration = served.reloader.library.shelf.configuration("deep/b")
    assert configuration.bridge
    assert configuration.rules == NO_RULES


def test_a_configuration_that_comes_and_goes_applies_and_does_not(served: Served) -> None:
    own = served.folder / "deep/playhead.yaml"
    own.write_text("bridge: true\n")
    served.reload()
    assert served.reloader.library.shelf.configuration("deep/b").bridge
    own.unlink()
    served.reload()
    assert not served.reloader.library.shelf.configuration("deep/b").bridge


def test_what_flags_say_goes_on_applying(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("a")))
    reloader = Reloader([tmp_path], Configuration(bridge=True))
    write(tmp_path, "b", interaction(chat("b")))
    reloader.reload(lambda _: None)
    assert reloader.library.shelf.configuration("b").bridge


@pytest.mark.parametrize("name", ["a.yaml", "playhead.yaml", "deep/b.yaml"])
def test_what_was_served_and_is_broken_now_keeps_the_old_library(served: Served, name: str) -> None:
    (served.folder / name).write_text(BROKEN)
    write(served.folder, "new", interaction(chat("d")))
    assert served.is_kept()
    assert served.counted == ["refused"]


def test_a_file_that_an_editor_has_just_emptied_keeps_the_old_library(served: Served) -> None:
    (served.folder / "a.yaml").write_text("")
    assert served.is_kept()


def test_a_folder_in_the_place_of_a_cassette_keeps_the_old_library(served: Served) -> None:
    (served.folder / "a.yaml").unlink()
    (served.folder / "a.yaml").mkdir()
    assert served.is_kept()


def test_a_path_that_is_gone_keeps_the_old_library(served: Served) -> None:
    shutil.rmtree(served.folder)
    assert served.is_kept()
    assert served.reloader.stale == f"{served.folder}: cannot be read: No such file or directory"


def test_a_path_that_was_never_there_keeps_nothing(tmp_path: Path) -> None:
    write(tmp_path, "here/a", interaction(chat("a")))
    reloader = Reloader([tmp_path / "here", tmp_path / "to_come"])
    write(tmp_path, "here/b", interaction(chat("b")))
    assert not reloader.reload(lambda _: None).problems
    write(tmp_path, "to_come/c", interaction(chat("c")))
    assert not reloader.reload(lambda _: None).problems
    assert reloader.library.shelf.present == len(reloader.library.shelf.cassettes) == 3


@pytest.mark.parametrize("name", ["a.yaml", "deep", "playhead.yaml"])
def test_what_may_not_be_read_any_more_keeps_the_old_library(name: str) -> None:
    with place_for_anybody() as place:
        served = Served(place)
        (place / name).chmod(0)
        give_up_privileges()
        assert served.is_kept()


def test_a_path_to_a_file_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path(), "a", interaction(chat("a")))
    reloader = Reloader([Path("a.yaml")])
    Path("a.yaml").unlink()
    assert reloader.reload(lambda _: None).problems


def test_the_same_problem_is_told_once_and_another_again(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    (served.folder / "a.yaml").write_text(BROKEN)
    served.reload()
    served.reload()
    (served.folder / "deep/b.yaml").write_text(BROKEN)
    served.reload()
    kept = "playhead: not reloaded, the old cassettes are served on"
    told = "interactions[0].request.url: is missing; the file may be cut short"
    assert caplog.messages == [
        f"{kept}: {served.file('a.yaml')}:3: {told}",
        f"{kept}: {served.file('deep/b.yaml')}:3: {told}",
    ]
    assert served.counted == ["refused", "refused"]
    assert served.reloader.stale == f"{served.file('a.yaml')}:3: {told} (and 1 more)"


def test_what_is_mended_is_served_and_told(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    (served.folder / "a.yaml").write_text(BROKEN)
    served.reload()
    caplog.clear()
    write(served.folder, "a", interaction(chat("a2")))
    assert served.reload().changed == (served.file("a.yaml"),)
    assert served.reloader.stale is None
    assert len(served.swapped) == 1
    (told,) = caplog.messages
    assert told.endswith(f": changed {served.file('a.yaml')}")


def test_what_is_put_back_as_it_was_is_told_and_the_library_stays(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    content = (served.folder / "a.yaml").read_bytes()
    (served.folder / "a.yaml").write_text(BROKEN)
    served.reload()
    (served.folder / "a.yaml").write_bytes(content)
    assert served.reload() == Reloaded()
    assert served.reloader.stale is None
    assert not served.swapped
    assert caplog.messages[-1] == (
        "playhead: reloaded: 0 changed, 0 new, 0 gone (2 cassettes with 3 interactions): "
        f"mended {served.file('a.yaml')}"
    )


@pytest.mark.parametrize("content", [BROKEN, OTHER])
def test_what_is_new_and_no_cassette_is_skipped_and_the_rest_is_served(
    served: Served, content: str
) -> None:
    (served.folder / "new.yaml").write_text(content)
    write(served.folder, "fine", interaction(chat("d")))
    assert not served.reload().problems
    shelf = served.reloader.library.shelf
    assert "fine" in served.names
    assert served.file("new.yaml") in [skip.file for skip in shelf.skipped]
    assert shelf.present == len(shelf.cassettes) + len(shelf.skipped) == 5


def test_what_is_new_and_broken_is_told_once(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    (served.folder / "new.yaml").write_text(BROKEN)
    served.reload()
    write(served.folder, "fine", interaction(chat("d")))
    served.reload()
    told = [line for line in caplog.messages if line.startswith("playhead: broken: ")]
    assert told == [
        f"playhead: broken: {served.file('new.yaml')}:3: "
        "interactions[0].request.url: is missing; the file may be cut short"
    ]


def test_a_file_that_was_broken_from_the_start_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN)
    served = Served(tmp_path)
    (tmp_path / "broken.yaml").write_text(f"{BROKEN}\n")
    write(tmp_path, "fine", interaction(chat("d")))
    assert not served.reload().problems
    assert "fine" in served.names


def test_a_name_in_a_log_line_cannot_drive_a_terminal(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    (served.folder / "\x1b[2J.yaml").write_text(BROKEN)
    served.reload()
    assert "\x1b" not in caplog.text


def test_who_catches_up_has_what_is_there_now_and_says_nothing(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    write(served.folder, "new", interaction(chat("new")))
    assert served.reloader.catch_up() is served.reloader.library
    assert served.names == ["a", "deep/b", "new"]
    assert served.reload() == Reloaded()
    assert not caplog.messages


def test_who_catches_up_with_what_is_broken_keeps_what_was_there(served: Served) -> None:
    before = served.reloader.library
    content = (served.folder / "a.yaml").read_bytes()
    (served.folder / "a.yaml").write_text(BROKEN)
    assert served.reloader.catch_up() is before
    assert (served.reloader.stale or "").startswith(f"{served.file('a.yaml')}:3: ")
    (served.folder / "a.yaml").write_bytes(content)
    served.reloader.catch_up()
    assert served.reloader.stale is None
