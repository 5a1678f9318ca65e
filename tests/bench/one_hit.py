"""One hit at a time, and what the running service does with each: days are counted, and what pages asked lately is made ready."""

from __future__ import annotations

import threading
import time
from datetime import date
from typing import Any, cast

from sqlalchemy import select

from tracker.clock import utc_now
from tracker.db.engine import AppDatabase
from tracker.demo.catalogue import SITE
from tracker.service.sealing import Sealing
from tracker.store.answering.store import AnsweringStore
from tracker.store.batch import Batch
from tracker.store.protocol import EventStore
from tracker.store.schema import EVENT_COLUMNS, events


class OneHit:
    """A store as the service has it, which keeps answers.

    `seconds` are those from each hit until its figures are seen, `ready_seconds` until all that pages asked lately is ready too.
    """

    def __init__(self, app: AppDatabase, opened: EventStore) -> None:
        self.store = cast(EventStore, AnsweringStore(opened))
        self.seconds: list[float] = []
        self.ready_seconds: list[float] = []
        seen = _Seen(self.store)
        # It looks at once each time, as if it had rested.
        self._ticks = iter(range(0, 10**9, 100))
        self._sealing = Sealing(
            app, cast(EventStore, seen), now=utc_now, lag_bytes=lambda: 0, monotonic=lambda: next(self._ticks)
        )
        self._seen = seen
        self._hit = _newest(opened)
        self._number = int(time.time())
        self._sealing.step(threading.Event())

    def __call__(self) -> None:
        """Stores a page view of now by a company, and counts the day."""
        self._number += 1
        now = int(utc_now().timestamp() * 1e6)
        own = {"occurred_at": now, "visit_id": self._number, "visitor_id": self._number, "visits": 1, "pageviews": 1}
        row = self._hit | own
        self.store.append(Batch({name: [row[name]] for name in EVENT_COLUMNS}))
        begun = time.perf_counter()
        while any(self.store.lags().values()):
            self._sealing.step(threading.Event())
        self.seconds.append(self._seen.at - begun)
        self.ready_seconds.append(time.perf_counter() - begun)


class _Seen:
    """A store that notes when figures were counted last, which is when pages see them; all else is the store's."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self.at = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def count(self, *arguments: Any, **named: Any) -> set[date]:
        found = self._store.count(*arguments, **named)
        self.at = time.perf_counter()
        return found


def _newest(store: EventStore) -> dict[str, Any]:
    columns = [events.c[name] for name in EVENT_COLUMNS]
    newest = select(*columns).where(events.c.site == SITE, events.c.company.is_not(None), events.c.pageviews > 0)
    return store.rows(newest.order_by(events.c.occurred_at.desc()).limit(1))[0]._asdict()
