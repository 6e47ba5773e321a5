"""The load client: a process of its own that reads one job a line and writes one result a line.

It speaks just enough HTTP to know where a chunked answer ends, so that it stays out of the way.
"""

import asyncio
import itertools
import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import recordings
import uvloop
from servers import cpu_seconds

_HEAD = (
    f"POST {recordings.PATH} HTTP/1.1\r\n"
    "Host: 127.0.0.1:8080\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Connection: keep-alive\r\n"
    "Accept: application/json\r\n"
    "Content-Type: application/json\r\n"
    "User-Agent: OpenAI/Python 2.3.0\r\n"
    "X-Stainless-Lang: python\r\n"
    "X-Stainless-Package-Version: 2.3.0\r\n"
    "X-Stainless-OS: Linux\r\n"
    "X-Stainless-Arch: x64\r\n"
    "X-Stainless-Runtime: CPython\r\n"
    "X-Stainless-Runtime-Version: 3.11.9\r\n"
    "X-Stainless-Async: false\r\n"
    "X-Stainless-Retry-Count: 0\r\n"
    "Authorization: Bearer playhead\r\n"
    "Content-Length: %d\r\n\r\n"
)
_END = b"0\r\n\r\n"
_WARM_UP_SECONDS = 0.1
_first_sights = itertools.count()


def whole_request(body: bytes) -> bytes:
    """Return the bytes of a request with the headers that OpenAI's Python client sends."""
    return (_HEAD % len(body)).encode() + body


def never_seen(body: bytes) -> Iterator[bytes]:
    """Yield requests that mean the same and are spelled as none before: white space follows."""
    for number in _first_sights:
        yield whole_request(body + f"{number:024b}".replace("0", " ").replace("1", "\t").encode())


@dataclass(slots=True)
class Tally:
    """What became of the requests of one job; `over` once connections may close."""

    answered: int = 0
    failed: int = 0
    over: bool = False


class Asker(asyncio.Protocol):
    """A kept-alive connection that asks again as soon as it has its answer."""

    def __init__(self, requests: Iterator[bytes], tally: Tally) -> None:
        self._requests = requests
        self._tally = tally
        self._begins = True
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        if self._begins:
            self._begins = False
            if not data.startswith(b"HTTP/1.1 200"):
                self._tally.failed += 1
        self._tail = (self._tail + data[-5:])[-5:]
        if self._tail == _END:
            self._tally.answered += 1
            self._begins = True
            self._transport.write(next(self._requests))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's form
        self._tally.failed += not self._tally.over


async def rate(job: dict[str, Any]) -> dict[str, float]:
    """Ask for `seconds` over `connections`; return requests a second and server CPU a request."""
    bodies = _bodies(job)
    asked = itertools.cycle([whole_request(body) for body in bodies])
    requests = never_seen(bodies[0]) if job["never_seen"] else asked
    loop = asyncio.get_running_loop()
    tally = Tally()
    transports = []
    for _ in range(job["connections"]):
        transport, _ = await loop.create_connection(
            lambda: Asker(requests, tally), "127.0.0.1", job["port"]
        )
        transports.append(transport)
    await asyncio.sleep(_WARM_UP_SECONDS)
    began, answered, cpu = monotonic(), tally.answered, cpu_seconds(job["pid"])
    await asyncio.sleep(job["seconds"])
    seconds = monotonic() - began
    answered, cpu = tally.answered - answered, cpu_seconds(job["pid"]) - cpu
    tally.over = True
    for transport in transports:
        transport.abort()
    if tally.failed or not answered:
        raise RuntimeError(f"{tally.failed} requests failed, {answered} were answered")
    return {"rate": answered / seconds, "cpu": cpu / answered}


class Listener(asyncio.Protocol):
    """A paced stream: notes how late each event is against the moment the request was sent."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._gap = job["gap"]
        self._due = 0.0
        self._last = b""
        self.late: list[float] = []
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def ask(self, request: bytes) -> None:
        self._due = monotonic()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        now = monotonic()
        for _ in range((self._last + data).count(b"\n\n")):
            self.late.append(now - self._due)
            self._due += self._gap
        self._last = b"\n" if data[-1:] == b"\n" and data[-2:] != b"\n\n" else b""
        if data.endswith(_END):
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's form
        if not self.done.done():
            self.done.set_exception(RuntimeError("the server closed a stream before its end"))


async def pace(job: dict[str, Any]) -> dict[str, float]:
    """Run `streams` streams, their starts spread over a second; return how late events were."""
    loop = asyncio.get_running_loop()
    count = job["streams"]
    listeners: list[Listener] = []
    transports = []
    for _ in range(count):
        transport, listener = await loop.create_connection(
            lambda: Listener(job), "127.0.0.1", job["port"]
        )
        transports.append(transport)
        listeners.append(listener)
    request = whole_request(_bodies(job)[0])
    began = loop.time() + 0.05
    for number, listener in enumerate(listeners):
        loop.call_at(began + number / count, listener.ask, request)
    async with asyncio.timeout(60):
        await asyncio.gather(*[listener.done for listener in listeners])
    for transport in transports:
        transport.abort()
    return _lateness([listener.late for listener in listeners], job["events"])


def _lateness(streams: list[list[float]], events: int) -> dict[str, float]:
    if any(len(late) != events for late in streams):
        raise RuntimeError("a stream had another number of events than was recorded")
    late = sorted(itertools.chain.from_iterable(streams))
    tenth = events // 10
    first = statistics.median(lateness for each in streams for lateness in each[:tenth])
    last = statistics.median(lateness for each in streams for lateness in each[-tenth:])
    return {
        "p50": late[len(late) // 2],
        "p99": late[len(late) * 99 // 100],
        "max": late[-1],
        "early": sum(lateness < 0 for lateness in late),
        "drift": last - first,
    }


def _bodies(job: dict[str, Any]) -> list[bytes]:
    return [body.encode() for body in json.loads(Path(job["bodies"]).read_bytes())]


async def main() -> None:
    jobs = {"rate": rate, "pace": pace}
    while line := await asyncio.to_thread(sys.stdin.readline):
        job = json.loads(line)
        print(json.dumps(await jobs[job["do"]](job)), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
