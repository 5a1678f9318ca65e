"""Alerts in words: what a rule tells, of whom, how often, and what became of a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from dashboards.presentation import dates
from dashboards.translations import message, translate
from tracker.db.alert_models import AlertRule
from tracker.db.models import Site
from tracker.leads.alerts.rules_vocabulary import AMOUNTS, CRMS, OF_SITE, Channel, Pace, Trigger
from tracker.leads.workflow.views import View
from tracker.stats.goals import goals_of

TRIGGERS = {
    Trigger.VISIT: message("A company visits"),
    Trigger.FIRST_VISIT: message("A company visits for the first time"),
    Trigger.BACK: message("A company is back after days"),
    Trigger.SEGMENT: message("A company enters the view or list"),
    Trigger.SCORE: message("A company reaches a score"),
    Trigger.GOAL: message("A company reaches a goal"),
    Trigger.OWNER: message("A lead is given to somebody"),
    Trigger.REMINDER: message("A reminder is due"),
    Trigger.SPIKE: message("Far more page views than usual"),
    Trigger.DROP: message("Far fewer page views than usual"),
    Trigger.SILENCE: message("Nothing is counted for hours"),
    Trigger.OTHER_DOMAIN: message("Pages of another domain are counted"),
}
_WITH_AMOUNT = {
    Trigger.BACK: message("A company is back after %(number)s days"),
    Trigger.SCORE: message("A company reaches a score of %(number)s"),
    Trigger.SPIKE: message("%(number)s%% more page views than usual"),
    Trigger.DROP: message("%(number)s%% fewer page views than usual"),
    Trigger.SILENCE: message("Nothing is counted for %(number)s hours"),
}
CHANNELS = {
    Channel.EMAIL: message("Email"),
    Channel.WEBHOOK: message("Webhook"),
    Channel.SLACK: message("Slack"),
    Channel.TEAMS: message("Microsoft Teams"),
    Channel.HUBSPOT: message("HubSpot"),
    Channel.PIPEDRIVE: message("Pipedrive"),
}
PACES = {
    Pace.AT_ONCE: message("At once"),
    Pace.DAILY: message("Together, each day at 08:00"),
    Pace.WEEKLY: message("Together, on Mondays at 08:00"),
}
# What the number of a rule is.
AMOUNT_LABELS = {
    Trigger.BACK: message("Days without a visit"),
    Trigger.SCORE: message("Score, out of 100"),
    Trigger.SPIKE: message("How many more page views, in per cent"),
    Trigger.DROP: message("How many fewer page views, in per cent"),
    Trigger.SILENCE: message("Hours without an event"),
}
# What the URL of a channel is, and where it is found.
URLS = {
    Channel.WEBHOOK: (
        message("URL of your webhook"),
        message("It receives each message as signed JSON (Standard Webhooks)."),
    ),
    Channel.SLACK: (
        message("URL of Slack’s incoming webhook"),
        message("Slack shows it when you add “Incoming Webhooks” to a channel."),
    ),
    Channel.TEAMS: (
        message("URL of a Teams workflow"),
        message("The app Workflows shows it when you make a workflow that begins with a webhook request."),
    ),
    Channel.HUBSPOT: (message("URL of HubSpot’s API"), message("Empty for HubSpot’s own.")),
    Channel.PIPEDRIVE: (message("URL of your account"), message("The one at pipedrive.com that you use Pipedrive at.")),
}
_COMPARED = (Trigger.SPIKE, Trigger.DROP)
_Code = TypeVar("_Code", bound=str)
STATUSES = {
    "waiting": message("Waiting"),
    "sending": message("Being sent"),
    "delivered": message("Delivered"),
    "failed": message("Given up"),
}


def needs() -> dict[str, str]:
    """The parts of the form that a trigger or a channel needs beside those of all; the others are not shown with it.

    A trigger with an amount and a channel have labels and hints of their own, by their code.
    """
    found: dict[str, list[str]] = {one: [] if one in OF_SITE else ["companies"] for one in Trigger}
    for trigger in AMOUNTS:
        found[trigger] += ["amount", trigger]
    for trigger in _COMPARED:
        found[trigger].append("compared")
    found[Trigger.GOAL].append("goal")
    found[Channel.EMAIL] = ["email"]
    for channel in URLS:
        found[channel] = ["url", channel, *(["crm"] if channel in CRMS else [])]
    return {one: " ".join(fields) for one, fields in found.items()}


def choices(language: str, names: Mapping[_Code, str]) -> list[tuple[str, str]]:
    """Codes with their names, for a select."""
    return [(code, translate(language, name)) for code, name in names.items()]


def rule_in_words(language: str, site: Site, rule: AlertRule, views: list[View]) -> str:
    """What a rule tells, of which companies and how often."""
    trigger = Trigger(rule.trigger)
    if trigger in AMOUNTS:
        parts = [translate(language, _WITH_AMOUNT[trigger], number=rule.amount)]
    else:
        parts = [translate(language, TRIGGERS[trigger])]
    if trigger is Trigger.GOAL:
        parts.append(_goal(language, site, rule.goal))
    if trigger not in OF_SITE:
        parts.append(_watched(language, rule, views))
    parts.append(translate(language, PACES[Pace(rule.pace)]))
    if rule.quiet_from is not None:
        first, last = dates.hour(language, rule.quiet_from), dates.hour(language, rule.quiet_until or 0)
        parts.append(translate(language, "quiet from %(first)s to %(last)s", first=first, last=last))
    return " · ".join(parts)


def _goal(language: str, site: Site, key: str | None) -> str:
    if key is None:
        return translate(language, "any goal")
    name = next((one.name for one in goals_of(site) if one.key == key), None)
    return translate(language, "a goal that was removed") if name is None else translate(language, name)


def _watched(language: str, rule: AlertRule, views: list[View]) -> str:
    if rule.view_key is not None:
        view = next((one for one in views if one.key == rule.view_key), None)
        if view is None:
            return translate(language, "a view that was removed")
        return view.name if view.number else translate(language, view.name)
    return rule.list_name or translate(language, "all companies")
