"""The goals of a report in words: visits with their change, revenue, and the companies that reached each."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from dashboards.email.news_words import from_outside
from dashboards.presentation import numbers
from dashboards.translations import translate, translate_plural
from tracker.reports.goals_reached import GoalReached
from tracker.reports.report import Report

_SHOWN = 4
_COMPANIES = 3
_LONGEST_COMPANY = 40


@dataclass(frozen=True)
class GoalLine:
    """A goal of the email; `tone` is that of its change, `url` lists the companies that reached it."""

    name: str
    revenue: str
    visits: str
    change: str
    tone: str
    companies: str
    url: str


def goal_lines(language: str, report: Report, url: str) -> list[GoalLine]:
    """The goals that the email shows; `url` is that of the site's leads."""
    return [_line(language, one, f"{url}?period={report.label}") for one in report.goals[:_SHOWN]]


def _line(language: str, one: GoalReached, url: str) -> GoalLine:
    change = numbers.change(one.now.visits, one.before.visits)
    way = 0.0 if change is None else round(change, 2)
    arrow = "↑\u202f" if way > 0 else "↓\u202f" if way < 0 else ""
    money = (numbers.money(language, amount, currency) for currency, amount in one.now.revenue.items())
    number = numbers.count(language, one.now.visits)
    return GoalLine(
        name=translate(language, one.goal.name) if one.goal.is_built_in else from_outside(one.goal.name),
        revenue=" + ".join(money),
        visits=translate_plural(language, "%(count)s visit", "%(count)s visits", one.now.visits, count=number),
        change="" if change is None else arrow + numbers.signed_percent(language, change),
        tone="up" if way > 0 else "down" if way < 0 else "flat",
        companies=_companies(language, one.companies),
        url=f"{url}&f=goal:is:{quote(one.goal.key, safe='')}",
    )


def _companies(language: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(from_outside(name, _LONGEST_COMPANY) for name in names[:_COMPANIES])
    further = len(names) - _COMPANIES
    if further <= 0:
        return listed
    return f"{listed} {translate_plural(language, 'and %(num)s more', 'and %(num)s more', further)}"
