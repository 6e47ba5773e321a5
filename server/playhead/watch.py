"""Looks at the served paths again and again, and reloads what changed: `--watch`.

It compares what `stat` says. That crosses the mounts of Docker Desktop, NFS and CIFS, which tell
nobody of a change made on the other side. It has a thread of its own, which nothing waits for: on
a mount that hangs a look may take for ever.
"""

import contextlib
import logging
import threading
from time import monotonic

from playhead.giving_way import giving_way
from playhead.library import Library
from playhead.reload import Reloader, Swap
from playhead.walk import glance

_logger = logging.getLogger("playhead")

INTERVAL = 0.3
"""Seconds between two looks at the least."""
SHARE = 20
"""How much longer the time between two looks is than a look: it costs a twentieth of one core."""
SETTLING = 0.1
"""Seconds after which a change is looked at again: what goes on changing is being written."""
MOST_SETTLING = 10
"""Looks at changes that do not end, after which what is there is read all the same."""
_LAST_SECONDS = 1.0


class Watcher:
    """Reloads what changes from its start to its stop."""

    def __init__(self, reloader: Reloader, swap: Swap) -> None:
        self._reloader = reloader
        self._swap = swap
        self._seen: object = None
        self._read: object = None
        self._settling = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="playhead-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no more; what is being read now is read in vain."""
        self._stopping.set()
        self._thread.join(_LAST_SECONDS)

    def _run(self) -> None:
        wait = INTERVAL
        while not self._stopping.wait(wait):
            began = monotonic()
            try:
                wait = self._look(began)
            except Exception:
                wait = INTERVAL
                _logger.exception("playhead: a bug of ours; please report it")

    def _look(self, began: float) -> float:
        """Look, and reload if need be; return the seconds to the next look."""
        with giving_way():
            seen = glance(self._reloader.paths)
        cost = monotonic() - began
        if seen != self._seen and self._settling < MOST_SETTLING:
            self._seen, self._settling = seen, self._settling + 1
            return max(SETTLING, cost)
        self._settling = 0
        if seen != self._read or self._reloader.is_unsure:
            self._read = seen
            if not self._reloader.reload(self._put_in).is_change:
                cost = monotonic() - began
        return max(INTERVAL, SHARE * cost)

    def _put_in(self, library: Library) -> None:
        if not self._stopping.is_set():
            with contextlib.suppress(RuntimeError):  # the loop has ended in this moment
                self._swap(library)
