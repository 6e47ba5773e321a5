"""What a second worker brings, and whether what occurs once contacts the shared state."""

import contextlib
import json
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import load
import recordings
import report
import servers
from load import Asked
from report import Figure

_LOOP = """
import sys, time
end, count = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < end:
    count += 1
print(count)
"""


def workers(scratch: Path, *, quick: bool) -> Iterator[Figure]:
    """Yield the rate of two workers against one, and the commands that Redis had for that."""
    pairs, seconds = (4, 0.25) if quick else (16, 0.4)
    yield _machine(pairs // 2, seconds)
    long, short = (_recorded(scratch, request_bytes) for request_bytes in (100_000, 2_000))
    yield from _free_cores(long, pairs, seconds)
    yield _shared_cores(short, pairs, seconds)
    if shutil.which("redis-server") is not None:
        yield _contacts(short, 4 * seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """A folder with one interaction that occurs once, and a file with the body of its request."""

    folder: Path
    bodies: Path


def _recorded(scratch: Path, request_bytes: int) -> _Recorded:
    dice = random.Random(7)
    asked = recordings.request_body(request_bytes, dice)
    stream = recordings.stream_body(21, 12_000, dice)
    folder = scratch / f"{request_bytes}"
    recordings.write_cassette(folder / "benchmark.yaml", [(asked, stream)])
    bodies = scratch / f"{request_bytes}.json"
    bodies.write_text(json.dumps([asked.decode()]))
    return _Recorded(folder=folder, bodies=bodies)


def _machine(pairs: int, seconds: float) -> Figure:
    """What a second core brings to a loop that shares nothing: whether two cores were free."""
    ends = servers.SERVER_CORE, servers.CLIENT_CORE
    found = load.in_turn(
        lambda: _counted(ends[:1], seconds), lambda: _counted(ends, seconds), pairs=pairs
    )
    return Figure(
        section="workers",
        case="the machine: a loop, 2 cores against 1",
        what="rounds/s",
        value=found.rate,
        detail="2.00 where both cores are free",
    )


def _counted(cores: tuple[int, ...], seconds: float) -> dict[str, float]:
    loops = [
        servers.start([sys.executable, "-c", _LOOP, str(seconds)], core=core) for core in cores
    ]
    counts = [int(loop.communicate(timeout=servers.DEADLINE_SECONDS)[0]) for loop in loops]
    return {"rate": sum(counts) / seconds, "cpu": 1.0}


def _free_cores(recorded: _Recorded, pairs: int, seconds: float) -> Iterator[Figure]:
    """Ask for much work with little: the client leaves both cores to the workers, nearly."""
    with contextlib.ExitStack() as stack:
        driver = stack.enter_context(load.client(None))
        one, two = (
            Asked(
                server=stack.enter_context(servers.several(count, recorded.folder)),
                bodies=recorded.bodies,
                never_seen=True,
            )
            for count in (1, 2)
        )
        found = load.compare(driver, one, two, pairs=pairs, seconds=seconds)
    case = "2 workers against 1, 100 KB spelled anew"
    yield from report.cost("workers", case, found, "with 1", cpu=1.25, rate=1.6)


def _shared_cores(recorded: _Recorded, pairs: int, seconds: float) -> Figure:
    """Ask for little work: clients need as much of the cores as the workers do."""
    with contextlib.ExitStack() as stack:
        alone = stack.enter_context(load.client(servers.SERVER_CORE))
        both = [stack.enter_context(load.client(None)) for _ in range(2)]
        folder = recorded.folder
        one = stack.enter_context(servers.several(1, folder, core=servers.SERVER_CORE))
        two = stack.enter_context(servers.several(2, folder))
        base = Asked(server=one, bodies=recorded.bodies)
        ours = Asked(server=two, bodies=recorded.bodies)
        found = load.in_turn(
            lambda: load.at_once([alone], base, seconds),
            lambda: load.at_once(both, ours, seconds),
            pairs=pairs,
        )
    return Figure(
        section="workers",
        case="2 workers, 2 clients against 1 and 1, 2 KB",
        what="requests/s",
        value=found.rate,
        detail=f"{found.base_rate:,.0f}/s with 1; a core holds a worker and a client",
    )


def _contacts(recorded: _Recorded, seconds: float) -> Figure:
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(servers.redis())
        state = ("--state", f"redis://127.0.0.1:{port}")
        server = stack.enter_context(servers.several(2, recorded.folder, *state))
        driver = stack.enter_context(load.client(None))
        before = servers.redis_commands(port)
        found = driver.do(load.job(Asked(server=server, bodies=recorded.bodies), seconds))
        commands = servers.redis_commands(port) - before
    return Figure(
        section="workers",
        case="2 workers on Redis",
        what="Redis commands",
        value=commands,
        unit="",
        limit=0,
        detail=f"for {found['rate'] * seconds:,.0f} requests of what occurs once",
    )
