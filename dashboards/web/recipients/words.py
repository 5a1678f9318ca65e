"""What a recipient chose, in words: rhythm, day, hour, state."""

from __future__ import annotations

from babel.dates import get_day_names

from dashboards.presentation import dates
from dashboards.translations import message, translate
from tracker.db.models import ReportRecipient
from tracker.recipients.choices import HOURS, MONTHLY, NONE, RHYTHMS, WEEKDAYS, WEEKLY
from tracker.recipients.subscriptions import State, state_of
from tracker.stats.periods import parse_month

_RHYTHMS = {WEEKLY: message("Every week"), MONTHLY: message("Every month"), NONE: message("Never")}
_PAUSES = {
    "bounce": message("Paused: the mail server refused this email address."),
    "complaint": message("Paused: reported as unwanted email."),
}
_STATES = {
    State.UNCONFIRMED: message("Not confirmed yet: nothing is sent before the link in the confirmation email is used."),
    State.UNSUBSCRIBED: message("Unsubscribed."),
}


def rhythm_names(language: str) -> list[tuple[str, str]]:
    return [(code, translate(language, _RHYTHMS[code])) for code in RHYTHMS]


def weekday_names(language: str) -> list[tuple[int, str]]:
    names = get_day_names("wide", locale=language)
    return [(number, names[number].capitalize()) for number in WEEKDAYS]


def hour_names(language: str) -> list[tuple[int, str]]:
    return [(number, dates.hour(language, number)) for number in HOURS]


def schedule_in_words(language: str, recipient: ReportRecipient) -> str:
    """When a recipient's reports are sent, as a sentence; the hour is the site's."""
    hour = dates.hour(language, recipient.hour)
    if recipient.rhythm == WEEKLY:
        day = get_day_names("wide", locale=language)[recipient.weekday]
        return translate(language, "Every %(day)s at %(hour)s, about the week before.", day=day, hour=hour)
    if recipient.rhythm == MONTHLY:
        return translate(language, "On the 1st of each month at %(hour)s, about the month before.", hour=hour)
    return translate(language, "No report is sent.")


def state_in_words(language: str, recipient: ReportRecipient) -> str:
    """What keeps the reports from a recipient, as a sentence; else when they are sent."""
    state = state_of(recipient)
    if state == State.PAUSED:
        return translate(language, _PAUSES.get(recipient.pause_reason or "", _PAUSES["bounce"]))
    return translate(language, _STATES[state]) if state in _STATES else schedule_in_words(language, recipient)


def report_in_words(language: str, kind: str, label: str) -> str:
    """Which email it is: the report of a week or month, or the request to confirm."""
    if kind == "alert":
        return translate(language, "alert")
    if kind == WEEKLY:
        return translate(language, "report of week %(number)s, %(year)s", number=int(label[-2:]), year=label[:4])
    if kind == MONTHLY:
        return translate(language, "report of %(month)s", month=dates.month(language, parse_month(label)))
    return translate(language, "request to confirm")
