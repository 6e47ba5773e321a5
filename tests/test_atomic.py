import errno
import os
import stat
from pathlib import Path

import pytest

from playhead import atomic

NAME = Path("a/b.yaml")


def _files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir()}


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    written = atomic.write(tmp_path / "out", NAME, b"content")
    assert written == tmp_path / "out/a/b.yaml"
    assert written.read_bytes() == b"content"
    assert _files(tmp_path) == {"out/a/b.yaml"}


def test_the_umask_says_who_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        written = atomic.write(tmp_path, NAME, b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE(written.stat().st_mode) == 0o640


def test_what_is_there_is_replaced_only_when_that_is_asked_for(tmp_path: Path) -> None:
    atomic.write(tmp_path, NAME, b"first")
    with pytest.raises(FileExistsError):
        atomic.write(tmp_path, NAME, b"second")
    assert (tmp_path / NAME).read_bytes() == b"first"
    assert _files(tmp_path) == {"a/b.yaml"}
    atomic.write(tmp_path, NAME, b"second", force=True)
    assert (tmp_path / NAME).read_bytes() == b"second"
    assert _files(tmp_path) == {"a/b.yaml"}


@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path, target: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a").symlink_to(tmp_path / target)
    with pytest.raises(OSError, match="which is not followed") as caught:
        atomic.write(tmp_path / "out", NAME, b"content", force=True)
    assert caught.value.errno == errno.ELOOP
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(NotADirectoryError, match="a is not a folder"):
        atomic.write(tmp_path, NAME, b"content", force=True)


def test_a_file_that_is_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("untouched")
    (tmp_path / "a").mkdir()
    (tmp_path / NAME).symlink_to(tmp_path / "secret")
    with pytest.raises(FileExistsError):
        atomic.write(tmp_path, NAME, b"content")
    atomic.write(tmp_path, NAME, b"content", force=True)
    assert (tmp_path / "secret").read_text() == "untouched"
    assert not (tmp_path / NAME).is_symlink()


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS])
def test_without_hard_links_a_name_that_is_taken_is_still_never_replaced(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(code, "refused")

    monkeypatch.setattr(os, "link", refused)
    assert atomic.write(tmp_path, NAME, b"first").read_bytes() == b"first"
    with pytest.raises(FileExistsError):
        atomic.write(tmp_path, NAME, b"second")
    assert (tmp_path / NAME).read_bytes() == b"first"
    assert _files(tmp_path) == {"a/b.yaml"}


def test_any_other_fault_of_a_link_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(OSError, match="full"):
        atomic.write(tmp_path, NAME, b"content")
    assert _files(tmp_path) == set()


def test_nothing_is_left_behind_where_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir(parents=True)
    (tmp_path / NAME / "c").touch()
    with pytest.raises(OSError, match="directory"):
        atomic.write(tmp_path, NAME, b"content", force=True)
    assert _files(tmp_path) == {"a/b.yaml/c"}


def test_what_is_appended_comes_behind_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    for content in (b"one\n", b"two\n"):
        atomic.append(file, content)
    assert file.read_bytes() == b"one\ntwo\n"


def test_what_cannot_be_appended_to_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        atomic.append(tmp_path, b"content")
