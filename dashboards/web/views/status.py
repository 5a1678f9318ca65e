"""How the service is: whether hits are accepted and counted, and what happened to the event store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta

from flask import Blueprint, render_template

from dashboards.presentation import numbers
from dashboards.web.first_day.checklist import checklist
from dashboards.web.language import current_language
from dashboards.web.recipients.email_status import email_status
from dashboards.web.recipients.mailing import Mailing
from dashboards.web.service_status import Diagnose, ServiceStatus, line
from dashboards.web.sign_in.permission import require
from dashboards.web.site import unknown_sites
from tracker.accounts.permissions import Action
from tracker.service.context import Context

# Fewer waiting bytes are normal: a batch is stored several times a second.
_ON_THEIR_WAY_BYTES = 1_000_000
_UNKNOWN_SITES_FOR = timedelta(days=6)


def create_blueprint(
    context: Context, service_status: Callable[[], ServiceStatus], diagnose: Diagnose, mailing: Mailing
) -> Blueprint:
    blueprint = Blueprint("status", __name__)

    @blueprint.get("/status")
    def show() -> str:
        require(Action.VIEW_STATUS)
        status = service_status()
        megabytes = numbers.decimal(current_language(), status.waiting_bytes / 1e6)
        return render_template(
            "status.html",
            status=status,
            is_behind=status.waiting_bytes > _ON_THEIR_WAY_BYTES,
            megabytes=megabytes,
            quarantined=numbers.count(current_language(), status.quarantined, compact=False),
            utc=UTC,
            **checklist(None),
            **email_status(context, mailing),
            unknown_sites=unknown_sites.all_of_them(context, since=context.now().date() - _UNKNOWN_SITES_FOR),
        )

    @blueprint.get("/status/diagnosis")
    def diagnosis() -> str:
        """What `webleads doctor` says: it looks at everything, so only when it is asked to."""
        require(Action.VIEW_STATUS)
        order = ("problem", "hint", "good")
        findings = sorted(diagnose(), key=lambda one: order.index(one.level))
        return render_template("diagnosis.html", lines=[line(current_language(), one) for one in findings])

    return blueprint
