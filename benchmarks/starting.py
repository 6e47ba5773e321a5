"""What a start costs: time to the first answer, time to load a folder, memory that stays."""

import contextlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import recordings
import servers
from report import Figure

from playhead import folder

REPOSITORY = Path(__file__).resolve().parent.parent


def start(scratch: Path, *, quick: bool) -> Iterator[Figure]:
    """Yield the time from process start to first answer, against bare uvicorn."""
    cassettes = REPOSITORY / "cassettes"
    asked = _a_recorded_request(cassettes)
    with servers.playhead(cassettes) as running:
        answer = servers.save_answer(running, asked, scratch / "answer.json")
    pairs = 5 if quick else 15
    runs = [
        (
            _first_answer(lambda port: servers.bare_command(port, answer), asked),
            _first_answer(lambda port: servers.playhead_command(port, cassettes), asked),
        )
        for _ in range(pairs)
    ]
    for what, at, limit in (("wall time", 0, 1.5), ("CPU time", 1, None)):
        base = statistics.median(bare[at] for bare, _ in runs)
        yield Figure(
            section="start",
            case="first answer, 5 cassettes",
            what=what,
            value=statistics.median(playhead[at] / bare[at] for bare, playhead in runs),
            limit=limit,
            detail=f"{1000 * base:.0f} ms bare",
        )


def _a_recorded_request(cassettes: Path) -> bytes:
    return folder.load([cassettes]).cassettes[0].interactions[0].request.body


def _first_answer(command: Callable[[int], list[str]], asked: bytes) -> tuple[float, float]:
    """Return wall and CPU seconds from the start of a process to the end of its first answer."""
    port = servers.free_port()
    began = time.monotonic()
    process = servers.start(command(port), core=servers.SERVER_CORE)
    try:
        head = f"POST {recordings.PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(asked)}\r\n\r\n"
        with servers.wait_until_listening(process, port) as connection:
            connection.sendall(head.encode() + asked)
            answer = b""
            while not answer.endswith(b"0\r\n\r\n"):
                answer += (piece := connection.recv(1 << 20))
                if not piece:
                    raise RuntimeError("the connection was closed before the first answer")
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the first answer was {answer[:200]!r}")
        return time.monotonic() - began, servers.cpu_seconds(process.pid)
    finally:
        servers.stop(process)


def load(scratch: Path, *, quick: bool) -> Iterator[Figure]:
    """Yield load time against an eager CSafeLoader over the same folder, and the memory kept."""
    files = 1_000 if quick else 10_000
    recordings.realistic_folder(scratch / "many", files=files)
    runs = [
        (_probe("eager", scratch / "many"), _probe("playhead", scratch / "many"))
        for _ in range(2 if quick else 3)
    ]
    base = statistics.median(eager["seconds"] for eager, _ in runs)
    last = runs[-1][1]
    case = f"{files:,} cassettes"
    yield Figure(
        section="load",
        case=case,
        what="CPU time",
        value=statistics.median(playhead["cpu"] / eager["cpu"] for eager, playhead in runs),
        limit=0.75,
        detail=f"{base:.2f} s CSafeLoader",
    )
    bodies = last["bodies"] / last["interactions"]
    yield Figure(
        section="load",
        case=case,
        what="memory",
        value=statistics.median(
            (playhead["growth"] - playhead["bodies"]) / playhead["interactions"] / 1024
            for _, playhead in runs
        ),
        unit=" KiB",
        limit=8,
        detail=f"an interaction, beyond bodies of {bodies / 1024:.2f} KiB;"
        f" {last['interactions']:,.0f} interactions",
    )


def _probe(way: str, folder: Path) -> dict[str, float]:
    """Load `folder` in a fresh process and return what that took."""
    process = servers.start(
        [sys.executable, "-m", "probe", way, str(folder)], core=servers.SERVER_CORE
    )
    try:
        out, _ = process.communicate(timeout=servers.DEADLINE_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    result: dict[str, float] = json.loads(out)
    return result
