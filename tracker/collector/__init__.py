"""The public endpoint: checks a hit, appends it to the journal and answers. No database, no enrichment."""

from __future__ import annotations

import time

from tracker.collector.client_ip import ClientIp
from tracker.collector.limits import RateLimit
from tracker.collector.scripts import Scripts
from tracker.collector.shared_limit import SharedRateLimit, Table
from tracker.collector.wsgi import Collector, WSGIApp
from tracker.journal import Journal
from tracker.settings import Settings


def open_journal(settings: Settings) -> Journal:
    """The journal that this process appends to."""
    return Journal(settings.journal_folder, sync=settings.journal_sync, segment_bytes=settings.segment_bytes)


def build_collector(
    settings: Settings, *, journal: Journal, next_app: WSGIApp | None = None, counted_in: Table | None = None
) -> Collector:
    """The collector that the settings describe, in front of `next_app`; `counted_in` is where it counts with others."""
    limit: RateLimit | SharedRateLimit = RateLimit(settings.rate_limit, monotonic=time.monotonic)
    if counted_in is not None:
        limit = SharedRateLimit(settings.rate_limit, counted_in, monotonic=time.monotonic)
    return Collector(
        journal=journal,
        client_ip=ClientIp(settings.trusted_proxies, settings.client_ip_header),
        rate_limit=limit,
        scripts=Scripts(path=settings.script_path, kept=settings.scripts_folder),
        event_path=settings.event_path,
        pixel_path=settings.pixel_path,
        next_app=next_app,
    )
