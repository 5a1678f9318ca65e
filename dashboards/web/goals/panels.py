"""The overview's panels of goals and actions, as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dashboards.presentation import numbers
from dashboards.presentation.figures import Change, changed
from dashboards.translations import translate, translate_plural
from dashboards.web.goals.names import called
from dashboards.web.sign_in.permission import allowed
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action as Permission
from tracker.service.context import Context
from tracker.stats.goals import KIND_BY_BUILT_IN, KIND_NAMES, Goal, Kind, goals_of
from tracker.stats.goals.actions import Action, actions
from tracker.stats.goals.figures import GoalFigures, figures_and_actions, goal_figures
from tracker.stats.goals.received import Received, is_goal, received
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

ROWS = 8
_SUGGESTED = 3
_SUGGESTED_DAYS = 30


@dataclass(frozen=True)
class GoalRow:
    """A goal with what it adds up to in words. `value` is what a filter takes."""

    name: str
    value: str
    visits: str
    rate: str
    details: str
    width: float
    change: Change | None


@dataclass(frozen=True)
class ActionRow:
    """An action with what it adds up to in words; `kind` is what sort of action it is."""

    action: Action
    name: str
    kind: str
    events: str
    details: str
    width: float


def panels(context: Context, selection: Selection, language: str, *, visits: int) -> dict[str, Any]:
    """The template variables of both panels; `visits` is the number of the period's visits. Without rows goals are suggested."""
    goals = goals_of(selection.site)
    now, found = figures_and_actions(context.event_store, selection.scope, goals, first=ROWS + 1)
    rows = _goal_rows(context, selection, language, goals, now, visits=visits)
    return {
        "goal_rows": rows,
        "action_rows": action_rows(language, found[:ROWS]),
        "has_more_actions": len(found) > ROWS,
    }


def first_actions(store: EventStore, scope: Scope) -> list[Action]:
    """The actions that the panel shows, and one more where there are more."""
    return actions(store, scope, limit=ROWS + 1)


def _goal_rows(
    context: Context,
    selection: Selection,
    language: str,
    goals: Sequence[Goal],
    now: Mapping[str, GoalFigures],
    *,
    visits: int,
) -> list[GoalRow]:
    """The goals that were reached in the period or the one that it is compared with, the most frequent first."""
    other = selection.compared_scope
    before: Mapping[str, GoalFigures] = {} if other is None else goal_figures(context.event_store, other, goals)
    shown = [goal for goal in goals if now[goal.key].events or before.get(goal.key, GoalFigures()).events]
    shown.sort(key=lambda goal: -now[goal.key].visits)
    largest = max((now[goal.key].visits for goal in shown), default=0) or 1
    return [
        GoalRow(
            name=called(language, goal),
            value=goal.key,
            visits=numbers.count(language, now[goal.key].visits),
            rate=numbers.percent(language, min(1.0, now[goal.key].visits / visits) if visits else 0.0),
            details=_details(language, now[goal.key]),
            width=round(100 * now[goal.key].visits / largest, 1),
            change=changed(language, "visits", now[goal.key].visits, before[goal.key].visits) if before else None,
        )
        for goal in shown
    ]


def action_rows(language: str, found: Sequence[Action]) -> list[ActionRow]:
    largest = max((one.events for one in found), default=1)
    return [
        ActionRow(
            action=one,
            name=action_name(language, one.event, one.detail, one.kind),
            kind=translate(language, KIND_NAMES[one.kind]),
            events=numbers.count(language, one.events),
            details=" · ".join(_people(language, one.visitors, one.companies)),
            width=round(100 * one.events / largest, 1),
        )
        for one in found
    ]


def action_name(language: str, event: str, detail: str | None, kind: Kind) -> str:
    """What an action is called: the event's name, or what tells it from others of its kind."""
    if kind is Kind.EVENT:
        return event
    if kind is Kind.DOWNLOAD and detail:
        return detail.partition("?")[0].rstrip("/").rpartition("/")[2] or detail
    return (detail or translate(language, "without a name")).removeprefix("https://").removeprefix("http://")


def _details(language: str, one: GoalFigures) -> str:
    events = translate_plural(
        language, "%(count)s event", "%(count)s events", one.events, count=numbers.count(language, one.events)
    )
    revenue = " + ".join(numbers.money(language, amount, currency) for currency, amount in one.revenue.items())
    return " · ".join([events, *_people(language, one.visitors, one.companies), *([revenue] if revenue else [])])


def _people(language: str, visitors: int, companies: int) -> list[str]:
    return [
        translate_plural(language, one, many, number, count=numbers.count(language, number))
        for one, many, number in (
            ("%(count)s visitor", "%(count)s visitors", visitors),
            ("%(count)s company", "%(count)s companies", companies),
        )
    ]


def suggested_goals(context: Context, selection: Selection, language: str) -> list[tuple[Received, str]]:
    """What the site received lately that could be a goal and is none, with its kind in words, for whoever may add goals."""
    if not allowed(Permission.CHANGE_SETTINGS, selection.site):
        return []
    today = context.now().astimezone(selection.zone).date()
    lately = Period(today - timedelta(days=_SUGGESTED_DAYS - 1), today + timedelta(days=1), selection.zone, "lately")
    goals = goals_of(selection.site)
    built_in = {KIND_BY_BUILT_IN[goal.key] for goal in goals if goal.is_built_in}
    left_out = [(Kind(row.kind), row.pattern) for row in selection.site.goals if not row.counts]
    found = received(context.event_store, Scope(selection.site.stored_as, lately))
    offered = [
        one
        for one in found
        if one.kind not in built_in and not is_goal(one, goals) and (one.kind, one.pattern) not in left_out
    ]
    return [(one, translate(language, KIND_NAMES[one.kind])) for one in offered[:_SUGGESTED]]
