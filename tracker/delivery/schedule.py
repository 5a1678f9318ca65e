"""When reports go out, and to whom: Mondays at 08:00 in the site's zone, each recipient once, caught up after a stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dashboards.email.weekly import weekly_message
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.db.recovery import restores
from tracker.delivery import sent_log
from tracker.delivery.mailer import Mailer, MailError, MailServerAway, MailUnconfirmed
from tracker.delivery.sent_log import DeliveryKey
from tracker.reference.geo.attribution import attributions
from tracker.reference.geo.schedule import GeoUpdates
from tracker.reports.weekly import WeeklyReport, weekly_report
from tracker.settings import Settings
from tracker.sites.sites import list_sites
from tracker.stats.periods import iso_week
from tracker.store.engines import EventStore

if TYPE_CHECKING:
    from tracker.service.service import Service

log = logging.getLogger(__name__)

WEEKLY = "weekly"
_SEND_AT = time(8)


@dataclass(frozen=True)
class Outcome:
    """What became of one recipient's report: `sent`, `already sent`, or why not."""

    recipient: str
    outcome: str
    failed: bool
    server_is_away: bool = False


@dataclass(frozen=True)
class Post:
    """What sending needs."""

    settings: Settings
    database: AppDatabase
    store: EventStore
    now: Callable[[], datetime]

    @property
    def mailer(self) -> Mailer:
        return Mailer(self.settings.smtp_url, self.settings.mail_from)


def everything_due(service: Service) -> Callable[[], None]:
    """The scheduler's tick for a running service: has geo databases fetched that are due, and sends reports."""
    from tracker.clock import utc_now

    post = Post(service.settings, service.app_database, service.events, utc_now)
    geo_updates = GeoUpdates(service.settings, utc_now)

    def tick() -> None:
        geo_updates()
        send_due(post)

    return tick


def send_due(post: Post) -> None:
    """Sends every site's due report to the recipients who have not had it.

    What was due before the app database was restored is left to a person: it may have been sent, and the note of it lost.
    """
    if not post.settings.smtp_url or not post.settings.mail_from:
        return
    restored_at = max((one.at for one in restores(post.database.file) if one.copy_of), default=None)
    for site in list_sites(post.database):
        due_at, week = due(site.time_zone, post.now())
        waiting = [one.email for one in site.recipients if one.created_at <= due_at]
        if not waiting or site.created_at > due_at or (restored_at is not None and due_at <= restored_at):
            continue
        outcomes = send_weekly(post, site, week, waiting, retry_early=False)
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
    post: Post, site: Site, week: str, recipients: Sequence[str], *, retry_early: bool = True, again: bool = False
) -> list[Outcome]:
    """Sends a week's report to each recipient who has not had it; one that fails does not stop the others.

    With `again` also to those whose message was cut off while it was sent, who may have had it: a person says so.
    """
    post.mailer.check()
    report: WeeklyReport | None = None
    outcomes = []
    away: MailServerAway | None = None
    for recipient in recipients:
        key = DeliveryKey(site.id, WEEKLY, week, recipient)
        delivery_id = sent_log.claim(post.database, key, now=post.now(), retry_early=retry_early, again=again)
        if delivery_id is None:
            outcomes.append(_not_claimed(post, key))
            continue
        if away is not None:  # each would take as long to fail
            outcomes.append(_failed(post, recipient, delivery_id, away))
            continue
        try:
            report = report or weekly_report(post.store, site, week, now=post.now())
            outcomes.append(_send_one(post, site, report, recipient, delivery_id))
        except MailServerAway as problem:
            away = problem
            outcomes.append(_failed(post, recipient, delivery_id, problem))
    return outcomes


def _failed(post: Post, recipient: str, delivery_id: int, problem: MailError) -> Outcome:
    sent_log.mark_failed(post.database, delivery_id, error=str(problem), now=post.now())
    return Outcome(recipient, f"not sent: {problem}", failed=True, server_is_away=isinstance(problem, MailServerAway))


def _send_one(post: Post, site: Site, report: WeeklyReport, recipient: str, delivery_id: int) -> Outcome:
    """Raises MailServerAway when there is no point in trying the next one now."""
    try:
        message = weekly_message(
            report,
            site=site,
            sender=post.mailer.sender,
            recipient=recipient,
            base_url=post.settings.public_url,
            now=post.now(),
            credits_due=attributions(post.settings),
        )
        post.mailer.send(message, about_to_send=lambda: sent_log.mark_sending(post.database, delivery_id))
    except MailUnconfirmed as problem:
        # It stays as being sent, which nobody takes over: better once too few than twice.
        return Outcome(recipient, f"perhaps sent, and not sent again by itself: {problem}", failed=True)
    except MailServerAway:
        raise
    except MailError as problem:
        return _failed(post, recipient, delivery_id, problem)
    except Exception as problem:
        sent_log.mark_failed(post.database, delivery_id, error=repr(problem), now=post.now())
        log.exception("the weekly report of %s could not be made", site.domain)
        return Outcome(recipient, "not sent: the report could not be made, the log says why", failed=True)
    sent_log.mark_sent(post.database, delivery_id, now=post.now())
    return Outcome(recipient, "sent", failed=False)


def _not_claimed(post: Post, key: DeliveryKey) -> Outcome:
    found = sent_log.status_of(post.database, key)
    if found is not None and found.status == "sent":
        return Outcome(key.recipient, f"already sent on {found.sent_at:%Y-%m-%d %H:%M} UTC", failed=False)
    if found is not None and found.status == "failed":
        return Outcome(key.recipient, f"failed before ({found.error}); it is tried again later", failed=True)
    if found is not None and found.claimed_at < post.now() - sent_log.STALE_CLAIM:
        words = "cut off while it was sent, perhaps delivered; not sent again, unless you say --again"
        return Outcome(key.recipient, words, failed=True)
    return Outcome(key.recipient, "being sent by another process", failed=False)
