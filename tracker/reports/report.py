"""The report of a site about a complete week or month, for the email and `webleads report`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from tracker.db.models import Site
from tracker.leads.confirmations import confirmed_names
from tracker.leads.export import DescribeEvidence, leads_as_json, plain_value
from tracker.leads.ranking import scored_day
from tracker.leads.report import leads
from tracker.leads.score_rules import rules_of
from tracker.leads.segments.asked import KnownCompanies
from tracker.reference.naming_sources import NamingSource
from tracker.reports.advice.advice import Advice, advice_of_site
from tracker.reports.brought import Brought, brought
from tracker.reports.goals_reached import GoalReached, goals_reached
from tracker.reports.news import News, news_of
from tracker.stats import traffic
from tracker.stats.breakdowns import breakdown
from tracker.stats.companies.identified import Identified, identified
from tracker.stats.comparisons import Against, compared
from tracker.stats.dimensions import Dimension
from tracker.stats.goals import goals_of
from tracker.stats.periods import Period, PeriodError, Unread, months_after, parse_month, parse_week
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

_ROWS = 10

WEEKLY, MONTHLY = "weekly", "monthly"
UNIT = MappingProxyType({WEEKLY: "week", MONTHLY: "month"})


@dataclass(frozen=True)
class Report:
    """One complete ISO week of a site, Monday to Sunday, or one complete month, in its own time zone.

    `kind` is `weekly` or `monthly`; `label` is how the week or month is written, `2026-W46` or `2026-11`.

    `totals` and `previous` are rows of traffic.totals; `days` and `days_before` are series of traffic.course by day; `pages` and
    `sources` are breakdowns; `leads` is the frame of tracker.leads.report, of the companies that are certain; `brought` is
    what brought them. `identified` says how many visits came from companies, `missing` what would name more. `advice` is that of
    the thirteen weeks up to the period's end. `goals` are those that were reached then or in the period before.
    """

    site: str
    kind: str
    label: str
    period: Period
    made_at: datetime
    totals: pd.DataFrame
    previous: pd.DataFrame
    days: pd.DataFrame
    days_before: pd.DataFrame
    leads: pd.DataFrame
    pages: pd.DataFrame
    sources: pd.DataFrame
    brought: Brought
    identified: Identified
    missing: tuple[NamingSource, ...] = ()
    view: str | None = None
    advice: Advice | None = None
    goals: tuple[GoalReached, ...] = ()

    @property
    def news(self) -> list[News]:
        """What can be said of the period, the most important first."""
        return news_of(self.leads, self.brought, self.totals, self.previous, self.pages)

    @property
    def turn(self) -> int:
        """The number of the week or month since some beginning, for what differs from one report to the next."""
        first = self.period.start
        return first.toordinal() // 7 if self.kind == WEEKLY else first.year * 12 + first.month

    @property
    def scored_on(self) -> date:
        """The day of the leads' scores: the last one of the period, or the day on which it was made where that lies before."""
        return scored_day(self.period, self.made_at)

    def as_json(self, describe: DescribeEvidence) -> dict[str, Any]:
        """Returns the report as plain JSON values."""
        days = [
            {"day": f"{row['start']:%Y-%m-%d}", "visitors": int(row["visitors"])}
            for row in self.days.to_dict("records")
        ]
        return {
            "site": self.site,
            UNIT[self.kind]: self.label,
            "start": self.period.start.isoformat(),
            "end": self.period.end.isoformat(),
            "totals": _numbers(self.totals),
            "previous": _numbers(self.previous),
            "days": days,
            "identified": {"visits": self.identified.visits, **asdict(self.identified)},
            "would_name_more": [str(one) for one in self.missing],
            "view": self.view,
            "scored_on": self.scored_on.isoformat(),
            "leads": leads_as_json(self.leads, describe),
            "pages": _rows(self.pages, "title"),
            "sources": _rows(self.sources),
            "brought": {
                "pages": _rows(self.brought.pages.head(_ROWS), "title", "companies"),
                "sources": _rows(self.brought.sources.head(_ROWS), "companies"),
            },
            "goals": [one.as_json() for one in self.goals],
            "advice": None if self.advice is None else self.advice.as_json(),
        }


def report_on(
    store: EventStore,
    site: Site,
    kind: str,
    label: str,
    *,
    now: datetime,
    known: KnownCompanies | None = None,
    view: str | None = None,
    missing: tuple[NamingSource, ...] = (),
) -> Report:
    """Returns the report of an ISO week such as `2026-W46`, or a month such as `2026-11`.

    It lists the companies of the `view` with this key, else of the view that the site chose for its email, if `known` says what
    is known of companies; without it all are listed. `missing` is what the installation lacks that would name more. Raises ValueError, with a sentence, for another text.
    """
    period = period_of(kind, label, ZoneInfo(site.time_zone))
    period_before = compared(period, Against(), now=now)
    if period_before is None:
        raise PeriodError(label, Unread.OUT_OF_RANGE)
    counted = () if known is None else known.not_counted()
    scope, before = Scope(site.stored_as, period, counted), Scope(site.stored_as, period_before, counted)
    totals, days = traffic.course(store, scope, "day")
    previous, days_before = traffic.course(store, before, "day")
    of_companies = scope if known is None else replace(scope, filters=known.of_email(period, view))
    confirmed = confirmed_names(store, site)
    companies = leads(store, of_companies, now=now, confirmed=confirmed, rules=rules_of(site))
    companies = companies if known is None else known.described(companies)
    companies = companies[companies["sure"].astype(bool)]
    return Report(
        site=site.domain,
        kind=kind,
        label=label,
        period=period,
        made_at=now,
        totals=totals,
        previous=previous,
        days=days,
        days_before=days_before,
        leads=companies,
        pages=breakdown(store, scope, Dimension.PAGE, limit=_ROWS, order_by="pageviews"),
        sources=breakdown(store, scope, Dimension.SOURCE, limit=_ROWS, order_by="visits"),
        brought=brought(store, scope, set(companies["company"]), confirmed=confirmed),
        identified=identified(store, scope),
        missing=missing,
        view=view,
        advice=advice_of_site(store, site, period.end, counted=counted),
        goals=goals_reached(store, scope, before, goals_of(site), list(companies["company"])),
    )


def period_of(kind: str, label: str, zone: ZoneInfo) -> Period:
    """Returns the days of a week or month. Raises ValueError, with a sentence, for a text that is none."""
    if kind == WEEKLY:
        monday = parse_week(label)
        return Period(monday, monday + timedelta(days=7), zone, label)
    first = parse_month(label)
    end = months_after(first, 1)
    return Period(first, end, zone, label, unit_end=end)


def _numbers(frame: pd.DataFrame) -> dict[str, float | int | None]:
    """The first row's values by column, each of its column's own type."""
    return {str(name): None if pd.isna(column.iloc[0]) else column.iloc[0].item() for name, column in frame.items()}


def _rows(frame: pd.DataFrame, *more: str) -> list[dict[str, Any]]:
    names = ("value", *more, "visitors", "visits", "pageviews")
    return [{name: plain_value(row[name]) for name in names if name in row} for row in frame.to_dict("records")]
