"""A command run beside a server: signals are passed on to it, and its end is waited for.

It has our terminal, our standard streams and whatever files we were started with; nothing of it
is read or written here. Only a main thread can do this, since only that hears of signals.
"""

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence


def _those_of(*names: str) -> frozenset[int]:
    """The signals of these names that this system has."""
    return frozenset(signal.Signals[name] for name in names if hasattr(signal, name))


_PASSED_ON = _those_of("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_OF_KEYS = _those_of("SIGINT", "SIGQUIT")
r"""What a terminal sends for Ctrl-C and Ctrl-\: to every process in its foreground."""
_ENDED = b"\0"
"""Stands for the command's end among the numbers of signals; none of them is 0."""
KILLED_BY = 128
"""What shells add to the number of the signal that ended a command."""


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run `command` to its end and return its exit code; 128 + N where signal N ended it.

    Raise OSError where it cannot be started. Every signal goes through one socket, as does the
    command's end: one that comes just before the wait begins is not lost.
    """
    here, there = socket.socketpair()
    there.setblocking(False)
    with here, there, _caught(there.fileno()):
        # What we were started with, such as the pipes of make, is the command's too. What we
        # opened ourselves is not: Python closes it when the command begins (PEP 446).
        child = subprocess.Popen(command, env=environment, close_fds=False)  # noqa: S603 - the user's own
        waiting = threading.Thread(target=_wait, args=(child, there))
        waiting.start()
        while (told := here.recv(1)) != _ENDED:
            if told[0] not in _OF_KEYS or not _in_the_foreground():
                with contextlib.suppress(PermissionError):  # such as sudo's, of another user
                    child.send_signal(told[0])
        waiting.join()
    return child.returncode if child.returncode >= 0 else KILLED_BY - child.returncode


def _wait(child: subprocess.Popen[bytes], told: socket.socket) -> None:
    child.wait()
    told.send(_ENDED)


@contextlib.contextmanager
def _caught(told: int) -> Iterator[None]:
    """Have the numbers of signals written to the descriptor `told` while the block lasts.

    One that is ignored stays so, for the command too: `nohup` means both of us.
    """
    ours = [each for each in _PASSED_ON if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, lambda *_: None) for each in ours}
    told_before = signal.set_wakeup_fd(told)
    try:
        yield
    finally:
        signal.set_wakeup_fd(told_before)
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_the_foreground() -> bool:
    """Whether what is typed at a terminal reaches us, and so the command: it is in our group."""
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except OSError:  # there is none
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    finally:
        os.close(terminal)
