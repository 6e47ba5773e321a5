"""The worker processes of a server, as Linux shows them."""

from pathlib import Path

from support.server import Running
from support.wire import eventually


def workers(server: Running) -> list[int]:
    """The ids of the processes that serve."""
    return children(server.process.pid)


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descriptors(pid: int) -> int:
    """How many files and sockets a process holds open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def open_files(pid: int, name: str) -> set[Path]:
    """The files of that name that a process holds open."""
    links = Path(f"/proc/{pid}/fd").iterdir()
    return {file for link in links if (file := link.readlink()).name == name}


def sockets(pid: int) -> set[Path]:
    """The paths of the sockets that a process listens at."""
    held = {link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [row.split() for row in Path("/proc/net/unix").read_text().splitlines()]
    return {Path(row[7]) for row in rows if f"socket:[{row[6]}]" in held and len(row) > 7}


def are_gone(pids: list[int]) -> bool:
    """Whether processes come to an end; nobody may be there to reap them."""
    return eventually(lambda: not any(_is_alive(pid) for pid in pids))


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def listening(server: Running) -> int:
    """How many sockets listen on the server's port."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()]
    return sum(row[1].endswith(f":{server.port:04X}") and row[3] == "0A" for row in rows)


def replaced(server: Running, dead: int, count: int) -> bool:
    """Whether another process comes to listen in the place of one that died."""

    def is_complete() -> bool:
        now = workers(server)
        return len(now) == listening(server) == count and dead not in now

    return eventually(is_complete)
