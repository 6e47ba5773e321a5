"""The other servers on this machine: each asked, through a socket, to write what it holds.

A socket's address that nobody listens at belongs to a server that was killed: nothing else has to
be written down to know who is there. Nothing is sent, and what is answered is not looked at but
for its end.
"""

import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from playhead.errors import PlayheadError
from playhead.stored import PATIENCE_SECONDS

MAX_ADDRESS = 100
"""Bytes of a socket's path: Linux has room for 108, macOS and the BSDs for 104."""
_FOLDER, _SOCKET = "playhead-", "server.sock"
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a private folder is made in it


def private_folder() -> Path:
    """Return a new folder that only this user can read, in memory where there is such a place.

    A container's root is often read-only, with /dev/shm as the one place to write to.
    """
    with contextlib.suppress(OSError):
        return Path(tempfile.mkdtemp(prefix=_FOLDER, dir=_SHARED_MEMORY))
    return Path(tempfile.mkdtemp(prefix=_FOLDER))


class Doorbell:
    """A socket at which others ask this server to write what it holds."""

    def __init__(self, flush: Callable[[], Awaitable[None]]) -> None:
        self._flush = flush
        self._answering: set[asyncio.Task[None] | None] = set()

    async def open(self) -> str:
        """Listen; return the address. Raise OSError where there is no place for a socket."""
        self._folder = private_folder()
        address = str(self._folder / _SOCKET)
        if len(os.fsencode(address)) > MAX_ADDRESS:
            self._folder.rmdir()
            raise OSError(f"the path of a socket would be too long: {address}")
        self._server = await asyncio.start_unix_server(self._rung, address)
        return address

    async def _rung(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._answering.add(task)
        with contextlib.suppress(PlayheadError):  # it stays here, and is written later
            await self._flush()
        await _closed(writer)
        self._answering.discard(task)

    async def close(self) -> None:
        """Stop listening, once those who asked have their answers."""
        self._server.close()
        await self._server.wait_closed()
        await asyncio.gather(*filter(None, self._answering))
        shutil.rmtree(self._folder, ignore_errors=True)


def is_there(address: str) -> bool:
    """Return whether anybody listens at `address`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(PATIENCE_SECONDS)
        try:
            caller.connect(address)
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # it has more callers than it can take at once
            return True
    return True


async def ring(addresses: Iterable[str]) -> list[str]:
    """Wait until those at `addresses` have written what they hold; return where nobody is.

    One that does not answer in time is left alone: it may be stopped, and may go on.
    """
    asked = list(addresses)
    answers = await asyncio.gather(*map(_ring, asked))
    return [address for address, is_here in zip(asked, answers, strict=True) if not is_here]


def clear(addresses: Iterable[str]) -> None:
    """Remove the sockets of servers that were killed, each with its folder.

    Nothing else, wherever an address comes from: it may be from a file that others write to.
    """
    for address in map(Path, addresses):
        if address.name == _SOCKET and address.parent.name.startswith(_FOLDER):
            with contextlib.suppress(OSError):
                address.unlink()
                address.parent.rmdir()


async def _ring(address: str) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_unix_connection(address)
            try:
                await reader.read()
            finally:
                await _closed(writer)
    except (ConnectionRefusedError, FileNotFoundError):
        return False
    except OSError:  # TimeoutError is one
        return True
    return True


async def _closed(writer: asyncio.StreamWriter) -> None:
    """Close a connection, whatever became of the other end."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
