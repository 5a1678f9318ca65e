"""Alerts in words: what a rule tells, whom and how often, and what became of a message."""

from __future__ import annotations

from dashboards.translations import message, translate
from tracker.db.alert_models import AlertRule
from tracker.leads.alerts.rules import Channel, Trigger

TRIGGERS = {
    Trigger.VISIT: message("A company visits"),
    Trigger.SEGMENT: message("A company enters the view or list"),
}
CHANNELS = {Channel.WEBHOOK: message("Webhook")}
STATUSES = {
    "waiting": message("Waiting"),
    "sending": message("Being sent"),
    "delivered": message("Delivered"),
    "failed": message("Given up"),
}


def trigger_names(language: str) -> list[tuple[str, str]]:
    return [(code, translate(language, name)) for code, name in TRIGGERS.items()]


def channel_names(language: str) -> list[tuple[str, str]]:
    return [(code, translate(language, name)) for code, name in CHANNELS.items()]


def rule_in_words(language: str, rule: AlertRule) -> str:
    """What a rule tells, as a phrase."""
    return translate(language, TRIGGERS[Trigger(rule.trigger)])
