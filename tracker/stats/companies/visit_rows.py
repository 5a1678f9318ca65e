"""What companies did in a scope, as rows to be added up: kept by day, or made of the events themselves.

Owns where such rows come from. All aggregates over them are the same from either: a row has sums, the first and the last
moment and the ids of its events, and nothing that a rule decides. Corrections apply to both when they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Row, Select, Table, and_, or_, select, union_all
from sqlalchemy.sql import visitors

from tracker.stats.periods import Period
from tracker.stats.rollups.days import Days
from tracker.stats.rollups.exact_days import FIRST_WITH_ROWS, FIRST_WITH_VISIT_FACTS, exact_days
from tracker.stats.rollups.kept_rows import day_of, of_actions
from tracker.stats.rollups.made_days import Made, made_days
from tracker.stats.rollups.moment import Moment, noted
from tracker.stats.scope import Scope
from tracker.stats.traffic import first_day, last_event_at
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import (
    COMPANY_FACTS,
    COMPANY_NAMES,
    VISIT_FACTS,
    actions,
    company_pages,
    company_visits,
    events,
)

if TYPE_CHECKING:
    import pandas as pd

_IDS = ("visitor_id", "visit_id")
_SUMS = ("pageviews", "engaged_ms")
# Of a site that never had an event.
_NO_DAY = date(1970, 1, 1)


class Rows(NamedTuple):
    """The rows as a table to select from, and what they are asked of; `scope` is that of events that are read."""

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


def company_rows(store: EventStore, scope: Scope, *, with_visit_facts: bool = False) -> AbstractContextManager[Rows]:
    """What visits did as companies.

    The columns are those of `tracker.store.schema.company_visits`, without the site: the local `day`, the company's facts, the
    ids, `first_at` and `last_at` (UTC without a zone), `pageviews` and `engaged_ms`; the visit's further facts
    (VISIT_FACTS) only where they are asked for, since days by earlier rules do not know them. Each row has a company.
    """
    if with_visit_facts:
        return _rows(store, scope, company_visits, _of_events_with_visit_facts, since=FIRST_WITH_VISIT_FACTS)
    return _rows(store, scope, company_visits, _of_events)


def kept_company_rows(snapshot: Snapshot, scope: Scope) -> FromClause | None:
    """The same rows as they are in a snapshot, beside whose events they are read; None where days of the scope have none."""
    where = None if scope.period.moments else _kept_where(scope, company_visits)
    if where is None:
        return None
    since = FIRST_WITH_VISIT_FACTS if _asks_visit_facts(where) else FIRST_WITH_ROWS
    days = exact_days(snapshot, scope, snapshot, since=since)
    return None if days is None else _of_days(scope, days, company_visits, where, _of_events)


def page_rows(store: EventStore, scope: Scope) -> AbstractContextManager[Rows]:
    """The pages that companies viewed: the local `day`, the company's names, `path`, `title` and `views`."""
    return _rows(store, scope, company_pages, _pages_of_events)


def action_rows(store: EventStore, scope: Scope) -> AbstractContextManager[Rows]:
    """The events that are no views and no times of reading (`tracker.store.schema.ACTION_COLUMNS`), with their local `day`."""
    return _rows(store, scope, actions, of_actions)


@contextmanager
def _rows(
    store: EventStore,
    scope: Scope,
    kept: Table,
    read: Callable[[Scope], Select[Any]],
    *,
    since: int = FIRST_WITH_ROWS,
) -> Iterator[Rows]:
    """The rows of a scope: those that are kept of its days, and else those that `read` makes of its events.

    Kept rows know filters by what they have as it was stored, and those alone.
    """
    where = None if scope.period.moments else _kept_where(scope, kept)
    if where is not None:
        with store.snapshot() as snapshot:
            since = max(since, FIRST_WITH_VISIT_FACTS if _asks_visit_facts(where) else since)
            days = exact_days(snapshot, scope, store, since=since)
            if days is not None:
                made = ("rows of", kept.name, scope, days, read)
                yield Rows(noted(store, made, lambda: _of_days(scope, days, kept, where, read)), snapshot, None)
                return
    found = read(scope).subquery("did")
    if isinstance(store, Moment):
        with store.snapshot() as snapshot:
            yield Rows(found, snapshot, None)
    else:
        yield Rows(found, store, scope)


def _kept_where(scope: Scope, kept: Table) -> ColumnElement[bool] | None:
    """The condition on kept rows that the filters are on events; None where they ask what these rows do not know."""
    found = read_from(scope.kept(), kept)
    asks_more = any(one is events or getattr(one, "table", None) is events for one in visitors.iterate(found))
    return None if asks_more else found


def _asks_visit_facts(where: ColumnElement[bool]) -> bool:
    """Whether a condition on kept rows asks what days by earlier rules do not know."""
    columns = (one for one in visitors.iterate(where) if getattr(one, "table", None) is company_visits)
    return any(getattr(one, "name", None) in VISIT_FACTS for one in columns)


def read_from(clause: ColumnElement[Any] | Select[Any], table: FromClause) -> Any:
    """The clause over columns of the table, as far as it has those of events by their names."""

    def replace(element: Any, **_: Any) -> Any:
        is_known = getattr(element, "table", None) is events and element.name in table.c
        return table.c[element.name] if is_known else None

    return visitors.replacement_traverse(clause, {}, replace)


def scope_ever(store: EventStore, site: str, last_day: date, time_zone: ZoneInfo) -> Scope:
    """All days up to one, from the first that has an event or rows that are kept of it."""
    return noted(store, ("ever", site, last_day, time_zone.key), lambda: _scope_ever(store, site, last_day, time_zone))


def _scope_ever(store: EventStore, site: str, last_day: date, time_zone: ZoneInfo) -> Scope:
    first = first_day(store, site, time_zone) or last_day
    kept = min(_counted(store, site), default=first)
    return Scope(site, Period(min(first, kept, last_day), last_day + timedelta(days=1), time_zone, "ever"))


def scope_of_all(store: EventStore, site: str) -> Scope:
    """All days of a site, in the time zone that its days were counted in last."""
    return noted(store, ("all", site), lambda: _scope_of_all(store, site))


def _scope_of_all(store: EventStore, site: str) -> Scope:
    counted = _counted(store, site)
    zone = ZoneInfo(counted[max(counted)].time_zone if counted else "UTC")
    last = last_event_at(store, site)
    last_day = max(counted, default=_NO_DAY) if last is None else last.astimezone(zone).date()
    return scope_ever(store, site, last_day, zone)


def _counted(store: EventStore, site: str) -> Mapping[date, Made]:
    with store.snapshot() as snapshot:
        return made_days(snapshot, site).counted


def _of_events(scope: Scope) -> Select[Any]:
    return _with_facts(scope, ())


def _of_events_with_visit_facts(scope: Scope) -> Select[Any]:
    return _with_facts(scope, VISIT_FACTS)


def _with_facts(scope: Scope, more: Sequence[str]) -> Select[Any]:
    facts = [events.c[name] for name in (*COMPANY_FACTS, "region", *_IDS, *more)]
    moments = [events.c.occurred_at.label(name) for name in ("first_at", "last_at")]
    sums = [events.c[name] for name in _SUMS]
    rows = select(day_of(scope.period), *facts, *moments, *sums)
    return rows.where(scope.where(), events.c.company.is_not(None))


def _pages_of_events(scope: Scope) -> Select[Any]:
    """Each view by itself: added up by day, rows of single companies could be told only once those of all had been."""
    names = [events.c[name] for name in (*COMPANY_NAMES, "path", "title")]
    rows = select(day_of(scope.period), *names, events.c.pageviews.label("views"))
    return rows.where(scope.where(), events.c.company.is_not(None), events.c.pageviews > 0)


def _of_days(
    scope: Scope, days: Days, kept: Table, where: ColumnElement[bool], read: Callable[[Scope], Select[Any]]
) -> FromClause:
    open_days = [read(replace(scope, period=_one_day(scope.period, day))) for day in days.open]
    names = read(scope).selected_columns.keys()
    within = [and_(kept.c.day >= first, kept.c.day < end) for first, end in days.kept]
    has_company = [kept.c.company.is_not(None)] if "company" in kept.c else []
    of_days = select(*(kept.c[name] for name in names)).where(
        kept.c.site == scope.site, or_(*within), where, *has_company
    )
    return union_all(of_days, *open_days).subquery("did") if open_days else of_days.subquery("did")


def _one_day(period: Period, day: date) -> Period:
    return Period(day, day + timedelta(days=1), period.time_zone, day.isoformat())
