from pathlib import Path

import pytest

from playhead.walk import File, Skip, ending, once, walk


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
