"""What a recipient chooses: language, rhythm, day and hour, and the view whose companies the report lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.models import ReportRecipient

WEEKLY, MONTHLY, NONE = "weekly", "monthly", "none"
RHYTHMS = (WEEKLY, MONTHLY, NONE)
HOURS = range(24)
WEEKDAYS = range(7)


@dataclass(frozen=True)
class Choices:
    """A language or view of None is the site's. `weekday` is of weekly reports, Monday 0; `hour` is in the site's zone."""

    language: str | None
    rhythm: str
    weekday: int
    hour: int
    view_key: str | None


def read_choices(
    form: dict[str, str], *, languages: tuple[str, ...], views: set[str], now: ReportRecipient | None = None
) -> Choices:
    """Reads a form's fields `language`, `rhythm`, `weekday`, `hour` and `view`. Raises Invalid.

    An empty language or view is the site's. What the form does not have stays as it is `now`.
    """
    usual = choices_of(now) if now is not None else Choices(None, WEEKLY, 0, 8, None)
    language, view = form.get("language", usual.language or ""), form.get("view", usual.view_key or "")
    rhythm = form.get("rhythm", usual.rhythm)
    if language not in ("", *languages):
        raise Invalid("“%(text)s” is not a language of the reports.", text=language[:20])
    if rhythm not in RHYTHMS:
        raise Invalid("“%(text)s” is not a rhythm; choose weekly, monthly or none.", text=rhythm[:20])
    if view and view not in views:
        raise Invalid("There is no saved view “%(text)s” any more; choose another one.", text=view[:60])
    weekday = _number(form.get("weekday", str(usual.weekday)), WEEKDAYS)
    if weekday is None:
        raise Invalid("“%(text)s” is not a day of the week, from 0 for Monday to 6.", text=form["weekday"][:20])
    hour = _number(form.get("hour", str(usual.hour)), HOURS)
    if hour is None:
        raise Invalid("“%(text)s” is not an hour, from 0 to 23.", text=form["hour"][:20])
    return Choices(language or None, rhythm, weekday, hour, view or None)


def _number(text: str, allowed: range) -> int | None:
    is_one = text.isascii() and text.isdigit() and len(text) <= 2 and int(text) in allowed
    return int(text) if is_one else None


def choices_of(recipient: ReportRecipient) -> Choices:
    return Choices(recipient.language, recipient.rhythm, recipient.weekday, recipient.hour, recipient.view_key)


def choose(database: AppDatabase, number: int, choices: Choices, *, now: datetime) -> ReportRecipient | None:
    """Sets what a recipient chose. Returns the recipient; None when it was removed meanwhile.

    A new rhythm begins with the next report that is due: what was due before is not sent for it.
    """
    with database.transaction() as session:
        found = session.get(ReportRecipient, number)
        if found is None:
            return None
        if choices.rhythm != found.rhythm:
            found.chosen_at = now
        found.language, found.rhythm, found.view_key = choices.language, choices.rhythm, choices.view_key
        found.weekday, found.hour = choices.weekday, choices.hour
        return found
