"""Triggers of what companies do: a visit, the first one, one after a while, a goal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select

from tracker.db.alert_models import AlertRule
from tracker.leads.alerts.look import CompanyVisit, Look, Watched
from tracker.leads.alerts.occurrence import Occurrence, of_day
from tracker.stats.companies.visit_rows import company_rows, scope_ever
from tracker.stats.goals import goals_of
from tracker.stats.goals.reaching import reaching
from tracker.stats.scope import naive


def visits(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """The first visit of the day of each company that is watched."""
    found: dict[str, Occurrence] = {}
    for one, company, at in _visits(look, rule):
        key = of_day(look, company, at)
        found.setdefault(key, Occurrence(key, at, company, {"source": one.source}))
    return list(found.values())


def first_visits(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """The first visit of a company on the site."""
    since = max(look.since, rule.made_at)
    found: dict[str, Occurrence] = {}
    came = list(_visits(look, rule))
    before = _seen_before(look, {company.name for _, company, _ in came}, since)
    for one, company, at in came:
        if before.get(company.name) is None:
            found.setdefault(company.id, Occurrence(f"{company.id} first", at, company, {"source": one.source}))
    return list(found.values())


def returns(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """A visit of a company that had not been there for so many days."""
    found: dict[str, Occurrence] = {}
    came = list(_visits(look, rule))
    last = _seen_before(look, {company.name for _, company, _ in came}, look.since)
    for one, company, at in came:
        before, key = last.get(company.name), of_day(look, company, at)
        if before is not None and one.first_at - before >= timedelta(days=rule.amount or 1):
            facts = {"source": one.source, "days_away": (one.first_at - before).days}
            found.setdefault(key, Occurrence(key, at, company, facts))
        last[company.name] = max(before or one.last_at, one.last_at)
    return list(found.values())


def goals_reached(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """A goal that a company reached, the first of the day: the rule's, or any."""
    goals = {one.key: one for one in goals_of(look.site) if rule.goal in (None, one.key)}
    since = max(look.since, rule.made_at)
    whose = {one.visit_id: one.company for one in look.visits}  # the last company that a visit named
    if not goals or not whose:
        return []
    period = replace(look.scope.period, moments=(since, look.scope.period.end_at))
    statement = reaching(replace(look.scope, period=period), list(goals.values()))
    found: dict[str, Occurrence] = {}
    for visit, _, occurred_at, *_, detail, key in sorted(look.store.rows(statement), key=lambda row: row[2]):
        company = look.watched(rule).get(whose.get(visit, ""))
        if company is not None:
            at = occurred_at.replace(tzinfo=UTC)
            one = Occurrence(of_day(look, company, at), at, company, {"goal": goals[key].name, "detail": detail})
            found.setdefault(one.key, one)
    return list(found.values())


def _visits(look: Look, rule: AlertRule) -> Iterator[tuple[CompanyVisit, Watched, datetime]]:
    """The visits of watched companies that went on since the rule was made, with the moment from which they count."""
    came = [one for one in look.visits if one.last_at >= rule.made_at]
    watched = look.watched(rule) if came else {}
    for one in came:
        if (company := watched.get(one.company)) is not None:
            yield one, company, max(one.first_at, rule.made_at)


def _seen_before(look: Look, names: set[str], moment: datetime) -> dict[str, datetime]:
    """When each of these companies was last there before a moment; those that were not are left out."""
    if not names:
        return {}
    ever = scope_ever(look.store, look.site.stored_as, look.day(look.now), look.zone)
    with company_rows(look.store, ever) as did:
        last = func.max(case((did.c.first_at < naive(moment), did.c.last_at)))
        rows: Sequence[Any] = did.rows(
            select(did.c.company, last).where(did.c.company.in_(sorted(names))).group_by(did.c.company)
        )
    return {name: at.replace(tzinfo=UTC) for name, at in rows if at is not None}
