"""Several processes behind one port: the parent loads, forks and watches, the workers serve.

- The parent has no thread and no event loop while it may fork: a lock that another thread holds at
  that moment stays locked in the child for ever.
- Nobody but a worker itself has its listening socket: connections would go on being given to one
  that the parent kept open for the dead.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf
from selectors import EVENT_READ, PollSelector, SelectorKey
from signal import SIGCHLD, SIGINT, SIGKILL, SIGTERM
from time import monotonic
from typing import NoReturn, TypeAlias

from playhead import log, stdin, worker
from playhead.account import Account
from playhead.app import App
from playhead.errors import CouldNotStart, PlayheadError
from playhead.forked import DONE, Forked, how_it_ended
from playhead.serve import SENDING_SECONDS
from playhead.worker import Line, Word

MOST_FAILURES = 5
"""Workers in a row that end before they serve, after which there is no use in another."""
_GRACE_SECONDS = SENDING_SECONDS + 1.5
"""After the drain, what a worker gets before it is killed: it ends a second earlier by itself."""

_Events: TypeAlias = list[tuple[SelectorKey, int]]


def run(
    app: App, held: socket.socket, count: int, *, until_eof: bool, on_ready: Callable[[], None]
) -> list[Account]:
    """Serve `app` with `count` workers until SIGTERM or SIGINT, and return all their accounts.

    `until_eof`: or until standard input is at its end. `on_ready` is called once all of them
    accept. Raise CouldNotStart where workers do not come to that, and StateUnreachable where their
    accounts cannot be read.
    """
    gc.freeze()  # else the first search for garbage would copy every page of the library
    app.has_the_last_word = False
    with _signals_told() as told:
        return _Parent(app, held, count, on_ready, until_eof).run(told)


@dataclass(slots=True, eq=False)
class _Parent:
    """Starts the workers, replaces those that die, and ends them."""

    app: App
    held: socket.socket
    count: int
    on_ready: Callable[[], None]
    until_eof: bool
    children: dict[int, Forked] = field(default_factory=dict)
    # A poll keeps nothing in the kernel that a forked child could change.
    selector: PollSelector = field(default_factory=PollSelector)
    is_stopping: bool = False
    deadline: float = inf
    is_announced: bool = False
    failures: int = 0
    has_given_up: bool = False

    def run(self, told: socket.socket) -> list[Account]:
        self.selector.register(told, EVENT_READ, lambda: self._on_signals(told))
        if self.until_eof:
            self.selector.register(stdin.STDIN, EVENT_READ, self._on_stdin)
        self._fill_up()
        while not self.is_stopping:
            self._handle(self.selector.select())
        if self.until_eof:
            self.selector.unregister(stdin.STDIN)
        if self.has_given_up:
            self._order_to_stop()
            while self._is_anyone_left():
                self._handle(self.selector.select(self._patience()))
            raise CouldNotStart("workers cannot start")
        # From here on nothing is forked, so that there may be an event loop and threads.
        return asyncio.run(self._ended())

    async def _ended(self) -> list[Account]:
        """See the workers to their end, and return what they wrote down."""
        problem = await self._joined()
        self._order_to_stop()
        while self._is_anyone_left():
            self._handle(await asyncio.to_thread(self.selector.select, self._patience()))
        if problem is not None:
            raise problem
        if self.app.watch:
            self._catch_up()
        accounts = await self.app.state.accounts()
        await self.app.state.close()
        return accounts

    async def _joined(self) -> PlayheadError | None:
        """Come to the state while workers are there: who finds nobody begins it anew."""
        try:
            await self.app.state.open()
        except PlayheadError as reason:
            return reason
        return None

    def _handle(self, events: _Events) -> None:
        for key, _ in events:
            key.data()
        if monotonic() >= self.deadline:
            for pid in self.children:
                os.kill(pid, SIGKILL)

    def _is_anyone_left(self) -> bool:
        return bool(self.children) or len(self.selector.get_map()) > 1

    def _patience(self) -> float:
        """How long to wait for something to happen: when the workers' time is over, they die."""
        return max(0.0, self.deadline - monotonic())

    def _fill_up(self) -> None:
        """Start as many workers as are missing; give up after too many failures."""
        while not self.is_stopping and len(self.children) < self.count:
            try:
                self._fork()
            except OSError as error:
                log.try_to_say(f"playhead: cannot start a worker: {error.strerror}")
                self._count_failure()

    def _fork(self) -> None:
        ours, theirs = socket.socketpair()
        # A signal between the fork and the worker's own dispositions must not go to ours.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (SIGINT, SIGTERM))
        try:
            pid = os.fork() or self._be_a_worker(ours, theirs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()
        child = self.children[pid] = Forked(pid=pid, line=ours)
        self.selector.register(ours, EVENT_READ, lambda: self._on_line(child))

    def _be_a_worker(self, ours: Line, line: Line) -> NoReturn:
        """Serve, and end without the parent's clean-up."""
        ours.close()
        for sibling in self.children.values():
            sibling.line.close()
        worker.serve(self.app, self.held, line)

    def _on_line(self, child: Forked) -> None:
        """Hear what a worker says; or its end, of which SIGCHLD will tell."""
        words = worker.read(child.line)
        if not words:
            self.selector.unregister(child.line)
            child.line.close()
        for word in words:
            if word == Word.READY:
                self._on_accepting(child)
            elif word == Word.RELOAD:
                self._catch_up()
                child.have_reload(each for each in self.children.values() if each is not child)
            else:
                child.has_reloaded()

    def _catch_up(self) -> None:
        """Have the library of now, for those who are forked later and for the conclusion."""
        self.app.replace(self.app.reloader.catch_up())

    def _on_accepting(self, child: Forked) -> None:
        child.is_ready = True
        self.app.state.resumes = True  # for those forked from now on, and for us at the end
        self.failures = 0
        ready = sum(each.is_ready for each in self.children.values())
        if not self.is_announced and ready == self.count:
            self.is_announced = True
            self.on_ready()

    def _on_signals(self, told: socket.socket) -> None:
        for number in worker.read(told):
            if number == SIGCHLD:
                self._reap()
            else:
                self._stop()

    def _on_stdin(self) -> None:
        if stdin.is_at_end():
            self.is_stopping = True

    def _reap(self) -> None:
        """Take note of the dead; as process 1 of a container also those that are not ours."""
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if child := self.children.pop(found[0], None):
                    self._on_death(child, how_it_ended(os.waitstatus_to_exitcode(found[1])))
        self._fill_up()

    def _on_death(self, child: Forked, how: str) -> None:
        child.is_gone()
        if self.is_stopping:
            if how != DONE:
                log.try_to_say(f"playhead: worker {child.pid} {how} before it was done")
            return
        log.try_to_say(f"playhead: worker {child.pid} {how}")
        if self.app.watch:
            self._catch_up()
        if not child.is_ready:
            self._count_failure()

    def _count_failure(self) -> None:
        """Give up where workers do not come to serve: at the start at once, else after some."""
        self.failures += 1
        if self.is_announced and self.failures < MOST_FAILURES:
            return
        log.try_to_say("playhead: workers cannot start")
        self.has_given_up = True
        self._stop()

    def _stop(self) -> None:
        """Begin to stop; a second time, let the rest be sent at once."""
        if self.is_stopping:
            self._order_to_stop()
        self.is_stopping = True

    def _order_to_stop(self) -> None:
        if self.deadline == inf:
            self.deadline = monotonic() + self.app.settings.drain + _GRACE_SECONDS
        for child in self.children.values():
            child.tell(Word.STOP)


@contextlib.contextmanager
def _signals_told() -> Iterator[socket.socket]:
    """What can be read from the socket are the numbers of the signals that came."""
    told, teller = socket.socketpair()
    told.setblocking(False)
    teller.setblocking(False)
    with told, teller:
        before = [(each, signal.getsignal(each)) for each in (SIGCHLD, SIGINT, SIGTERM)]
        signal.set_wakeup_fd(teller.fileno(), warn_on_full_buffer=False)
        try:
            for number, _ in before:
                signal.signal(number, lambda *_: None)
            yield told
        finally:
            for number, handler in before:
                signal.signal(number, handler)
            signal.set_wakeup_fd(-1)
