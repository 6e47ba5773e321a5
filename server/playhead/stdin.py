"""Notices that standard input is at its end: the parent that held it has gone.

A parent that is killed with SIGKILL can tell its children nothing, but the system closes its end
of the pipe.
"""

import contextlib
import os
import signal
import threading

STDIN = 0
_PIECE = 65536


def end_with_it() -> None:
    """Begin to read standard input; at its end this process gets SIGTERM, as if from outside."""
    threading.Thread(target=_wait, name="playhead-stdin", daemon=True).start()


def is_at_end() -> bool:
    """Read what has come on standard input, or wait for it; return whether it was the end."""
    with contextlib.suppress(OSError):  # what cannot be read has come to its end
        return not os.read(STDIN, _PIECE)
    return True


def _wait() -> None:
    while not is_at_end():
        pass
    os.kill(os.getpid(), signal.SIGTERM)
