from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from playhead import files
from playhead.errors import CassetteError, NotACassette
from playhead.readings import SETTLED_NS, Readings
from playhead.walk import File, Skip, stamp


class Making:
    """Makes text of files, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, raw: bytes) -> str:
        self.times += 1
        if raw == b"bad":
            raise CassetteError("is bad", line=3)
        if raw == b"other":
            raise NotACassette("is another")
        return raw.decode()


@pytest.fixture
def file(tmp_path: Path) -> File:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"first")
    return File(path=str(path), relative=path.name)


@pytest.fixture
def make() -> Making:
    return Making()


def _late() -> int:
    """A time at which every file is old enough to be trusted."""
    return 2**63


def _passes(readings: Readings, file: File, make: Making, name: str = "a") -> Iterator[str | Skip]:
    while True:
        readings.begin()
        yield readings.made(file, name, make)


def test_a_file_that_has_not_changed_is_not_read_again(file: File, make: Making) -> None:
    passes = _passes(Readings(_late), file, make)
    first = next(passes)
    assert next(passes) is first
    assert next(passes) is first
    assert make.times == 1


def test_a_file_that_has_changed_is_read_again(file: File, make: Making) -> None:
    passes = _passes(Readings(_late), file, make)
    assert next(passes) == "first"
    Path(file.path).write_bytes(b"second")
    assert next(passes) == "second"


def test_a_file_that_was_written_again_with_the_same_content_is_not_made_again(
    file: File, make: Making
) -> None:
    passes = _passes(Readings(_late), file, make)
    first = next(passes)
    Path(file.path).write_bytes(b"first")
    assert next(passes) is first
    assert make.times == 1


def test_changes_between_two_ticks_of_the_file_system_s_clock_are_seen(file: File) -> None:
    """Its stamp is the same after most of these: the size is, and the clock ticks in ms."""
    readings = Readings()
    for number in range(200):
        content = b"%03d" % number
        Path(file.path).write_bytes(content)
        readings.begin()
        assert readings.content(file) == content
    assert readings.is_unsure


def test_a_file_that_is_old_enough_is_sure(file: File, make: Making) -> None:
    readings = Readings(lambda: stamp(file)[2] + SETTLED_NS + 1)
    next(_passes(readings, file, make))
    assert not readings.is_unsure


def test_the_same_content_under_another_name_is_made_again(file: File, make: Making) -> None:
    readings = Readings(_late)
    next(_passes(readings, file, make, "a"))
    next(_passes(readings, file, make, "b"))
    assert make.times == 2


@pytest.mark.parametrize(
    ("content", "skip"),
    [
        (b"bad", Skip(file="", reason="is bad", line=3)),
        (b"other", Skip(file="", reason="is another", broken=False)),
        (b"\xff", None),
    ],
)
def test_what_is_wrong_with_a_content_is_remembered_with_it(
    file: File, make: Making, content: bytes, skip: Skip | None
) -> None:
    Path(file.path).write_bytes(content)
    passes = _passes(Readings(_late), file, make)
    found = next(passes)
    assert isinstance(found, Skip)
    assert skip is None or found == replace(skip, file=file.path)
    assert next(passes) is found


def test_what_cannot_be_read_now_is_read_again_later(file: File, make: Making) -> None:
    readings = Readings(_late)
    gone = Path(file.path).rename(Path(file.path).with_suffix(".gone"))
    with pytest.raises(files.CANNOT_BE_READ):
        next(_passes(readings, file, make))
    assert readings.files == {}
    gone.rename(file.path)
    assert next(_passes(readings, file, make)) == "first"
    assert len(readings.files[file.path]) == 32


def test_that_the_machine_lacked_memory_is_not_remembered(file: File) -> None:
    def lacking(_: bytes) -> str:
        raise MemoryError

    readings = Readings(_late)
    readings.begin()
    with pytest.raises(MemoryError):
        readings.made(file, "a", lacking)
    readings.begin()
    assert readings.made(file, "a", bytes.decode) == "first"


def test_what_a_pass_does_not_come_to_is_forgotten(file: File, make: Making) -> None:
    readings = Readings(_late)
    next(_passes(readings, file, make))
    readings.begin()
    assert readings.files == {}
    next(_passes(readings, file, make))
    assert make.times == 2


def test_a_content_that_nothing_is_made_of_is_remembered(file: File) -> None:
    readings = Readings(_late)
    readings.begin()
    first = readings.content(file)
    readings.begin()
    assert readings.content(file) is first
    assert first == b"first"


def test_a_link_that_leads_out_of_its_folder_now_is_read_again(tmp_path: Path) -> None:
    """What was allowed is not remembered: only what a file held is."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "text").write_bytes(b"same")
    link = inside / "a.yaml"
    link.symlink_to("text")
    file = File(path=str(link), relative="a.yaml", link_root=str(inside))
    readings = Readings(_late)
    readings.begin()
    readings.content(file)
    link.unlink()
    link.symlink_to(outside / "text")
    readings.begin()
    with pytest.raises(CassetteError, match="outside the served folder"):
        readings.content(file)
