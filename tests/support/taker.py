"""A process that takes turns: `python -m support.taker URL TIMES` prints each as it gets it."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playhead.stores import store_at

TESTS = Path(__file__).parent.parent


async def nothing() -> None:
    """A flush of a server that holds nothing."""


async def take(url: str, times: int) -> None:
    store = store_at(url)
    await store.open(nothing, resumes=False)

    async def walk() -> None:
        for _ in range(times):
            turn = await store.take("shared", "one")
            print(turn, flush=True)

    await asyncio.gather(*(walk() for _ in range(4)))
    await store.close()


@contextlib.contextmanager
def taker(url: str, times: int) -> Iterator[subprocess.Popen[str]]:
    """Run a process that takes four times `times` turns."""
    with subprocess.Popen(
        [sys.executable, "-m", "support.taker", url, str(times)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def turns(process: subprocess.Popen[str]) -> list[int]:
    """The turns it printed, once it ended."""
    assert process.stdout is not None
    return [int(line) for line in process.stdout if line.endswith("\n")]


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1], int(sys.argv[2])))
