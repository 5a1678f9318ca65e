"""Where companies stand: new, back after some weeks, rising or cooling against the weeks before, and since when they are known.

Owns what these words mean. All are of a period and of the day of its scores (tracker.leads.ranking.scored_day), and without
filters, so that a company stands alike in list, page, email and file.

- *new*: first seen in the period, of all time.
- *back*: seen again in the period after four weeks or more without a visit.
- A period that goes back to the first day of the site has no time before it: all its companies would be new. Of such a
  one, both words are of its last 30 days, those that the score looks at.
- *rising*: at least three visits in the two weeks up to the day, and twice as many as in the four weeks before by two weeks.
- *cooling*: at most half as many as in the four weeks before by two weeks, which had at least three.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, and_, cast, func, select

from tracker.leads.activity import ScoredDay
from tracker.leads.certainty import is_listed, is_sure
from tracker.leads.scoring import SCORED_DAYS
from tracker.stats.companies.visit_rows import company_rows, scope_ever
from tracker.stats.periods import Period
from tracker.stats.rollups.moment import once_of_present
from tracker.store import functions
from tracker.store.protocol import EventStore

BACK_AFTER = timedelta(days=28)
RECENT_DAYS = 14
DAYS_BEFORE = 28
_FEWEST_VISITS = 3
# For more companies than these, all are read in one pass instead of comparing each.
_MOST_LISTED = 500


class Standing(StrEnum):
    """What is said of a company; of several that are true the first one."""

    NEW = "new"
    BACK = "back"
    RISING = "rising"
    COOLING = "cooling"


class Stand(NamedTuple):
    """Since when a company is known (aware, UTC), when it was last seen up to the day, and where it stands.

    `figures` are those of a sentence about the `standing`: of `back` the `weeks` without a visit, of `rising` and `cooling`
    `visits` in the last `days` and `visits_before` in the `days_before` before these.
    """

    first_seen: datetime
    last_seen: datetime
    standing: Standing | None
    figures: Mapping[str, int]


def stands(
    store: EventStore, of: ScoredDay, period: Period, *, companies: Collection[str] | None = None
) -> dict[str, Stand]:
    """Returns where the companies stand that were seen in the period, by name; of some `companies` or of all.

    If a company has certain events, only those count.
    """
    if companies is not None:
        return _stands(store, of, period, companies)
    question = ("stands", period, *of.key)
    return once_of_present(store, of.scope, question, lambda page: _stands(page, of, period, None))


def _stands(store: EventStore, of: ScoredDay, period: Period, companies: Collection[str] | None) -> dict[str, Stand]:
    ever = scope_ever(store, of.site, of.day, of.time_zone)
    since = _since(of, period, first_day=ever.period.start)
    with company_rows(store, ever) as did:
        rows = did.rows(_statement(did.c, of, since, companies))
    certain = {row.company for row in rows if row.sure}
    return {row.company: _stand(row) for row in rows if row.sure or row.company not in certain}


def _since(of: ScoredDay, period: Period, *, first_day: date) -> date:
    """The day from which a first visit makes a company new, and one after a gap brings it back."""
    if period.start > first_day:
        return period.start
    return max(period.start, of.day - timedelta(days=SCORED_DAYS - 1))


def _statement(own: Any, of: ScoredDay, since: date, companies: Collection[str] | None) -> Select[Any]:
    sure, start = is_sure(of.confirmed, own).label("sure"), cast(since, Date)
    recent = cast(of.day - timedelta(days=RECENT_DAYS - 1), Date)
    earliest = cast(of.day - timedelta(days=RECENT_DAYS + DAYS_BEFORE - 1), Date)
    whose = is_listed(of.confirmed, own)
    if companies is not None and len(companies) <= _MOST_LISTED:
        whose = functions.is_one_of(own.company, sorted(companies))
    visits = func.count(own.visit_id.distinct())
    return (
        select(
            own.company,
            sure,
            func.min(own.first_at).label("first_seen"),
            func.max(own.last_at).label("last_seen"),
            func.min(own.first_at).filter(own.day >= start).label("again"),
            func.max(own.last_at).filter(own.day < start).label("previous"),
            visits.filter(own.day >= recent).label("recent"),
            visits.filter(and_(own.day >= earliest, own.day < recent)).label("before"),
        )
        .where(whose)
        .group_by(own.company, sure)
    )


def _stand(row: Any) -> Stand:
    first_seen, last_seen = (moment.replace(tzinfo=UTC) for moment in (row.first_seen, row.last_seen))
    standing, values = _standing(row)
    return Stand(first_seen, last_seen, standing, values)


def _standing(row: Any) -> tuple[Standing | None, dict[str, int]]:
    if row.again is not None:
        if row.previous is None:
            return Standing.NEW, {}
        gap = row.again - row.previous
        if gap >= BACK_AFTER:
            return Standing.BACK, {"weeks": gap.days // 7}
    usual = row.before * RECENT_DAYS / DAYS_BEFORE
    values = {
        "visits": int(row.recent),
        "days": RECENT_DAYS,
        "visits_before": int(row.before),
        "days_before": DAYS_BEFORE,
    }
    if row.recent >= _FEWEST_VISITS and row.recent >= 2 * usual:
        return Standing.RISING, values
    if usual >= _FEWEST_VISITS and row.recent <= usual / 2:
        return Standing.COOLING, values
    return None, {}
