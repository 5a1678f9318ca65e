"""What a running service does for alerts: looks for them again and again, and delivers what they raised."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Event

from tracker.db.errors import AppDatabaseUnavailable
from tracker.delivery.outbox.delivering import Outbox
from tracker.delivery.outbox.messages import settle_after_stop
from tracker.leads.alerts.watching import Watching
from tracker.service.context import Context

log = logging.getLogger(__name__)


def alerting(
    context: Context, *, lag_bytes: Callable[[], int], stopping: Event, is_alone: bool
) -> Mapping[str, Callable[[], None]]:
    """The loops, by name; each ends once `stopping` is set. `is_alone`: no other process delivers from this database."""
    if is_alone:
        settle_after_stop(context.app_db)
    late = timedelta(hours=context.settings.too_old_hours)
    watching = Watching(context.app_db, context.event_store, late=late, lag_bytes=lag_bytes, now=context.now)
    outbox = Outbox(context)
    return {"alerts": lambda: _look(watching, stopping), "outbox": lambda: outbox.run(stopping)}


def _look(watching: Watching, stopping: Event) -> None:
    while not stopping.is_set():
        try:
            watching()
        except AppDatabaseUnavailable as problem:
            log.warning("no alerts are looked for now: %s", problem)
        stopping.wait(watching.rest)
