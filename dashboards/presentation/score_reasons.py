"""The reasons of a score, and where a lead stands, in words as a salesperson would say them: for pages, emails and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from dashboards.presentation.dates import day, duration
from dashboards.translations import message, translate, translate_plural

_GOALS_SAID = 3
# The goals that every site has; the publisher's have names of their own.
_ON_A_DAY = {
    "forms": message("sent a form on %(day)s"),
    "downloads": message("downloaded a file on %(day)s"),
}


_STANDINGS = {
    "new": message("New company"),
    "back": message("Back"),
    "rising": message("Rising"),
    "cooling": message("Cooling"),
}


def score_reason(language: str, code: str, values: Mapping[str, Any]) -> str:
    """A reason of a score as a phrase; the code itself when a later version knows more reasons than this one."""
    wording = SCORE_REASONS.get(code)
    return wording(language, values) if wording else code.replace("_", " ")


def standing_name(language: str, standing: str | None) -> str:
    """Where a lead stands, in a word or two."""
    return translate(language, _STANDINGS[standing]) if standing in _STANDINGS else ""


def standing_in_words(language: str, standing: str | None, values: Mapping[str, Any]) -> str:
    """Where a lead stands, with the figures that say so; empty for no particular standing."""
    if standing == "back":
        return translate_plural(language, "Back after %(num)s week", "Back after %(num)s weeks", int(values["weeks"]))
    if standing not in ("rising", "cooling"):
        return standing_name(language, standing)
    visits = int(values["visits"])
    rest = {
        "weeks": int(values["days"]) // 7,
        "before": int(values["visits_before"]),
        "weeks_before": int(values["days_before"]) // 7,
    }
    if standing == "rising":
        return translate_plural(
            language,
            "Rising: %(num)s visit in %(weeks)s weeks, %(before)s in the %(weeks_before)s weeks before",
            "Rising: %(num)s visits in %(weeks)s weeks, %(before)s in the %(weeks_before)s weeks before",
            visits,
            **rest,
        )
    return translate_plural(
        language,
        "Cooling: %(num)s visit in %(weeks)s weeks, %(before)s in the %(weeks_before)s weeks before",
        "Cooling: %(num)s visits in %(weeks)s weeks, %(before)s in the %(weeks_before)s weeks before",
        visits,
        **rest,
    )


def _goals(language: str, values: Mapping[str, Any]) -> str:
    reached: Sequence[Mapping[str, Any]] = values.get("goals") or []
    if not reached:
        return translate(language, "reached a goal")
    return ", ".join(_goal(language, one) for one in reached[:_GOALS_SAID])


def _goal(language: str, one: Mapping[str, Any]) -> str:
    name, times = str(one["name"]), int(one.get("times") or 1)
    phrase = _ON_A_DAY.get(str(one.get("key")), message("“%(goal)s” on %(day)s"))
    said = translate(language, phrase, goal=name, day=_day(language, one["day"]))
    if times < 2:
        return said
    return said + translate_plural(language, " (%(num)s time)", " (%(num)s times)", times)


def _buying_pages(language: str, values: Mapping[str, Any]) -> str:
    pages = [str(one) for one in values.get("pages") or []]
    if not pages:
        return translate(language, "key pages (pricing, contact, demo…)")
    said = translate(language, "key pages: %(pages)s", pages=", ".join(pages))
    views = int(values.get("views") or 0)
    if views <= len(pages):
        return said
    return said + translate_plural(language, " (%(num)s view)", " (%(num)s views)", views)


def _several_visitors(language: str, values: Mapping[str, Any]) -> str:
    return translate_plural(
        language,
        "%(num)s person on %(day)s",
        "%(num)s people on %(day)s",
        int(values["visitors"]),
        day=_day(language, values["day"]),
    )


def _return_visits(language: str, values: Mapping[str, Any]) -> str:
    days, visits = int(values["days"]), int(values["visits"])
    return translate_plural(
        language, "%(visits)s visits on %(num)s day", "%(visits)s visits on %(num)s days", days, visits=visits
    )


def _engaged_time(language: str, values: Mapping[str, Any]) -> str:
    return translate(language, "%(time)s of reading", time=duration(language, float(values["engaged_seconds"])))


def _pages_read(language: str, values: Mapping[str, Any]) -> str:
    return translate_plural(language, "%(num)s page view", "%(num)s page views", int(values["pages"]))


def _recency(language: str, values: Mapping[str, Any]) -> str:
    return translate(language, "last visit: %(day)s", day=_day(language, values["last_day"], weekday=False))


def _day(language: str, written: str, *, weekday: bool = True) -> str:
    return day(language, date.fromisoformat(written), weekday=weekday)


SCORE_REASONS: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
    "goals": _goals,
    "buying_pages": _buying_pages,
    "several_visitors": _several_visitors,
    "return_visits": _return_visits,
    "engaged_time": _engaged_time,
    "pages_read": _pages_read,
    "recency": _recency,
}
