"""The driver's end of the load client: starts it, hands it jobs, compares two servers."""

import contextlib
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import servers
from servers import Server


class Client:
    """The load client, in its own process on its own core."""

    def __init__(self, process: Any) -> None:
        self._process = process

    def do(self, job: dict[str, Any]) -> dict[str, float]:
        """Hand over one job and wait for its result."""
        self.begin(job)
        return self.result()

    def begin(self, job: dict[str, Any]) -> None:
        """Hand over one job."""
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        self._process.stdin.flush()

    def result(self) -> dict[str, float]:
        """Wait for the result of the job."""
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load client ended; its message stands above")
        result: dict[str, float] = json.loads(line)
        return result


@contextlib.contextmanager
def client(core: int | None = servers.CLIENT_CORE) -> Iterator[Client]:
    process = servers.start([sys.executable, "-m", "client"], core=core)
    try:
        yield Client(process)
    finally:
        servers.stop(process)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A server and what it is asked: a file with a JSON list of bodies, taken in turn."""

    server: Server
    bodies: Path
    never_seen: bool = False


Round: TypeAlias = Callable[[], dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two servers in the same minute: ratios of neighbouring rounds, and plain medians."""

    cpu: float
    rate: float
    base_microseconds: float
    base_rate: float


def compare(driver: Client, base: Asked, other: Asked, *, pairs: int, seconds: float) -> Comparison:
    """Ask `base` and `other` in turn and return the medians."""
    return in_turn(
        lambda: driver.do(job(base, seconds)), lambda: driver.do(job(other, seconds)), pairs=pairs
    )


def in_turn(base: Round, other: Round, *, pairs: int) -> Comparison:
    """Do `base` and `other` in turn and return the medians.

    Each round is set against both its neighbours, so that a machine that grows slower over the
    series counts for neither.
    """
    rounds = [each() for _ in range(pairs) for each in (base, other)]
    neighbours = [
        (first, second) if at % 2 == 0 else (second, first)
        for at, (first, second) in enumerate(pairwise(rounds))
    ]
    return Comparison(
        cpu=statistics.median(theirs["cpu"] / ours["cpu"] for ours, theirs in neighbours),
        rate=statistics.median(theirs["rate"] / ours["rate"] for ours, theirs in neighbours),
        base_microseconds=1e6 * statistics.median(each["cpu"] for each in rounds[::2]),
        base_rate=statistics.median(each["rate"] for each in rounds[::2]),
    )


def at_once(drivers: list[Client], asked: Asked, seconds: float) -> dict[str, float]:
    """Ask one server by several clients at the same time; return what they come to together."""
    for driver in drivers:
        driver.begin(job(asked, seconds))
    results = [driver.result() for driver in drivers]
    return {
        "rate": sum(each["rate"] for each in results),
        "cpu": 1 / sum(1 / each["cpu"] for each in results),  # each counts all of the server's
    }


def job(asked: Asked, seconds: float) -> dict[str, Any]:
    """Return what the client is told to do for one round."""
    return {
        "do": "rate",
        "port": asked.server.port,
        "pid": asked.server.process.pid,
        "bodies": str(asked.bodies),
        "never_seen": asked.never_seen,
        "connections": 16,
        "seconds": seconds,
    }
