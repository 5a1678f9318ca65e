"""Triggers of what people do with companies: a lead is given to somebody, a reminder is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time

from sqlalchemy import select

from tracker.db.alert_models import AlertRule
from tracker.db.models import User
from tracker.db.workflow_models import CompanyChange, CompanyWork
from tracker.leads.alerts.look import Look, Watched
from tracker.leads.alerts.occurrence import Occurrence
from tracker.leads.workflow.vocabulary import Field

# A reminder is of a day; it is told when people are at work.
_HOUR = 8


def given_leads(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """A company that was given to somebody and is still theirs."""
    statement = (
        select(CompanyChange, User.email)
        .join(
            CompanyWork,
            (CompanyWork.site_id == CompanyChange.site_id) & (CompanyWork.company_id == CompanyChange.company_id),
        )
        .join(User, User.id == CompanyWork.owner_id)
        .where(CompanyChange.site_id == look.site.id, CompanyChange.field == Field.OWNER)
        .where(CompanyChange.made_at >= max(look.since, rule.made_at), CompanyChange.after.is_not(None))
        .where(CompanyChange.is_undone.is_(False))
        .order_by(CompanyChange.id)
    )
    with look.database.transaction() as session:
        rows = [(change, email) for change, email in session.execute(statement)]
    companies = _companies(look, rule, (change.company_id for change, _ in rows))
    return [
        Occurrence(
            f"given {change.id}", change.made_at, companies[change.company_id], {"owner": email, "by": change.made_by}
        )
        for change, email in rows
        if change.company_id in companies
    ]


def reminders(look: Look, rule: AlertRule) -> Sequence[Occurrence]:
    """A reminder whose day has come."""
    local = look.now.astimezone(look.zone)
    made_on = look.day(rule.made_at)
    due = (CompanyWork.remind_on <= local.date()) & (CompanyWork.remind_on >= made_on)
    if local.hour < _HOUR:
        due &= CompanyWork.remind_on < local.date()
    with look.database.transaction() as session:
        rows = session.execute(
            select(CompanyWork.company_id, CompanyWork.remind_on).where(CompanyWork.site_id == look.site.id, due)
        ).all()
    companies = _companies(look, rule, (company_id for company_id, _ in rows))
    return [
        Occurrence(
            f"{company_id} reminder {day}",
            datetime.combine(day, time(_HOUR), look.zone).astimezone(UTC),
            companies[company_id],
            {"remind_on": str(day)},
        )
        for company_id, day in rows
        if day is not None and company_id in companies
    ]


def _companies(look: Look, rule: AlertRule, ids: Iterable[str]) -> Mapping[str, Watched]:
    """The companies with these ids that a rule watches. With a rule for all, also those that have not been there lately."""
    wanted = set(ids)
    if not wanted:
        return {}
    names = {one: name for name, identity in look.known.work.ids.items() for one in identity.all if one in wanted}
    watched = look.watched(rule)
    found = {}
    for company_id, name in names.items():
        if name in watched:
            found[company_id] = watched[name]
        elif not (rule.view_key or rule.list_name):
            found[company_id] = Watched(company_id, name, 0)
    return found
