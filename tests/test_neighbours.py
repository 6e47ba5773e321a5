import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from playhead import neighbours
from playhead.errors import StateUnreachable
from playhead.neighbours import Doorbell, is_there, private_folder, ring
from support.taker import nothing


def _rung(flush: Callable[[], Awaitable[None]]) -> list[str]:
    """Ring at a server that does `flush`; return where nobody was."""

    async def once() -> list[str]:
        bell = Doorbell(flush)
        address = await bell.open()
        gone = await ring([address])
        await bell.close()
        return gone

    return asyncio.run(once())


def test_ringing_waits_until_the_server_has_written_what_it_holds() -> None:
    written: list[str] = []

    async def flush() -> None:
        await asyncio.sleep(0)
        written.append("all")

    assert _rung(flush) == []
    assert written == ["all"]


def test_a_server_that_cannot_write_now_is_there() -> None:
    async def flush() -> None:
        raise StateUnreachable("the shared state fails")

    assert _rung(flush) == []


def test_a_server_that_left_is_not_there() -> None:
    async def left() -> str:
        bell = Doorbell(nothing)
        address = await bell.open()
        assert is_there(address)
        await bell.close()
        return address

    address = asyncio.run(left())
    assert not Path(address).parent.exists()
    assert not is_there(address)
    assert asyncio.run(ring([address])) == [address]


def test_a_server_that_was_killed_is_not_there(tmp_path: Path) -> None:
    address = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(address)
        killed.listen()
    assert not is_there(address)
    assert asyncio.run(ring([address])) == [address]


def test_what_the_killed_left_behind_is_removed_and_nothing_else(tmp_path: Path) -> None:
    left = tmp_path / "playhead-abc" / "server.sock"
    others = [tmp_path / "playhead-def" / "state", tmp_path / "mine" / "server.sock"]
    shared = tmp_path / "playhead-ghi" / "server.sock"
    kept = [*others, shared.parent / "more"]
    for file in (left, shared, *kept):
        file.parent.mkdir(exist_ok=True)
        file.touch()
    neighbours.clear(map(str, [left, left, shared, *others]))
    assert sorted(file for file in tmp_path.rglob("*") if file.is_file()) == sorted(kept)
    assert not left.parent.exists()


def test_a_server_that_does_not_answer_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "PATIENCE_SECONDS", 0.01)
    address = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as stopped:
        stopped.bind(address)
        stopped.listen()
        assert asyncio.run(ring([address])) == []


def test_a_server_with_more_callers_than_it_can_take_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "PATIENCE_SECONDS", 0.01)
    address = str(tmp_path / "socket")
    callers = [socket.socket(socket.AF_UNIX) for _ in range(5)]
    with socket.socket(socket.AF_UNIX) as crowded:
        crowded.bind(address)
        crowded.listen(1)
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(address)
        assert is_there(address)
    for caller in callers:
        caller.close()


def test_a_private_folder_is_made_in_memory_where_that_can_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "_SHARED_MEMORY", tmp_path)
    folder = private_folder()
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_private_folder_is_made_among_temporary_files_where_there_is_no_such_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "_SHARED_MEMORY", tmp_path / "missing")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert private_folder().parent == tmp_path


def test_a_socket_whose_path_is_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(neighbours, "_SHARED_MEMORY", long)
    with pytest.raises(OSError, match="path of a socket would be too long"):
        asyncio.run(Doorbell(nothing).open())
    assert list(long.iterdir()) == []
