"""The channel of email: at most once, by the log of what was sent, which also names those in doubt on the status page.

An email goes to somebody who has an account or has confirmed that they want this site's emails, and to nobody who is paused.
"""

from __future__ import annotations

from functools import partial

from dashboards.email.alert_message import alert_message
from dashboards.presentation.alerts.words import Told
from tracker.db.models import Site
from tracker.delivery import sent_log
from tracker.delivery.mailer import Mailer, MailError, MailRefused, MailUnconfirmed
from tracker.delivery.outbox.posting import Answer
from tracker.delivery.sent_log import DeliveryKey
from tracker.leads.alerts.targets import may_get_alerts
from tracker.recipients.subscriptions import pause
from tracker.service.context import Context

ALERT = "alert"


def deliver(
    context: Context,
    site: Site,
    told: Told,
    uid: str,
    email: str,
    *,
    language: str,
    mailer: Mailer,
    again: bool = False,
) -> Answer:
    """Sends a message to one email address, unless it was sent or may have been. `again`: a person asks for it."""
    database, now = context.app_db, context.now
    if not may_get_alerts(database, site.id, email):
        return Answer(
            None, "not sent: this email address has no account here, has not confirmed, or is paused", is_for_good=True
        )
    key = DeliveryKey(site.id, ALERT, uid, email)
    delivery_id = sent_log.claim(database, key, now=now(), retry_early=True, again=again)
    if delivery_id is None:
        return _known(context, key)
    try:
        mailer.check()
        message = alert_message(told, uid, language=language, sender=mailer.sender, recipient=email, now=now())
        mailer.send(message, about_to_send=partial(sent_log.mark_sending, database, delivery_id))
    except MailUnconfirmed as problem:
        sent_log.mark_unsure(database, delivery_id, error=str(problem))
        return Answer(None, f"perhaps sent, and not sent again by itself: {problem}", is_for_good=True)
    except MailRefused as problem:
        sent_log.mark_refused(database, delivery_id, error=str(problem))
        if problem.is_of_recipient:
            pause(database, email, "bounce", str(problem), now=now())
        return Answer(None, f"not sent: {problem}", is_for_good=True)
    except MailError as problem:
        sent_log.mark_failed(database, delivery_id, error=str(problem), now=now())
        return Answer(None, f"not sent: {problem}")
    sent_log.mark_sent(database, delivery_id, now=now())
    return Answer(250, "the mail server took it")


def _known(context: Context, key: DeliveryKey) -> Answer:
    found = sent_log.status_of(context.app_db, key)
    if found is not None and found.status == "sent":
        return Answer(250, "sent before")
    if found is not None and found.status in ("unsure", "sending"):
        return Answer(None, "perhaps sent, and not sent again by itself", is_for_good=True)
    return Answer(None, "being sent by another process")
