"""One of several processes behind one port: it serves, and takes orders from its parent only.

They come over a socket pair, the worker's *line*: one byte to stop, a second one to send the rest
at once, the end of the stream when the parent is gone. SIGINT and SIGTERM are ignored: a terminal
or a service manager sends them to the whole group, and one Ctrl-C would count twice.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from signal import SIGCHLD, SIGINT, SIGTERM
from typing import NoReturn, TypeAlias

from playhead import log
from playhead.app import App
from playhead.serve import Server, beside

Line: TypeAlias = socket.socket


def read(line: Line) -> bytes:
    """Return what has come; nothing where the other end is gone."""
    try:
        return line.recv(4096)
    except ConnectionResetError:  # it left an order unread
        return b""


class _Worker(Server):
    """A server that takes orders from its parent instead of signals."""

    def __init__(self, app: App, line: Line) -> None:
        super().__init__(app, on_ready=lambda: line.sendall(b"r"))
        self._line = line

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop when the parent says so, or is gone."""
        asyncio.get_running_loop().add_reader(self._line, self._obey)
        yield

    def _obey(self) -> None:
        orders = read(self._line)
        if not orders:
            asyncio.get_running_loop().remove_reader(self._line)
        for _ in orders or b"s":
            self.stop()


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
            _Worker(app, line).run(sockets=[beside(held)])
        code = 0
    except SystemExit:  # it could not start, and has said why
        pass
    except BaseException:  # whatever it is, it must not unwind into what the parent will do
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
