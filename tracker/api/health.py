"""What machines ask of a running service: alive, ready, and its figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify


@dataclass(frozen=True)
class Health:
    """Probes of the running service; a probe of a part returns None when it is well, else what is wrong in words.

    `notes` are sentences on what happened and was repaired; they leave the service ready.
    """

    journal: Callable[[], str | None]
    event_store: Callable[[], str | None]
    app_database: Callable[[], str | None]
    ingest: Callable[[], str | None]
    ingest_lag_bytes: Callable[[], int]
    events_stored: Callable[[], int]
    notes: Callable[[], list[str]] = list


def create_blueprint(health: Health) -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def alive() -> Response:
        return jsonify(status="alive")

    @blueprint.get("/readyz")
    def ready() -> tuple[Response, int]:
        parts = {
            "journal": health.journal(),
            "event_store": health.event_store(),
            "app_database": health.app_database(),
            "ingest": health.ingest(),
        }
        broken = {name: problem for name, problem in parts.items() if problem}
        answer = jsonify(
            status="not ready" if broken else "ready",
            problems=broken,
            notes=health.notes(),
            ingest_lag_bytes=health.ingest_lag_bytes(),
        )
        return answer, 503 if broken else 200

    @blueprint.get("/metrics")
    def figures() -> Response:
        lines = (
            "# HELP webleads_ingest_lag_bytes Journal bytes that are not in the event store yet.",
            "# TYPE webleads_ingest_lag_bytes gauge",
            f"webleads_ingest_lag_bytes {health.ingest_lag_bytes()}",
            "# HELP webleads_events_stored_total Events that this process stored.",
            "# TYPE webleads_events_stored_total counter",
            f"webleads_events_stored_total {health.events_stored()}",
            "# HELP webleads_journal_writable Whether hits can be kept.",
            "# TYPE webleads_journal_writable gauge",
            f"webleads_journal_writable {0 if health.journal() else 1}",
        )
        return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")

    return blueprint
