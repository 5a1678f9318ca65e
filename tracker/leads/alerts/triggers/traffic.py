"""Triggers of the site's traffic: far more or less than at this hour of the week, nothing at all, pages of another domain.

An hour is compared with the median of the same weekday and hour in the four weeks before. A change counts only where it is
too large for chance as well: three times the square root of what was expected, the standard deviation of a Poisson count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import sqrt
from statistics import median

from sqlalchemy import func, select

from tracker.db.alert_models import AlertRule
from tracker.ingest.site_rules import rules_of
from tracker.leads.alerts.look import Look
from tracker.leads.alerts.occurrence import Occurrence
from tracker.stats.hosts import other_hosts
from tracker.stats.scope import naive
from tracker.stats.traffic import last_event_at
from tracker.store.schema import events

HOUR = timedelta(hours=1)
_WEEKS = 4
_DEVIATIONS = 3.0
# Of less than so many page views an hour nothing is said.
_LEAST = 20
_MOST_HOSTS = 20


def spikes(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """An hour with so many percent more page views than usual."""
    hour, seen, expected = _last_hour(look)
    is_far = seen >= expected * (1 + (rule.amount or 0) / 100) and seen - expected > _DEVIATIONS * sqrt(
        max(expected, 1)
    )
    return _told(look, rule, "spike", hour, seen, expected) if seen >= _LEAST and is_far else []


def drops(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """An hour with so many percent fewer page views than usual."""
    hour, seen, expected = _last_hour(look)
    is_far = seen <= expected * (1 - (rule.amount or 0) / 100) and expected - seen > _DEVIATIONS * sqrt(
        max(expected, 1)
    )
    return (
        _told(look, rule, "drop", hour, seen, expected) if expected >= _LEAST and is_far and look.is_caught_up else []
    )


def silences(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """Nothing was counted for so many hours, since the last event or since the rule was made."""
    hours = rule.amount or 1
    last = last_event_at(look.store, look.site.stored_as)
    if not look.is_caught_up or look.now - max(last or rule.made_at, rule.made_at) < hours * HOUR:
        return []
    facts = {"hours": hours, "last_at": last.isoformat(timespec="seconds") if last else None}
    return [Occurrence(f"silence {facts['last_at']}", look.now, None, facts)]


def other_domains(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """A host that is not the site's and whose pages are counted as the site's, told once."""
    since, own = max(look.since, rule.made_at), rules_of(look.site)
    known = own.hosts | own.staging_hosts
    found = other_hosts(look.store, look.site.stored_as, known=known, since=since, limit=_MOST_HOSTS)
    return [
        Occurrence(f"host {host}", look.now, None, {"host": host, "pageviews": int(views)})
        for host, views in found.itertuples(index=False)
    ]


def _told(look: Look, rule: AlertRule, what: str, hour: datetime, seen: int, expected: float) -> Sequence[Occurrence]:
    """Once a day; not of an hour that had begun when the rule was made."""
    if hour < rule.made_at:
        return []
    facts = {"hour": hour.isoformat(timespec="minutes"), "pageviews": seen, "expected": round(expected)}
    return [Occurrence(f"{what} {look.day(hour)}", hour + HOUR, None, facts)]


def _last_hour(look: Look) -> tuple[datetime, int, float]:
    """The last hour that is over (aware), its page views, and the median of the same hours of the weeks before."""
    local = look.now.astimezone(look.zone).replace(minute=0, second=0, microsecond=0)
    hour = (local - HOUR).astimezone(UTC) if local.fold == 0 else local.astimezone(UTC) - HOUR
    wall = hour.astimezone(look.zone).replace(tzinfo=None)
    starts = [(wall - timedelta(weeks=week)).replace(tzinfo=look.zone).astimezone(UTC) for week in range(1, _WEEKS + 1)]
    return hour, _page_views(look, hour), median(_page_views(look, start) for start in starts)


def _page_views(look: Look, start: datetime) -> int:
    statement = select(func.coalesce(func.sum(events.c.pageviews), 0)).where(
        events.c.site == look.site.stored_as,
        events.c.occurred_at >= naive(start),
        events.c.occurred_at < naive(start + HOUR),
    )
    return int(look.store.rows(statement)[0][0])
