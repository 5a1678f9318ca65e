"""Asks each new recipient without an account, once, whether they want the reports (double opt-in)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from dashboards.email.account_messages import confirmation_message
from dashboards.email.audience import confirmation_url
from tracker.db.models import ReportRecipient, Site
from tracker.delivery import sent_log
from tracker.delivery.mailer import Mailer, MailError, MailRefused, MailServerAway, MailUnconfirmed
from tracker.delivery.sent_log import DeliveryKey
from tracker.recipients.subscriptions import State, pause, state_of
from tracker.service.context import Context

log = logging.getLogger(__name__)

CONFIRMATION = "confirmation"


def ask_to_confirm(context: Context, sites: Sequence[Site], mailer: Mailer) -> bool:
    """Sends the requests that were not sent yet. Returns whether the mail server was there."""
    for site in sites:
        for one in site.recipients:
            if state_of(one) == State.UNCONFIRMED and not _ask(context, mailer, site, one):
                return False
    return True


def ask_again(context: Context, site: Site, email: str, mailer: Mailer) -> str | None:
    """Sends a request of which nobody can tell whether it arrived once more. Returns why it was not sent, or None."""
    one = next((one for one in site.recipients if one.email == email), None)
    if one is None or state_of(one) != State.UNCONFIRMED:
        return "it is not needed any more"
    _ask(context, mailer, site, one, again=True)
    found = sent_log.status_of(context.app_db, _key(site, one))
    return None if found is not None and found.status == "sent" else (found.error if found else None) or "not sent"


def _key(site: Site, recipient: ReportRecipient) -> DeliveryKey:
    # An entry that was removed and made again is asked again.
    made_at = f"{recipient.created_at:%Y-%m-%dT%H:%M:%S.%f}"
    return DeliveryKey(site.id, CONFIRMATION, made_at, recipient.email)


def _ask(context: Context, mailer: Mailer, site: Site, recipient: ReportRecipient, *, again: bool = False) -> bool:
    delivery_id = sent_log.claim(context.app_db, _key(site, recipient), now=context.now(), again=again)
    if delivery_id is None:
        return True
    message = confirmation_message(
        recipient.language or site.language,
        sender=mailer.sender,
        recipient=recipient.email,
        site_name=site.name,
        url=confirmation_url(recipient, base_url=context.settings.public_url, folder=context.settings.data),
        now=context.now(),
    )
    try:
        mailer.send(message, about_to_send=partial(sent_log.mark_sending, context.app_db, delivery_id))
    except MailUnconfirmed as problem:
        sent_log.mark_unsure(context.app_db, delivery_id, error=str(problem))
        log.warning("the request to %s to confirm may have been sent: %s", recipient.email, problem)
    except MailRefused as problem:
        sent_log.mark_refused(context.app_db, delivery_id, error=str(problem))
        if problem.is_of_recipient:
            pause(context.app_db, recipient.email, "bounce", str(problem), now=context.now())
        log.warning("%s was not asked to confirm: %s", recipient.email, problem)
    except MailError as problem:
        sent_log.mark_failed(context.app_db, delivery_id, error=str(problem), now=context.now())
        log.warning("%s was not asked to confirm: %s", recipient.email, problem)
        return not isinstance(problem, MailServerAway)
    else:
        sent_log.mark_sent(context.app_db, delivery_id, now=context.now())
    return True
