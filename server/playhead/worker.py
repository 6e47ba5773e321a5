"""One of several processes behind one port: it serves, and takes orders from its parent only.

They come over a socket pair, the worker's *line*, and are words of one byte each; its end says
that the parent is gone. SIGINT and SIGTERM are ignored: a terminal or a service manager sends them
to the whole group, and one Ctrl-C would count twice.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from enum import IntEnum
from signal import SIGCHLD, SIGINT, SIGTERM
from typing import NoReturn, TypeAlias

from playhead import log
from playhead.app import App
from playhead.reload import in_loop
from playhead.serve import Server, own_socket

PATIENCE_SECONDS = 5.0
"""How long a reload waits for the other workers: one that hangs would hold it up for ever."""

Line: TypeAlias = socket.socket


class Word(IntEnum):
    """What is said over a line, by the one or the other."""

    READY = ord("r")
    """From the worker: it accepts."""
    STOP = ord("s")
    """To the worker; a second time it is to send the rest at once."""
    RELOAD = ord("l")
    """From the worker: have all the others reload. To the worker: reload."""
    RELOADED = ord("d")
    """The answer to that, either way, when it is done."""


def read(line: Line) -> bytes:
    """Return what has come; nothing where the other end is gone."""
    try:
        return line.recv(4096)
    except ConnectionResetError:  # it left an order unread
        return b""


class _Worker(Server):
    """A server that takes orders from its parent instead of signals."""

    def __init__(self, app: App, line: Line) -> None:
        super().__init__(app, on_ready=lambda: self._say(Word.READY))
        self._line = line
        self._asking = asyncio.Lock()
        self._others_reloaded = asyncio.Event()
        self._others_reloaded.set()
        self._reloading: set[asyncio.Task[None]] = set()
        app.reloader.reload_others = self._reload_others

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop when the parent says so, or is gone."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._line, self._obey)
        yield
        loop.remove_reader(self._line)  # no thread can be had for a reload any more

    def _obey(self) -> None:
        orders = read(self._line)
        if not orders:
            asyncio.get_running_loop().remove_reader(self._line)
        for order in orders or (Word.STOP,):
            if order == Word.RELOAD:
                # Not in a task group: it begins in a callback.
                self._reloading.add(asyncio.get_running_loop().create_task(self._obey_reload()))
            elif order == Word.RELOADED:
                self._others_reloaded.set()
            else:
                self._others_reloaded.set()  # who waits for the others would hold up the end
                self.stop()

    async def _obey_reload(self) -> None:
        try:
            await asyncio.to_thread(self._app.reloader.reload, in_loop(self._app.replace))
        finally:
            self._say(Word.RELOADED)
            self._reloading.discard(asyncio.current_task())

    async def _reload_others(self) -> str | None:
        """Have the other workers reload; return None when they have, else who has not.

        The parent counts for one reload of ours at a time, so there is none while it has not
        answered the one before.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._asking:
                await self._others_reloaded.wait()
                if not self.should_exit:  # else nobody answers any more
                    self._others_reloaded.clear()
                    self._say(Word.RELOAD)
                    await self._others_reloaded.wait()
        except TimeoutError:
            return f"another worker has not reloaded after {PATIENCE_SECONDS:g} s"
        return None

    def _say(self, word: Word) -> None:
        with contextlib.suppress(OSError):  # the parent is gone; the line's end will say so
            self._line.sendall(bytes([word]))


def serve(app: App, held: socket.socket, line: Line) -> NoReturn:
    """Be a worker until told to stop, and end the process without the parent's clean-up."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(SIGCHLD, signal.SIG_DFL)
        for number in (SIGINT, SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (SIGINT, SIGTERM))
        with log.to_stderr():
            _Worker(app, line).run(sockets=[own_socket(held)])
        code = 0
    except SystemExit:  # it could not start, and has said why
        pass
    except BaseException:  # whatever it is, it must not unwind into what the parent will do
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
