"""What each trigger finds in a look at a site. Nothing here is written; the same look finds the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.db.alert_models import AlertRule
from tracker.leads.alerts.look import Look, Watched
from tracker.leads.alerts.rules import Trigger


@dataclass(frozen=True)
class Occurrence:
    """Something that a rule tells, once for each `key`."""

    key: str
    happened_at: datetime
    company: Watched | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def visits(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """The first visit of the day of each company that is watched."""
    since = max(look.since, rule.made_at)
    watched = look.watched(rule) if any(one.last_at >= since for one in look.visits) else {}
    found: dict[str, Occurrence] = {}
    for one in look.visits:
        company = watched.get(one.company)
        if company is not None and one.last_at >= since:
            at = max(one.first_at, since)
            key = of_day(look, company, at)
            found.setdefault(key, Occurrence(key, at, company, {"source": one.source}))
    return list(found.values())


def of_day(look: Look, company: Watched, at: datetime) -> str:
    """The key of what is told at most once a company and day."""
    return f"{company.id} {look.day(at)}"


# Those that look at what happened.
EVENTS: Mapping[Trigger, Callable[[Look, AlertRule], Sequence[Occurrence]]] = {Trigger.VISIT: visits}


def meets(look: Look, rule: AlertRule) -> Mapping[str, Watched] | None:
    """The companies that meet the condition of a rule which tells of those that begin to, by id; None for other rules."""
    if rule.trigger == Trigger.SEGMENT:
        return {one.id: one for one in look.watched(rule).values()}
    return None
