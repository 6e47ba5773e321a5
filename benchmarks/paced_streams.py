"""How late the events of paced streams are, counted from the moment the request was sent."""

import contextlib
import json
import random
import statistics
from collections.abc import Iterator
from pathlib import Path

import load
import recordings
import servers
from report import Figure
from servers import Server

EVENTS = 150
GAP_SECONDS = 0.02
LIMITS = {500: {"p50": 1.5, "p99": 5.0}, 1000: {"p99": 15.0}}


def pace(scratch: Path, *, quick: bool) -> Iterator[Figure]:
    """Yield the lateness with each number of streams, beside that of a bare sender."""
    dice = random.Random(5)
    asked = recordings.request_body(700, dice)
    stream = recordings.stream_body(EVENTS, EVENTS * 330, dice)
    recordings.write_cassette(scratch / "served" / "benchmark.yaml", [(asked, stream)])
    bodies = scratch / "asked.json"
    bodies.write_text(json.dumps([asked.decode()]))
    with contextlib.ExitStack() as stack:
        arguments = (scratch / "served", "--event-gap", f"{GAP_SECONDS * 1000:.0f}ms")
        playhead = stack.enter_context(servers.playhead(*arguments))
        answer = servers.save_answer(playhead, asked, scratch / "answer.json")
        bare = stack.enter_context(servers.bare(answer, gap=GAP_SECONDS))
        driver = stack.enter_context(load.client())
        for streams in (100, 500) if quick else (100, 500, 1000):
            job = {
                "do": "pace",
                "bodies": str(bodies),
                "streams": streams,
                "events": EVENTS,
                "gap": GAP_SECONDS,
            }
            runs = [_both(driver, job, bare, playhead) for _ in range(1 if quick else 3)]
            yield from _figures(streams, [run[0] for run in runs], [run[1] for run in runs])


def _both(
    driver: load.Client, job: dict[str, object], bare: Server, playhead: Server
) -> tuple[dict[str, float], dict[str, float]]:
    return driver.do({**job, "port": bare.port}), driver.do({**job, "port": playhead.port})


def _figures(
    streams: int, bare: list[dict[str, float]], playhead: list[dict[str, float]]
) -> Iterator[Figure]:
    limits = LIMITS.get(streams, {})
    case = f"{streams} streams"
    for what in ("p50", "p99", "max", "drift"):
        floor = 1000 * statistics.median(run[what] for run in bare)
        yield Figure(
            section="pace",
            case=case,
            what=what if what == "drift" else f"lateness {what}",
            value=1000 * statistics.median(run[what] for run in playhead),
            unit=" ms",
            limit=limits.get(what),
            detail=f"{floor:.2f} ms bare",
        )
    yield Figure(
        section="pace",
        case=case,
        what="early events",
        value=sum(run["early"] for run in playhead),
        unit="",
        limit=0,
        detail=f"of {len(playhead) * streams * EVENTS:,}; {sum(run['early'] for run in bare)} bare",
    )
