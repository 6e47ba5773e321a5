"""What a request costs with pace off: against a bare ASGI callable, and with much loaded."""

import contextlib
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import load
import recordings
import report
import servers
from load import Asked
from report import Figure

STREAMS = {7: 4_000, 21: 12_000, 200: 72_000}
REQUESTS = {"0.2 KB": 200, "2 KB": 2_000, "20 KB": 20_000}
CPU_LIMITS = {"0.2 KB": 1.25, "2 KB": 1.25, "20 KB": 2.2}
RATE_LIMITS = {"0.2 KB": 0.85, "2 KB": 0.85, "20 KB": None}


def requests(scratch: Path, *, quick: bool) -> Iterator[Figure]:
    """Yield CPU and rate against bare uvicorn for each size of stream and request."""
    dice = random.Random(1)
    cases = [
        (events, name, recordings.request_body(size, dice))
        for events in ((21,) if quick else STREAMS)
        for name, size in REQUESTS.items()
    ]
    streams = {
        events: recordings.stream_body(events, size, dice) for events, size in STREAMS.items()
    }
    exchanges = [(asked, streams[events]) for events, _, asked in cases]
    recordings.write_cassette(scratch / "served" / "benchmark.yaml", exchanges)
    pairs, seconds = (3, 0.25) if quick else (8, 0.4)
    with servers.playhead(scratch / "served") as playhead, load.client() as driver:
        for events, name, asked in cases:
            bodies = _bodies(scratch / "asked.json", [asked])
            answer = servers.save_answer(playhead, asked, scratch / "answer.json")
            with servers.bare(answer) as bare:
                _check_alike(bare, playhead, asked, streams[events])
                base = Asked(server=bare, bodies=bodies)
                ours = Asked(server=playhead, bodies=bodies)
                found = load.compare(driver, base, ours, pairs=pairs, seconds=seconds)
                case = f"{events} events, request {name}"
                limits = {"cpu": CPU_LIMITS[name], "rate": RATE_LIMITS[name]}
                yield from report.cost("requests", case, found, "bare", **limits)
                if events == 21 and name == "2 KB":
                    unseen = replace(ours, never_seen=True)
                    found = load.compare(driver, base, unseen, pairs=pairs, seconds=seconds)
                    anew = f"{case}, each spelled anew"
                    yield from report.cost("requests", anew, found, "bare")


def _check_alike(
    bare: servers.Server, playhead: servers.Server, asked: bytes, recorded: bytes
) -> None:
    """Stop where the two do not send the same, since then they cannot be compared."""
    answer = playhead.ask(asked)
    if answer != bare.ask(asked) or answer[1] != recorded:
        raise RuntimeError("playhead and the bare server do not send the same answer")


def library(scratch: Path, *, quick: bool) -> Iterator[Figure]:
    """Yield CPU and rate with very many interactions loaded against one loaded."""
    files = 100 if quick else 1_000
    pairs, seconds = (4, 0.25) if quick else (10, 0.4)
    asked = recordings.many_interactions(
        scratch / "many", files=files, per_file=100, streams_every=100
    )
    _one_of_them(scratch / "one", asked[-1])
    last = _bodies(scratch / "last.json", [asked[-1]])
    cycle = _bodies(scratch / "cycle.json", asked)
    with contextlib.ExitStack() as stack:
        one = stack.enter_context(servers.playhead(scratch / "one"))
        many = stack.enter_context(servers.playhead(scratch / "many"))
        driver = stack.enter_context(load.client())
        for what, bodies in {
            "the last one": last,
            f"{len(asked):,} in turn": cycle,
        }.items():
            base = Asked(server=one, bodies=last)
            ours = Asked(server=many, bodies=bodies)
            found = load.compare(driver, base, ours, pairs=pairs, seconds=seconds)
            case = f"{files * 100:,} loaded, {what}"
            yield from report.cost("library", case, found, "with 1", cpu=1.1, rate=0.95)


def _one_of_them(folder: Path, asked: bytes) -> None:
    stream = recordings.stream_body(21, STREAMS[21], random.Random(4))
    recordings.write_cassette(folder / "benchmark.yaml", [(asked, stream)])


def _bodies(path: Path, asked: list[bytes]) -> Path:
    path.write_text(json.dumps([body.decode() for body in asked]))
    return path
