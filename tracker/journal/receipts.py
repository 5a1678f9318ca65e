"""A line that was appended and waits for the sync that makes it durable, with whoever waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable


class JournalUnavailable(RuntimeError):
    """The line could not be kept; the message says why. Nothing of it will be read.

    One case is beyond the journal's power: a line whose sync failed may have been read before it was taken back.
    """


class Receipt:
    """An append whose sync is to come. `problem` says why it failed, once the receipt is settled."""

    __slots__ = ("_calls", "_is_settled", "problem", "ticket")

    def __init__(self, ticket: int) -> None:
        self.ticket = ticket
        self.problem: str | None = None
        self._calls: list[Callable[[], object]] = []
        self._is_settled = False

    def settle(self, problem: str | None) -> None:
        """Says that the sync is done, or why it is not; what waits goes on in this thread."""
        self.problem = problem
        self._is_settled = True
        self._go_on()

    def then(self, call: Callable[[], object]) -> None:
        """Calls once the receipt is settled: at once in this thread where it is, else in the one that settles it."""
        self._calls.append(call)
        if self._is_settled:
            self._go_on()

    def wait(self) -> None:
        """Returns when the line is durable. Raises JournalUnavailable when it is not going to be."""
        done = threading.Lock()
        done.acquire()
        self.then(done.release)
        done.acquire()
        if self.problem is not None:
            raise JournalUnavailable(self.problem)

    def _go_on(self) -> None:
        """Two threads may come here at once: a call goes to the one that takes it off the list."""
        while self._calls:
            try:
                call = self._calls.pop()
            except IndexError:
                return
            call()
