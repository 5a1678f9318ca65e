"""Builds the ingest of a data folder from the settings."""

from __future__ import annotations

import logging
import secrets
import time

from tracker.clock import utc_now
from tracker.db.engine import AppDatabase
from tracker.enrichment.network.operator_list import NetworkList
from tracker.enrichment.pipeline import Enricher
from tracker.ingest.gc_tuning import collect_less_often
from tracker.ingest.site_rules import SiteDirectory
from tracker.ingest.visits.salts import Salts
from tracker.ingest.visits.visitor_ids import Identity
from tracker.ingest.worker import Ingest
from tracker.reference.dns.lookup import Lookup, Unanswered
from tracker.reference.dns.queue import NameQueue
from tracker.reference.geo.verified_copies import open_databases as open_geo
from tracker.settings import Settings
from tracker.store.protocol import EventStore

log = logging.getLogger(__name__)


def open_name_queue(settings: Settings) -> NameQueue | None:
    """Opens the queue of reverse DNS look-ups; None when reverse DNS is off or there is no resolver."""
    if not settings.reverse_dns:
        return None
    try:
        return NameQueue(Lookup(settings.name_server), monotonic=time.monotonic)
    except Unanswered as problem:
        log.warning("reverse DNS is off: %s", problem)
        return None


def build_ingest(
    settings: Settings, app: AppDatabase, store: EventStore, *, keeps_geo: bool, names: NameQueue | None = None
) -> tuple[Ingest, Identity]:
    """Returns the ingest of a data folder and its visitor ids. Their owner calls `forget_salts` once salts are deleted.

    `keeps_geo` is True in the process that holds the ingest lock: that process copies and checks new geo databases.
    """
    collect_less_often()
    salts = Salts(app, now=utc_now, random_bytes=secrets.token_bytes)
    identity = Identity(salts.of)
    ingest = Ingest(
        journal_folder=settings.journal_folder,
        store=store,
        sites=SiteDirectory(app, monotonic=time.monotonic),
        identity=identity,
        enricher=Enricher(
            open_geo(settings, keeps=keeps_geo),
            too_old_ms=settings.too_old_hours * 3_600_000,
            names=names,
            network_list=NetworkList(settings.network_list_file),
        ),
    )
    return ingest, identity
