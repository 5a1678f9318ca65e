"""When reports go out, and to whom: each recipient at their own day and hour, once, caught up after a stop."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING

from tracker.clock import utc_now
from tracker.db.models import Site
from tracker.db.recovery import restores
from tracker.delivery import sent_log
from tracker.delivery.alerting import alerting
from tracker.delivery.confirmations import ask_to_confirm
from tracker.delivery.mail_settings import mailer_of
from tracker.delivery.sending import BY_SCHEDULE, send_report
from tracker.recipients.subscriptions import confirm_those_with_accounts, gets_reports_since
from tracker.reference.geo.schedule import GeoUpdates
from tracker.reports.timetable import due
from tracker.service.context import Context
from tracker.sites.sites import list_sites

if TYPE_CHECKING:
    from tracker.service.service import Service

log = logging.getLogger(__name__)


def everything_due(service: Service) -> Mapping[str, Callable[[], None]]:
    """What a running service does each minute, by name: each on its own, so that none holds up another."""
    context = Context(service.settings, service.app_database, service.events, utc_now)
    # One process has the data folder, so whoever claimed a delivery before is gone.
    is_alone = service.ingests and service.app_database.file is not None
    if is_alone:
        sent_log.settle_after_stop(service.app_database)
    lag_bytes, stopping = service.ingest.lag_bytes, service.stopping
    return {
        **alerting(context, lag_bytes=lag_bytes, stopping=stopping, is_alone=is_alone),
        "geo updates": GeoUpdates(service.settings, utc_now),
        "emails": lambda: send_due(context, stopping=stopping),
    }


def send_due(context: Context, *, stopping: Event | None = None) -> None:
    """Sends every site's due reports to the recipients who have not had them, until `stopping` is set.

    What was due before the app database was restored is left to a person: it may have been sent, and the note of it lost.
    """
    if not context.settings.smtp_url or not context.settings.mail_from:
        return
    mailer = mailer_of(context.settings)
    confirm_those_with_accounts(context.app_db, now=context.now())
    restored_at = max((one.at for one in restores(context.app_db.file) if one.copy_of), default=None)
    sites = list_sites(context.app_db)
    if not ask_to_confirm(context, sites, mailer):
        return
    for site in sites:
        for (kind, label), waiting in _due_recipients(context, site, restored_at).items():
            outcomes = send_report(
                context, site, kind, label, waiting, mailer=mailer, asked=BY_SCHEDULE, stopping=stopping
            )
            for outcome in outcomes:
                if outcome.failed:
                    log.warning("%s report of %s to %s: %s", kind, site.domain, outcome.recipient, outcome.outcome)
            if any(outcome.server_is_away for outcome in outcomes):
                return  # it is asked for the other sites a minute later


def _due_recipients(context: Context, site: Site, restored_at: datetime | None) -> dict[tuple[str, str], list[str]]:
    """The recipients by report (kind, week or month) who are to get it now."""
    now, found = context.now(), defaultdict(list)
    for one in site.recipients:
        since = gets_reports_since(one)
        if since is None:
            continue
        due_at, label = due(site.time_zone, now, kind=one.rhythm, weekday=one.weekday, hour=one.hour)
        if since <= due_at and site.created_at <= due_at and not (restored_at is not None and due_at <= restored_at):
            found[one.rhythm, label].append(one.email)
    open_ones = {
        key: [email for email in emails if email not in done]
        for key, emails in found.items()
        for done in [sent_log.not_to_claim(context.app_db, site.id, *key, now=now)]
    }
    return {key: emails for key, emails in open_ones.items() if emails}
