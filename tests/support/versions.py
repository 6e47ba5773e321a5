"""A cassette in versions, each of which marks every part of its answer."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.recordings import CHAT, JSON, chat, interaction, write
from support.wire import Connection

ASKED = chat("which version?")


def publish(folder: Path, version: int) -> None:
    """Put a version in the place of the one before, in one step.

    Header and body say which it is, and so does the place of its answer in the cassette.
    """
    others = [interaction(chat(f"another {at}")) for at in range(version % 3)]
    headers = {**JSON, "X-Version": [str(version)]}
    beside = write(folder / ".new", "x", *others, interaction(ASKED, f"{version}", headers=headers))
    beside.replace(folder / "x.yaml")


def served(connection: Connection) -> int:
    """The version that is served; every part of the answer must be of it."""
    reply = connection.ask("POST", CHAT, ASKED)
    assert reply.status == 200, reply
    version = int(reply.body)
    assert reply.header("x-version") == str(version)
    assert reply.header("x-playhead-interaction") == f"x#{version % 3}"
    return version


@contextlib.contextmanager
def under_load(port: int, *, clients: int = 4) -> Iterator[None]:
    """Let clients ask while the block lasts; none may fail, and none may see time run backwards."""
    enough = threading.Event()

    def ask() -> list[int]:
        with Connection(port) as connection:
            seen = [served(connection)]
            while not enough.is_set():
                seen.append(served(connection))
        return seen

    with ThreadPoolExecutor(clients) as threads:
        asking = [threads.submit(ask) for _ in range(clients)]
        try:
            yield
        finally:
            enough.set()
    for each in asking:
        assert each.result() == sorted(each.result())
