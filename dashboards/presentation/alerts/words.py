"""What a message tells, in words of a language: one line an alert, from the message's own JSON.

The JSON is tracker.leads.alerts.payload's; one of another version may lack a fact, and is told without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dashboards.presentation import dates
from dashboards.translations import message, translate, translate_plural
from tracker.leads.alerts.payload import TEST
from tracker.leads.alerts.rules_vocabulary import Trigger
from tracker.sites.domain_name import shown_domain

_LISTED = 30


@dataclass(frozen=True)
class Line:
    """One alert: a sentence, and the page that shows more."""

    text: str
    url: str


@dataclass(frozen=True)
class Told:
    """A message: its headline, the name of the rule, its lines, and how many more there are."""

    title: str
    rule: str
    site: str
    lines: tuple[Line, ...]
    more: int
    url: str
    settings_url: str


def told(payload: str, *, language: str, zone: ZoneInfo, base_url: str) -> Told:
    """Returns what a message tells."""
    body = json.loads(payload)
    data = body["data"]
    site, alerts = data["site"], data["alerts"]
    page = f"{base_url}/{quote(site)}"
    trigger = Trigger(data["rule"]["trigger"])
    lines = tuple(
        Line(_sentence(language, zone, trigger, one), _url(page, one.get("company"))) for one in alerts[:_LISTED]
    )
    if body["type"] == TEST:
        title = translate(language, "This is a test of the alert “%(name)s”.", name=data["rule"]["name"])
    elif len(alerts) == 1:
        title = lines[0].text
    else:
        title = translate_plural(language, "%(num)s alert: %(name)s", "%(num)s alerts: %(name)s", len(alerts), name=data["rule"]["name"])  # fmt: skip
    return Told(
        title, data["rule"]["name"], shown_domain(site), lines, len(alerts) - len(lines), page, f"{page}/alerts"
    )


def _url(page: str, company: Mapping[str, Any] | None) -> str:
    return f"{page}/leads/{quote(company['id'], safe='')}" if company else page


def _sentence(language: str, zone: ZoneInfo, trigger: Trigger, alert: Mapping[str, Any]) -> str:
    """The sentence of one alert."""
    at = datetime.fromisoformat(alert["happened_at"])
    values: dict[str, Any] = {name: value for name, value in alert.items() if name != "company"}
    company = alert.get("company") or {}
    values |= {"company": company.get("name", ""), "score": company.get("score", 0)}
    values["when"] = f"{dates.day(language, at.astimezone(zone).date())}, {dates.clock(at, zone)}"
    extra = _EXTRA.get(trigger)
    if extra is not None:
        values |= extra(language, zone, alert)
    sentence = translate(language, _SENTENCES[trigger], **values)
    source = alert.get("source")
    return f"{sentence} · {translate(language, 'via %(source)s', source=source)}" if source else sentence


def _spike(language: str, zone: ZoneInfo, alert: Mapping[str, Any]) -> dict[str, Any]:
    hour = datetime.fromisoformat(alert["hour"])
    return {"hour": f"{dates.day(language, hour.astimezone(zone).date())}, {dates.clock(hour, zone)}"}


def _reminder(language: str, _zone: ZoneInfo, alert: Mapping[str, Any]) -> dict[str, Any]:
    return {"day": dates.day(language, date.fromisoformat(alert["remind_on"]))}


_EXTRA: Mapping[Trigger, Callable[[str, ZoneInfo, Mapping[str, Any]], dict[str, Any]]] = {
    Trigger.SPIKE: _spike,
    Trigger.DROP: _spike,
    Trigger.REMINDER: _reminder,
}
_SENTENCES = {
    Trigger.VISIT: message("%(company)s is on the site · score %(score)s · %(when)s"),
    Trigger.FIRST_VISIT: message("First visit of %(company)s · score %(score)s · %(when)s"),
    Trigger.BACK: message("%(company)s is back after %(days_away)s days · score %(score)s · %(when)s"),
    Trigger.SEGMENT: message("%(company)s is now in the view or list · score %(score)s · %(when)s"),
    Trigger.SCORE: message("%(company)s now has a score of %(score)s · %(when)s"),
    Trigger.GOAL: message("%(company)s: %(goal)s · score %(score)s · %(when)s"),
    Trigger.OWNER: message("%(company)s was given to %(owner)s by %(by)s · %(when)s"),
    Trigger.REMINDER: message("Reminder of %(day)s: %(company)s · score %(score)s"),
    Trigger.SPIKE: message("%(pageviews)s page views from %(hour)s, usually %(expected)s"),
    Trigger.DROP: message("Only %(pageviews)s page views from %(hour)s, usually %(expected)s"),
    Trigger.SILENCE: message("Nothing was counted for %(hours)s hours"),
    Trigger.OTHER_DOMAIN: message("Pages of %(host)s are counted as this site’s"),
}
