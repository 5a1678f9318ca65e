"""Builds the Flask application and the service behind it from their parts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy import select

from dashboards import web
from tracker import journal
from tracker.api import annotations as api_annotations
from tracker.api import health
from tracker.api.asking import door
from tracker.clock import utc_now
from tracker.data_folder.secret_key import secret_key
from tracker.db import recovery as app_recovery
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.delivery.at_once import sender_at_once
from tracker.delivery.mailing import mailing
from tracker.delivery.schedule import everything_due
from tracker.ingest import quarantine
from tracker.server.bridge import JOURNAL_PROBLEM
from tracker.service.context import Context
from tracker.service.doctor import diagnose
from tracker.service.operations.endpoint import create_blueprint as operations_blueprint
from tracker.service.service import Service
from tracker.settings import Settings
from tracker.store.engines import repairs
from tracker.store.patience import nobody_waiting
from tracker.store.protocol import EventStore
from tracker.store.repairs import describe

log = logging.getLogger(__name__)

_LAG_WARNING_BYTES = 256 * 1024 * 1024


def create_app(
    settings: Settings,
    *,
    app_database: AppDatabase,
    store: EventStore,
    probes: health.Health,
    operator_key: str,
    forget_site: Callable[[str], None] | None = None,
) -> Flask:
    """Returns the Flask application over open databases. Starts no thread, and opens no file but the secret key."""
    app = Flask("tracker", static_folder=None)
    app.config.update(
        SECRET_KEY=secret_key(settings.data),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        MAX_CONTENT_LENGTH=1024 * 1024,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # a report's keys come in the order in which people read them
    app.register_blueprint(health.create_blueprint(probes))
    context = Context(settings, app_database, store, utc_now)
    operations = operations_blueprint(context, operator_key, forget_site)
    app.register_blueprint(operations)
    api = api_annotations.create_blueprint(context, door(context))
    app.register_blueprint(api)

    kept = quarantine.Quarantine(settings.journal_folder)

    def status() -> web.ServiceStatus:
        return web.ServiceStatus(
            journal=probes.journal(),
            ingest=probes.ingest(),
            event_store=probes.event_store(),
            waiting_bytes=probes.ingest_lag_bytes(),
            repairs=repairs(settings.event_store),
            restores=app_recovery.restores(app_database.file, utc_now()),
            quarantined=kept.summary().lines,
        )

    csrf = web.register(
        app,
        context,
        status,
        sender_at_once(settings),
        lambda: tuple(diagnose(context)),
        mailing(context),
    )
    for by_key in (operations, api):
        csrf.exempt(by_key)  # a key is not a cookie, so no browser sends it by itself
    return app


def build(
    settings: Settings, *, operator_key: str, ingests: bool = True, tell_backlog: Callable[[int], None] = lambda _: None
) -> tuple[Any, Service]:
    """Returns the WSGI application of dashboard and API, and the service behind it, which is not started yet."""
    service = Service(settings, schedule=everything_due, ingests=ingests, tell_backlog=tell_backlog)
    app = create_app(
        settings,
        app_database=service.app_database,
        store=service.events,
        probes=_probes(service),
        operator_key=operator_key,
        forget_site=service.forget_site,
    )
    return app.wsgi_app, service


def _notes(service: Service) -> list[str]:
    """Returns lines for the operator: repairs of the databases, and hits that could not be counted."""
    quarantined = quarantine.describe(service.ingest.quarantine.summary())
    restores = app_recovery.restores(service.app_database.file, utc_now())
    return [
        *(describe(repair) for repair in repairs(service.settings.event_store)),
        *(app_recovery.describe(restore) for restore in restores),
        *([quarantined] if quarantined else []),
    ]


def _probes(service: Service) -> health.Health:
    def ask(question: Callable[[], object]) -> str | None:
        try:
            # A page that shows the state may be given up; that is no failure of what is asked here.
            with nobody_waiting():
                question()
        except Exception as problem:
            log.exception("a health probe failed")
            return str(problem).splitlines()[0]
        return None

    def app_database() -> None:
        with service.app_database.transaction() as session:
            session.execute(select(Site.id).limit(1))

    def told_by_the_collector() -> str | None:
        return request.environ.get(JOURNAL_PROBLEM) if has_request_context() else None

    def ingest() -> str | None:
        if not service.ingests:
            return None
        if not service.ingest_is_alive():
            return "ingest has stopped"
        lag = service.ingest.lag_bytes()
        return f"ingest is {lag / 1e6:.0f} MB behind" if lag > _LAG_WARNING_BYTES else service.ingest.problem

    return health.Health(
        journal=lambda: journal.writable(service.settings.journal_folder) or told_by_the_collector(),
        notes=lambda: _notes(service),
        event_store=lambda: ask(service.events.ping),
        app_database=lambda: ask(app_database),
        ingest=ingest,
        ingest_lag_bytes=service.ingest.lag_bytes,
        events_stored=lambda: service.ingest.events_stored,
    )
