from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from playhead import files
from playhead.errors import CassetteError, NotACassette
from playhead.memory import SETTLED_NS, Memory
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


def _passes(memory: Memory, file: File, make: Making, name: str = "a") -> Iterator[str | Skip]:
    while True:
        memory.begin()
        yield memory.made(file, name, make)


def test_a_file_that_has_not_changed_is_not_read_again(file: File, make: Making) -> None:
    passes = _passes(Memory(_late), file, make)
    first = next(passes)
    assert next(passes) is first
    assert next(passes) is first
    assert make.times == 1


def test_a_file_that_has_changed_is_read_again(file: File, make: Making) -> None:
    passes = _passes(Memory(_late), file, make)
    assert next(passes) == "first"
    Path(file.path).write_bytes(b"second")
    assert next(passes) == "second"


def test_a_file_that_was_written_again_with_the_same_content_is_not_made_again(
    file: File, make: Making
) -> None:
    passes = _passes(Memory(_late), file, make)
    first = next(passes)
    Path(file.path).write_bytes(b"first")
    assert next(passes) is first
    assert make.times == 1


def test_changes_between_two_ticks_of_the_file_system_s_clock_are_seen(file: File) -> None:
    """Its stamp is the same after most of these: the size is, and the clock ticks in ms."""
    memory = Memory()
    for number in range(200):
        content = b"%03d" % number
        Path(file.path).write_bytes(content)
        memory.begin()
        assert memory.content(file) == content
    assert memory.is_unsure


def test_a_file_that_is_old_enough_is_sure(file: File, make: Making) -> None:
    memory = Memory(lambda: stamp(file)[2] + SETTLED_NS + 1)
    next(_passes(memory, file, make))
    assert not memory.is_unsure


def test_the_same_content_under_another_name_is_made_again(file: File, make: Making) -> None:
    memory = Memory(_late)
    next(_passes(memory, file, make, "a"))
    next(_passes(memory, file, make, "b"))
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
    passes = _passes(Memory(_late), file, make)
    found = next(passes)
    assert isinstance(found, Skip)
    assert skip is None or found == replace(skip, file=file.path)
    assert next(passes) is found


def test_what_cannot_be_read_now_is_read_again_later(file: File, make: Making) -> None:
    memory = Memory(_late)
    gone = Path(file.path).rename(Path(file.path).with_suffix(".gone"))
    with pytest.raises(files.CANNOT_BE_READ):
        next(_passes(memory, file, make))
    assert memory.files == {}
    gone.rename(file.path)
    assert next(_passes(memory, file, make)) == "first"
    assert len(memory.files[file.path]) == 32


def test_that_the_machine_lacked_memory_is_not_remembered(file: File) -> None:
    def lacking(_: bytes) -> str:
        raise MemoryError

    memory = Memory(_late)
    memory.begin()
    with pytest.raises(MemoryError):
        memory.made(file, "a", lacking)
    memory.begin()
    assert memory.made(file, "a", bytes.decode) == "first"


def test_what_a_pass_does_not_come_to_is_forgotten(file: File, make: Making) -> None:
    memory = Memory(_late)
    next(_passes(memory, file, make))
    memory.begin()
    assert memory.files == {}
    next(_passes(memory, file, make))
    assert make.times == 2


def test_a_content_that_nothing_is_made_of_is_remembered(file: File) -> None:
    memory = Memory(_late)
    memory.begin()
    first = memory.content(file)
    memory.begin()
    assert memory.content(file) is first
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
    memory = Memory(_late)
    memory.begin()
    memory.content(file)
    link.unlink()
    link.symlink_to(outside / "text")
    memory.begin()
    with pytest.raises(CassetteError, match="outside the served folder"):
        memory.content(file)
