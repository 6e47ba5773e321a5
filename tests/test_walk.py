from pathlib import Path

import pytest

from playhead.walk import File, Skip, ending, glance, once, stamp, walk
from support.wire import eventually


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.yaml", ".yaml"),
        ("a.b.YML", ".YML"),
        ("a.har.gz", ".har.gz"),
        ("a.json", ".json"),
        ("a.gz", ""),
        ("a.txt", ""),
    ],
)
def test_a_cassette_is_known_by_its_ending(name: str, found: str) -> None:
    assert ending(name) == found


def _found(path: Path, *, leave_out: str | None = None) -> list[str]:
    return [
        f"{each.reason}" if isinstance(each, Skip) else each.relative
        for each in walk(path, leave_out)
    ]


def test_files_come_by_name_and_folders_after_them(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "sub/c.yaml", "note.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert _found(tmp_path) == ["a.yaml", "b.yaml", "sub/c.yaml"]
    assert _found(tmp_path / "sub/c.yaml") == ["c.yaml"]


def test_a_folder_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.yaml").touch()
    left_out = str((tmp_path / "out").resolve())
    assert _found(tmp_path, leave_out=left_out) == ["is the folder that is written into"]


def test_what_two_paths_lead_to_is_taken_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").touch()
    first, second = (list(found) for found in once([walk(tmp_path, None), walk(tmp_path, None)]))
    assert first == [File(path=str(tmp_path / "a.yaml"), relative="a.yaml")]
    assert isinstance(second[0], Skip)


def _only(folder: Path) -> File:
    (found,) = walk(folder, None)
    assert isinstance(found, File)
    return found


def test_a_file_that_another_was_moved_over_has_another_stamp(tmp_path: Path) -> None:
    file, beside = tmp_path / "a.yaml", tmp_path / "beside"
    for each in (file, beside):
        each.write_bytes(b"same")
    before = stamp(_only(tmp_path))
    beside.replace(file)
    assert stamp(_only(tmp_path)) != before


def test_a_file_that_may_not_be_read_any_more_has_another_stamp(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.touch()
    before = stamp(_only(tmp_path))

    def is_another() -> bool:  # the clock of its times may not have ticked yet
        file.chmod(0o200)
        return stamp(_only(tmp_path)) != before

    assert eventually(is_another)


def test_a_link_that_leads_elsewhere_has_another_stamp(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "a.yaml"
    target.touch()
    link.symlink_to(target)
    before = stamp(_only(tmp_path))
    link.unlink()
    target.rename(tmp_path / "moved")
    link.symlink_to(tmp_path / "moved")
    assert stamp(_only(tmp_path))[0] != before[0]


def test_a_glance_is_the_same_until_something_changes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").touch()
    (tmp_path / ".hidden").mkdir()
    before = glance([tmp_path])
    assert glance([tmp_path]) == before
    (tmp_path / "b.yaml").touch()
    assert glance([tmp_path]) != before


def test_a_glance_at_what_is_not_there_is_one_too(tmp_path: Path) -> None:
    assert glance([tmp_path / "none.yaml"]) == [(str(tmp_path / "none.yaml"), None)]
