"""What companies did in a scope, as rows to be added up: kept by day, or the events themselves.

Owns where such rows come from. All aggregates over them are the same from either: a row has sums, the first and the last
moment and the ids of its events, and nothing that a rule decides. Corrections apply to both when they are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import FromClause, Row, Select, and_, func, or_, select, union_all

from tracker.stats.periods import Period
from tracker.stats.rollups.days import Days
from tracker.stats.rollups.exact_days import exact_days
from tracker.stats.rollups.kept_rows import day_of
from tracker.stats.scope import Scope
from tracker.stats.traffic import first_day
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import COMPANY_FACTS, company_visits, counted_days, events

if TYPE_CHECKING:
    import pandas as pd

_IDS = ("visitor_id", "visit_id")
_SUMS = ("pageviews", "engaged_ms")


class CompanyRows(NamedTuple):
    """The rows, and what they are asked of; `scope` is that of events that are read.

    The columns are `day` (the local one, a date), COMPANY_FACTS, `visitor_id`, `visit_id`, `first_at`, `last_at` (UTC without a
    zone), `pageviews` and `engaged_ms`. Each row has a company.
    """

    table: FromClause
    source: EventStore | Snapshot
    scope: Scope | None

    @property
    def c(self) -> Any:
        return self.table.c

    def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        return self.source.rows(self._asked(statement))

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        return self.source.frame(self._asked(statement))

    def _asked(self, statement: Select[Any]) -> Select[Any]:
        return statement if self.scope is None else self.scope.asked(statement)


@contextmanager
def company_rows(store: EventStore, scope: Scope) -> Iterator[CompanyRows]:
    """The rows of a scope: those that are kept of its days, where it has no filters, and else its events."""
    if not scope.filters and scope.period.moments is None:
        with store.snapshot() as snapshot:
            days = exact_days(snapshot, scope, store)
            if days is not None:
                yield CompanyRows(_of_days(scope, days), snapshot, None)
                return
    yield CompanyRows(_of_events(scope).subquery("did"), store, scope)


def scope_ever(store: EventStore, site: str, last_day: date, time_zone: ZoneInfo) -> Scope:
    """All days up to one, from the first that has an event or rows that are kept of it."""
    first = first_day(store, site, time_zone) or last_day
    counted = select(func.min(counted_days.c.day)).where(counted_days.c.site == site)
    kept = store.rows(counted)[0][0] or first
    return Scope(site, Period(min(first, kept, last_day), last_day + timedelta(days=1), time_zone, "ever"))


def _of_events(scope: Scope) -> Select[Any]:
    facts = [events.c[name] for name in (*COMPANY_FACTS, *_IDS)]
    moments = [events.c.occurred_at.label(name) for name in ("first_at", "last_at")]
    sums = [events.c[name] for name in _SUMS]
    rows = select(day_of(scope.period), *facts, *moments, *sums)
    return rows.where(scope.where(), events.c.company.is_not(None))


def _of_days(scope: Scope, days: Days) -> FromClause:
    kept = company_visits.c
    within = [and_(kept.day >= first, kept.day < end) for first, end in days.kept]
    names = ("day", *COMPANY_FACTS, *_IDS, "first_at", "last_at", *_SUMS)
    found = [
        select(*(kept[name] for name in names)).where(kept.site == scope.site, or_(*within), kept.company.is_not(None))
    ]
    found += [_of_events(replace(scope, period=_one_day(scope.period, day))) for day in days.open]
    return found[0].subquery("did") if len(found) == 1 else union_all(*found).subquery("did")


def _one_day(period: Period, day: date) -> Period:
    return Period(day, day + timedelta(days=1), period.time_zone, day.isoformat())
