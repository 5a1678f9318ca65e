"""Delivers one message over its rule's channel; each channel is a module of its own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dashboards.presentation.alerts.words import told
from tracker.db.models import Site
from tracker.delivery.mail_settings import mailer_of
from tracker.delivery.outbox import email, slack, teams, webhook
from tracker.delivery.outbox.crm.push import push
from tracker.delivery.outbox.messages import Due, find, settle
from tracker.delivery.outbox.posting import Answer, send
from tracker.leads.alerts.rules_vocabulary import CRMS, Channel
from tracker.service.context import Context

_IN_WORDS = {Channel.SLACK: slack.request_of, Channel.TEAMS: teams.request_of}


def deliver(context: Context, due: Due, *, again: bool = False) -> Answer:
    """Makes one attempt; what goes wrong is told, not raised. `again`: a person asks for an email that is in doubt."""
    settings, message, rule = context.settings, due.message, due.rule
    if rule.channel == Channel.WEBHOOK:
        body, headers = webhook.request_of(due, now=context.now())
        return send(rule.target, body, headers, allowed=settings.private_targets)
    if rule.channel in CRMS:
        return push(context.app_db, due, base_url=settings.public_url, allowed=settings.private_targets)
    with context.app_db.transaction() as session:
        site = session.get_one(Site, rule.site_id)
    language = site.language
    words = told(message.payload, language=language, zone=ZoneInfo(site.time_zone), base_url=settings.public_url)
    if rule.channel == Channel.EMAIL:
        mailer = mailer_of(settings)
        return email.deliver(
            context, site, words, message.uid, rule.target, language=language, mailer=mailer, again=again
        )
    body, headers = _IN_WORDS[Channel(rule.channel)](words, language)
    return send(rule.target, body, headers, allowed=settings.private_targets)


def send_alert_again(context: Context, uid: str) -> str | None:
    """Sends an email that is in doubt once more, because a person says so. Returns why it was not sent, or None."""
    due = find(context.app_db, uid)
    if due is None:
        return "its alert was removed"
    answer = deliver(context, due, again=True)
    settle(context.app_db, due.message, answer, now=context.now(), took_ms=0)
    return None if answer.is_good else answer.text
