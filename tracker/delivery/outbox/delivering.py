"""Delivers the outbox: a few at a time, and to each URL one after the other, so that one that hangs delays no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from time import monotonic

from tracker.db.errors import AppDatabaseUnavailable
from tracker.delivery.outbox import messages
from tracker.delivery.outbox.channels import deliver
from tracker.delivery.outbox.messages import Due
from tracker.delivery.outbox.posting import Answer
from tracker.service.context import Context

log = logging.getLogger(__name__)

_MOST_AT_A_TIME = 8
_PAUSE_SECONDS = 0.5
_FORGET_EVERY = timedelta(hours=1)


class Outbox:
    """Delivers what is due until it is stopped. `deliver` sends one message; tests bring their own."""

    def __init__(
        self,
        context: Context,
        *,
        deliver: Callable[[Context, Due], Answer] = deliver,
    ) -> None:
        self._context = context
        self._database = context.app_db
        self._now = context.now
        self._deliver = deliver
        self._lock = Lock()
        self._busy: set[str] = set()
        # Of what could not be noted it is not known how it went: its URL is left alone for a while.
        self._resting: dict[str, datetime] = {}
        self._forgot_at: datetime | None = None

    def run(self, stop: Event) -> None:
        """Delivers until `stop` is set. An attempt that is under way then is made again after the next start."""
        while not stop.is_set():
            try:
                for due in self._next():
                    # The service does not wait for it when it stops.
                    Thread(target=self._one, args=(due,), name="outbox message", daemon=True).start()
            except AppDatabaseUnavailable as problem:
                log.warning("nothing is delivered now: %s", problem)
            stop.wait(_PAUSE_SECONDS)

    def run_once(self) -> int:
        """Delivers what is due now, here. Returns how many attempts it made."""
        found = self._next()
        for due in found:
            self._one(due)
        return len(found)

    def _next(self) -> list[Due]:
        now = self._now()
        self._forget(now)
        with self._lock:
            self._resting = {url: until for url, until in self._resting.items() if now < until <= now + messages.AHEAD}
            free = _MOST_AT_A_TIME - len(self._busy)
            if free <= 0:
                return []
            found = messages.claim_due(self._database, now=now, but=self._busy | self._resting.keys(), limit=free)
            self._busy.update(due.rule.target for due in found)
        return found

    def _forget(self, now: datetime) -> None:
        if self._forgot_at is None or now - self._forgot_at >= _FORGET_EVERY:
            self._forgot_at = now
            messages.forget_old(self._database, now=now)

    def _one(self, due: Due) -> None:
        begun, target, rests_until = monotonic(), due.rule.target, None
        try:
            answer = self._deliver(self._context, due)
            took_ms = int((monotonic() - begun) * 1000)
            messages.settle(self._database, due.message, answer, now=self._now(), took_ms=took_ms)
        except Exception:
            log.exception("the message %s could not be delivered; it is tried again later", due.message.uid)
            rests_until = self._now() + messages.STALE
        finally:
            with self._lock:
                self._busy.discard(target)
                if rests_until is not None:
                    self._resting[target] = rests_until
