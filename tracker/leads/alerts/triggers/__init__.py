"""The triggers by name: those of what happened, and those of companies that begin to meet a condition.

Nothing is written here, and the same look finds the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tracker.db.alert_models import AlertRule
from tracker.leads.alerts.look import Look, Watched
from tracker.leads.alerts.occurrence import Occurrence
from tracker.leads.alerts.rules_vocabulary import Trigger
from tracker.leads.alerts.triggers.traffic import drops, other_domains, silences, spikes
from tracker.leads.alerts.triggers.visit import first_visits, goals_reached, returns, visits
from tracker.leads.alerts.triggers.work import given_leads, reminders

EVENTS: Mapping[Trigger, Callable[[Look, AlertRule], Sequence[Occurrence]]] = {
    Trigger.VISIT: visits,
    Trigger.FIRST_VISIT: first_visits,
    Trigger.BACK: returns,
    Trigger.GOAL: goals_reached,
    Trigger.OWNER: given_leads,
    Trigger.REMINDER: reminders,
    Trigger.SPIKE: spikes,
    Trigger.DROP: drops,
    Trigger.SILENCE: silences,
    Trigger.OTHER_DOMAIN: other_domains,
}


def meets(look: Look, rule: AlertRule) -> Mapping[str, Watched] | None:
    """The companies that meet the condition of a rule which tells of those that begin to, by id; None for other rules."""
    if rule.trigger == Trigger.SEGMENT:
        return {one.id: one for one in look.watched(rule).values()}
    if rule.trigger == Trigger.SCORE:
        return {one.id: one for one in look.watched(rule).values() if one.score >= (rule.amount or 0)}
    return None
