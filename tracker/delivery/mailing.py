"""What the dashboard asks of the part that sends: emails in doubt, one of them once more, and a copy to try it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from dashboards.email.letter import Letter
from dashboards.web.recipients.mailing import DnsRecord, InDoubt, Mailing, Sent
from tracker.delivery import sent_log
from tracker.delivery.confirmations import CONFIRMATION, ask_again
from tracker.delivery.dkim_key import DkimError, make_key, read_key
from tracker.delivery.mail_settings import mailer_of
from tracker.delivery.mailer import Mailer, MailError, MailUnconfirmed
from tracker.delivery.outbox.channels import send_alert_again
from tracker.delivery.outbox.email import ALERT
from tracker.delivery.sending import Asked, send_report
from tracker.service.context import Context
from tracker.sites.sites import list_sites

log = logging.getLogger(__name__)

# Someone looks at an empty page meanwhile.
_SECONDS = 15.0


def mailing(context: Context) -> Mailing:
    """Returns what the pages call."""
    return Mailing(
        in_doubt=lambda: _in_doubt(context),
        send_again=lambda one: _send_again(context, one),
        send_copy=lambda letter, email: _send_copy(context, letter, email),
        dkim_record=lambda: _dkim_record(context),
        make_dkim_key=lambda: _make_dkim_key(context),
    )


def _in_doubt(context: Context) -> Sequence[InDoubt]:
    sites = {site.id: site for site in list_sites(context.app_db)}
    return [
        InDoubt(one.id, sites[one.site_id], one.recipient, one.report, one.period, one.claimed_at)
        for one in sent_log.list_unsure(context.app_db, now=context.now())
        if one.site_id in sites
    ]


def _send_again(context: Context, one: InDoubt) -> Sent:
    mailer = _mailer(context)
    try:
        if one.kind == ALERT:
            return Sent(send_alert_again(context, one.label))
        if one.kind == CONFIRMATION:
            return Sent(ask_again(context, one.site, one.recipient, mailer))
        asked = Asked(again=True)
        outcomes = send_report(context, one.site, one.kind, one.label, [one.recipient], mailer=mailer, asked=asked)
    except MailError as problem:
        return Sent(str(problem))
    (outcome,) = outcomes
    return Sent(outcome.outcome if outcome.outcome != "sent" else None)


def _send_copy(context: Context, letter: Letter, email: str) -> Sent:
    mailer = _mailer(context)
    try:
        mailer.check()
        mailer.send(letter.to(email, None, sender=mailer.sender, now=context.now()))
    except (MailError, MailUnconfirmed) as problem:
        return Sent(str(problem))
    return Sent(None)


def _dkim_record(context: Context) -> DnsRecord | None:
    settings = context.settings
    try:
        key = read_key(settings.data, settings.mail_from) if settings.mail_from else None
        return None if key is None else DnsRecord(key.record_name, key.record)
    except DkimError:
        log.exception("the key that signs emails cannot be used")
        return None


def _make_dkim_key(context: Context) -> str | None:
    if not context.settings.mail_from:
        return "WEBLEADS_MAIL_FROM is not set"
    try:
        make_key(context.settings.data, context.settings.mail_from)
    except DkimError as problem:
        return str(problem)
    return None


def _mailer(context: Context) -> Mailer:
    return mailer_of(context.settings, seconds=_SECONDS)
