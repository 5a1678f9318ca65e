"""Keeps a child process running: starts it, restarts it when it dies, ends it. It never outlives its parent."""

from __future__ import annotations

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
# A process that dies at once is started again this much later, so that its reason can be read in the log.
_AGAIN_SECONDS = 0.5
# Who stops a service may tell all its processes at once; then this one is about to end the child, too.
_TOLD_TO_STOP_SECONDS = 10


class Supervisor:
    """Runs `work` in a child process. Its argument says whether this is a restart.

    `work` ends at SystemExit, which SIGTERM raises in it.
    """

    def __init__(self, name: str, work: Callable[[bool], None]) -> None:
        self._name = name
        self._work = work
        self._stop = threading.Event()
        self._tried = threading.Event()
        self._lock = threading.Lock()  # held while a child is started, so that none is missed at the end
        self._child: multiprocessing.Process | None = None
        self._keeper = threading.Thread(target=self._keep, name=f"keeps {name}", daemon=True)

    @contextmanager
    def running(self, *, stop_seconds: float) -> Iterator[None]:
        """Runs the child during the block. Afterwards it has `stop_seconds` to end before it is killed."""
        with all_running([self], stop_seconds=stop_seconds):
            yield

    def start(self) -> None:
        """Starts the child and keeps it running from now on."""
        # The kernel ends a child with the thread that forked it, so one thread starts them all and sees their end.
        self._keeper.start()
        self._tried.wait()

    def tell_to_stop(self) -> None:
        """No other child is started from now on, and the one that runs is told to end."""
        with self._lock:
            self._stop.set()
            if self._child is not None:
                self._child.terminate()

    def end(self, *, seconds: float) -> None:
        """Waits until the child has ended, once it was told to stop; after `seconds` it is killed."""
        self._keeper.join(seconds)
        if self._child is not None:
            self._child.kill()
        self._keeper.join()

    def _keep(self) -> None:
        # A child that is told to stop before it can listen hears it when it can.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        again = False
        while (child := self._start(again=again)) is not None:
            child.join()
            again = True
            if child.exitcode == 0:
                self._stop.wait(_TOLD_TO_STOP_SECONDS)
            if not self._stop.is_set():
                log.error("the process %s ended (%s) and is started again", self._name, child.exitcode)
                self._stop.wait(_AGAIN_SECONDS)

    def _start(self, *, again: bool) -> multiprocessing.Process | None:
        """The child, started; None once it is no longer wanted."""
        while True:
            with self._lock:
                if self._stop.is_set():
                    return None
                child = multiprocessing.Process(target=_run, args=(self._work, again), name=self._name)
                try:
                    child.start()
                except OSError:
                    log.exception("the process %s cannot be started; it is tried again", self._name)
                else:
                    self._child = child
                    self._tried.set()
                    return child
            self._tried.set()
            self._stop.wait(_AGAIN_SECONDS)


@contextmanager
def all_running(supervisors: Sequence[Supervisor], *, stop_seconds: float) -> Iterator[None]:
    """Runs all children during the block. Afterwards all are told to end at once, and share the time limit."""
    begun: list[Supervisor] = []
    try:
        for supervisor in supervisors:
            begun.append(supervisor)
            supervisor.start()
        yield
    finally:
        for supervisor in begun:
            supervisor.tell_to_stop()
        deadline = time.monotonic() + stop_seconds
        for supervisor in begun:
            supervisor.end(seconds=max(0.0, deadline - time.monotonic()))


def die_with_parent() -> None:
    """Asks the kernel to end this process when its parent dies, however it dies; ends it where the parent is dead already."""
    parent = _starter() or os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _starter() -> int | None:
    """The process that started this one, which may be dead; None where another stands between them."""
    started_by = multiprocessing.parent_process()
    return None if started_by is None or multiprocessing.get_start_method() == "forkserver" else started_by.pid


def _run(work: Callable[[bool], None], again: bool) -> None:  # noqa: FBT001 - as the supervisor passes it
    signal.signal(signal.SIGTERM, _exit)
    # A terminal sends these to all its processes; the parent acts on them.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    work(again)


def _exit(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is ending already
    raise SystemExit(0)
