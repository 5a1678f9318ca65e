"""When reports go out, and to whom: Mondays at 08:00 in the site's zone, each recipient once, caught up after a stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dashboards.email.audience import audience_of
from dashboards.email.weekly import weekly_message
from tracker.db.models import ReportRecipient, Site
from tracker.db.recovery import restores
from tracker.delivery import sent_log
from tracker.delivery.confirmations import ask_to_confirm
from tracker.delivery.mailer import Mailer, MailError, MailServerAway, MailUnconfirmed
from tracker.delivery.sent_log import DeliveryKey
from tracker.leads.workflow.of_email import leads_of_email
from tracker.recipients.subscriptions import State, confirm_those_with_accounts, gets_reports_since, state_of
from tracker.reference.geo.attribution import attributions
from tracker.reference.geo.schedule import GeoUpdates
from tracker.reference.naming_sources import missing_sources
from tracker.reports.weekly import WeeklyReport, weekly_report
from tracker.service.context import Context
from tracker.sites.sites import list_sites
from tracker.stats.periods import iso_week

if TYPE_CHECKING:
    from tracker.service.service import Service

log = logging.getLogger(__name__)

WEEKLY = "weekly"
_SEND_AT = time(8)


@dataclass(frozen=True)
class SendOutcome:
    """What became of one recipient's report: `sent`, `already sent`, or why not."""

    recipient: str
    outcome: str
    failed: bool
    server_is_away: bool = False


def everything_due(service: Service) -> Callable[[], None]:
    """The scheduler's tick for a running service: has geo databases fetched that are due, and sends reports."""
    from tracker.clock import utc_now

    context = Context(service.settings, service.app_database, service.events, utc_now)
    geo_updates = GeoUpdates(service.settings, utc_now)

    def tick() -> None:
        geo_updates()
        send_due(context)

    return tick


def send_due(context: Context) -> None:
    """Sends every site's due report to the recipients who have not had it.

    What was due before the app database was restored is left to a person: it may have been sent, and the note of it lost.
    """
    if not context.settings.smtp_url or not context.settings.mail_from:
        return
    confirm_those_with_accounts(context.app_db, now=context.now())
    restored_at = max((one.at for one in restores(context.app_db.file) if one.copy_of), default=None)
    sites = list_sites(context.app_db)
    if not ask_to_confirm(context, sites):
        return
    for site in sites:
        due_at, week = due(site.time_zone, context.now())
        waiting = [one.email for one in site.recipients if (since := gets_reports_since(one)) and since <= due_at]
        if not waiting or site.created_at > due_at or (restored_at is not None and due_at <= restored_at):
            continue
        outcomes = send_weekly(context, site, week, waiting, retry_early=False)
        for outcome in outcomes:
            if outcome.failed:
                log.warning("weekly report of %s to %s: %s", site.domain, outcome.recipient, outcome.outcome)
        if any(outcome.server_is_away for outcome in outcomes):
            return  # it is asked for the other sites a minute later


def due(time_zone: str, now: datetime) -> tuple[datetime, str]:
    """The latest moment at which a weekly report was due (aware, UTC), and the complete ISO week that it is of."""
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    due_at = datetime.combine(monday, _SEND_AT, tzinfo=zone)
    if local < due_at:
        monday -= timedelta(days=7)
        due_at = datetime.combine(monday, _SEND_AT, tzinfo=zone)
    return due_at.astimezone(UTC), iso_week(monday - timedelta(days=7))


def last_complete_week(time_zone: str, now: datetime) -> str:
    """The ISO week before the one that runs now in a time zone."""
    return iso_week(now.astimezone(ZoneInfo(time_zone)).date() - timedelta(days=7))


def send_weekly(
    context: Context, site: Site, week: str, recipients: Sequence[str], *, retry_early: bool = True, again: bool = False
) -> list[SendOutcome]:
    """Sends a week's report to each recipient who has not had it; one that fails does not stop the others.

    With `again` also to those whose message was cut off while it was sent, who may have had it: a person says so.
    """
    mailer = Mailer(context.settings.smtp_url, context.settings.mail_from)
    mailer.check()
    report: WeeklyReport | None = None
    outcomes = []
    away: MailServerAway | None = None
    known = {one.email: one for one in site.recipients}
    for recipient in recipients:
        if recipient in known and state_of(known[recipient]) == State.UNSUBSCRIBED:
            outcomes.append(SendOutcome(recipient, "not sent: unsubscribed", failed=False))
            continue
        key = DeliveryKey(site.id, WEEKLY, week, recipient)
        delivery_id = sent_log.claim(context.app_db, key, now=context.now(), retry_early=retry_early, again=again)
        if delivery_id is None:
            outcomes.append(_not_claimed(context, key))
            continue
        if away is not None:  # each would take as long to fail
            outcomes.append(_failed(context, recipient, delivery_id, away))
            continue
        try:
            report = report or weekly_report(
                context.event_store,
                site,
                week,
                now=context.now(),
                of_leads=leads_of_email(context.app_db, context.event_store, site, now=context.now()),
                missing=missing_sources(context.settings),
            )
            to = known.get(recipient) or recipient
            outcomes.append(_send_one(context, mailer, site, report, to, delivery_id))
        except MailServerAway as problem:
            away = problem
            outcomes.append(_failed(context, recipient, delivery_id, problem))
    return outcomes


def _failed(context: Context, recipient: str, delivery_id: int, problem: MailError) -> SendOutcome:
    sent_log.mark_failed(context.app_db, delivery_id, error=str(problem), now=context.now())
    return SendOutcome(
        recipient, f"not sent: {problem}", failed=True, server_is_away=isinstance(problem, MailServerAway)
    )


def _send_one(
    context: Context, mailer: Mailer, site: Site, report: WeeklyReport, to: ReportRecipient | str, delivery_id: int
) -> SendOutcome:
    """Raises MailServerAway when there is no point in trying the next one now."""
    base_url, folder = context.settings.public_url, context.settings.data
    recipient = to if isinstance(to, str) else to.email
    audience = None if isinstance(to, str) else audience_of(to, site, base_url=base_url, folder=folder)
    try:
        message = weekly_message(
            report,
            site=site,
            sender=mailer.sender,
            recipient=recipient,
            base_url=base_url,
            now=context.now(),
            credits_due=attributions(context.settings),
            audience=audience,
        )
        mailer.send(message, about_to_send=lambda: sent_log.mark_sending(context.app_db, delivery_id))
    except MailUnconfirmed as problem:
        # It stays as being sent, which nobody takes over: better once too few than twice.
        return SendOutcome(recipient, f"perhaps sent, and not sent again by itself: {problem}", failed=True)
    except MailServerAway:
        raise
    except MailError as problem:
        return _failed(context, recipient, delivery_id, problem)
    except Exception as problem:
        sent_log.mark_failed(context.app_db, delivery_id, error=repr(problem), now=context.now())
        log.exception("the weekly report of %s could not be made", site.domain)
        return SendOutcome(recipient, "not sent: the report could not be made, the log says why", failed=True)
    sent_log.mark_sent(context.app_db, delivery_id, now=context.now())
    return SendOutcome(recipient, "sent", failed=False)


def _not_claimed(context: Context, key: DeliveryKey) -> SendOutcome:
    found = sent_log.status_of(context.app_db, key)
    if found is not None and found.status == "sent":
        return SendOutcome(key.recipient, f"already sent on {found.sent_at:%Y-%m-%d %H:%M} UTC", failed=False)
    if found is not None and found.status == "failed":
        return SendOutcome(key.recipient, f"failed before ({found.error}); it is tried again later", failed=True)
    if found is not None and found.claimed_at < context.now() - sent_log.STALE_CLAIM:
        words = "cut off while it was sent, perhaps delivered; not sent again, unless you say --again"
        return SendOutcome(key.recipient, words, failed=True)
    return SendOutcome(key.recipient, "being sent by another process", failed=False)
