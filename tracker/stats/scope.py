"""What a report is of: a site, a period, and the filters that narrow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, true

from tracker.stats.filters import Filter, keeps_single_events, may_begin_in_mid_visit
from tracker.stats.filters.sql import as_condition
from tracker.stats.periods import Period
from tracker.store.reading import Reading, reads
from tracker.store.schema import events


@dataclass(frozen=True)
class Reach:
    """How far outside of a period the visits go on that have events in it.

    Nearly all are shorter than the default; a page that stays open for days makes a visit of days
    (tracker/stats/long_visits.py).
    """

    before: timedelta = timedelta(hours=12)
    after: timedelta = timedelta(hours=12)


@dataclass(frozen=True)
class Scope:
    """A site's events in a period, narrowed by filters; all filters must hold."""

    site: str
    period: Period
    filters: tuple[Filter, ...] = ()
    reach: Reach = Reach()

    @property
    def keeps_single_events(self) -> bool:
        return any(keeps_single_events(one) for one in self.filters)

    @property
    def may_begin_in_mid_visit(self) -> bool:
        return any(may_begin_in_mid_visit(one) for one in self.filters)

    def where(self) -> ColumnElement[bool]:
        """The condition on event rows of the period."""
        return and_(self.span(), self.kept())

    def kept(self) -> ColumnElement[bool]:
        """What the filters alone ask of an event row."""
        return and_(true(), *(as_condition(one, self.span(), self.around()) for one in self.filters))

    def around(self) -> ColumnElement[bool]:
        """The site, and the period with all that the visits in it did before and after."""
        return self.span(before=self.reach.before, overrun=self.reach.after)

    def span(self, *, overrun: timedelta = timedelta(), before: timedelta = timedelta()) -> ColumnElement[bool]:
        """The site and the period alone; `overrun` reaches past the period's end, `before` before its start."""
        return and_(
            events.c.site == self.site,
            events.c.occurred_at >= naive(self.period.start_at - before),
            events.c.occurred_at < naive(self.period.end_at + overrun),
        )

    def asked(self, statement: Select[Any]) -> Select[Any]:
        """A statement over events of this scope, as far as its visits go on, so that its answer is kept while they stay."""
        since, until = self.period.start_at - self.reach.before, self.period.end_at + self.reach.after
        return reads(statement, Reading(self.site, naive(since), naive(until)))


def naive(moment: datetime) -> datetime:
    """An aware moment as the store has it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
