"""What a second worker brings, and whether what occurs once contacts the shared state."""

import contextlib
import json
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import load
import recordings
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
    dice = random.Random(7)
    asked = recordings.request_body(2_000, dice)
    stream = recordings.stream_body(21, 12_000, dice)
    recordings.write_cassette(scratch / "served" / "benchmark.yaml", [(asked, stream)])
    bodies = scratch / "asked.json"
    bodies.write_text(json.dumps([asked.decode()]))
    pairs, seconds = (4, 0.25) if quick else (16, 0.4)
    yield _machine(pairs // 2, seconds)
    yield from _scaling(scratch / "served", bodies, pairs, seconds)
    if shutil.which("redis-server") is not None:
        yield _contacts(scratch / "served", bodies, 4 * seconds)


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


def _scaling(folder: Path, bodies: Path, pairs: int, seconds: float) -> Iterator[Figure]:
    with contextlib.ExitStack() as stack:
        alone = stack.enter_context(load.client(servers.SERVER_CORE))
        both = [stack.enter_context(load.client(None)) for _ in range(2)]
        one = stack.enter_context(servers.several(1, folder, core=servers.SERVER_CORE))
        two = stack.enter_context(servers.several(2, folder))
        base, ours = Asked(server=one, bodies=bodies), Asked(server=two, bodies=bodies)
        found = load.in_turn(
            lambda: load.at_once([alone], base, seconds),
            lambda: load.at_once(both, ours, seconds),
            pairs=pairs,
        )
    case = "2 workers, 2 cores against 1, 1 core"
    yield Figure(
        section="workers",
        case=case,
        what="requests/s",
        value=found.rate,
        limit=1.6,
        at_least=True,
        detail=f"{found.base_rate:,.0f}/s with 1; each core has a client, too",
    )
    yield Figure(
        section="workers",
        case=case,
        what="CPU a request",
        value=found.cpu,
        limit=1.25,
        detail=f"{found.base_microseconds:.0f} µs with 1",
    )


def _contacts(folder: Path, bodies: Path, seconds: float) -> Figure:
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(servers.redis())
        state = ("--state", f"redis://127.0.0.1:{port}")
        server = stack.enter_context(servers.several(2, folder, *state))
        driver = stack.enter_context(load.client(None))
        before = servers.redis_commands(port)
        found = driver.do(load.job(Asked(server=server, bodies=bodies), seconds))
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
