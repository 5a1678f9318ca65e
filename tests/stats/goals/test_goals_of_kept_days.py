"""What goals add up to out of what is kept of days is what the events say, to the last digit, whatever came when."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.databases import new_event_store
from tests.stats.rollups.histories import DAYS, History, history
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.leads.corrections.rules import Kind as Correction
from tracker.leads.corrections.rules import Rule
from tracker.leads.corrections.rules import Rules as Corrections
from tracker.reports.timing import timing
from tracker.stats.goals import Goal, Kind, condition_of
from tracker.stats.goals import conversions as conversions_module
from tracker.stats.goals import figures as figures_module
from tracker.stats.goals.conversions import conversions_by_company
from tracker.stats.goals.figures import goal_figures
from tracker.stats.goals.keeping import keep_goals
from tracker.stats.goals.kept import of_days
from tracker.stats.periods import Period
from tracker.stats.rollups.keeping import seal, unsealed_days
from tracker.stats.scope import Scope
from tracker.store import goals_of_days
from tracker.store.batch import Batch
from tracker.store.protocol import EventStore

# `WEBLEADS_HISTORIES=10000 pytest tests/stats/goals/test_goals_of_kept_days.py` tries more of them.
HISTORIES = int(os.environ.get("WEBLEADS_HISTORIES", "6"))
A_TEST = 3


def goal(key: str, kind: Kind, pattern: str) -> Goal:
    return Goal(key, key, kind, pattern, 20, condition_of(kind, pattern))


GOALS = (
    goal("signup", Kind.EVENT, "Signup"),
    goal("b", Kind.PAGE, "/b"),
    goal("any", Kind.PAGE, "*"),
    goal("half", Kind.SCROLL, "50"),
    goal("part of a", Kind.SCROLL, "30 /a"),
    goal("long", Kind.TIME, "5"),
    goal("paid", Kind.REVENUE, "*"),
    goal("the same", Kind.PAGE, "/b"),
)
MERGED = Corrections([Rule(None, Correction.MERGE, "Alpha", "Beta")])


@pytest.fixture(scope="module")
def store() -> Iterator[EventStore]:
    with new_event_store() as opened:
        yield opened


def told(one: History) -> Iterator[Batch]:
    """The batches of a history, with amounts and companies that are sure, or are not."""
    chance = random.Random(-one.seed)
    for batch in one.batches:
        if not batch.columns:
            yield batch
            continue
        number = len(batch.columns["site"])
        paid = [chance.choice([None, None, 0.1, 0.2, 12.55]) for _ in range(number)]
        more: dict[str, list[Any]] = {
            "revenue": paid,
            "currency": [None if amount is None else chance.choice(["EUR", "USD"]) for amount in paid],
            "company_confidence": [chance.choice([0.9, 0.9, 0.3]) for _ in range(number)],
        }
        yield Batch(dict(batch.columns) | more, retracted=batch.retracted)


def said(store: EventStore, scope: Scope, goals: list[Goal]) -> list[Any]:
    """All that is said of goals, in an order of its own; a conversion's company as a lead has it."""
    conversions = conversions_by_company(store, scope, goals)
    return [
        goal_figures(store, scope, goals),
        timing(store, scope, "goals", goals).cells,
        sorted(repr(row) for row in conversions.to_dict("records")),
    ]


def compare(store: EventStore, one: History, chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> int:
    """Compares what is said of some goals in some days with what the events say; returns whether it was kept of days."""
    goals = chance.sample(GOALS, chance.randint(1, len(GOALS)))
    start = one.first + timedelta(days=chance.randint(-1, 1))
    period = Period(start, start + timedelta(days=chance.randint(1, DAYS)), one.zone, "")
    if chance.random() < 0.3:
        cut = period.end_at - chance.randrange(1, 24) * timedelta(hours=1)
        period = replace(period, moments=(period.start_at, cut))
    scope = Scope(one.site, period)
    asked: Any = chance.choice([store, CorrectedStore(store, lambda: MERGED)])
    with of_days(store, scope, goals) as kept:
        is_kept = kept is not None
    found = said(asked, scope, goals)
    with monkeypatch.context() as patch:
        for module in (figures_module, conversions_module):
            patch.setattr(module, "of_days", _Nothing)
        patch.setattr("tracker.reports.timing.of_days", _Nothing)
        assert found == said(asked, scope, goals), (one.seed, period, goals)
    return is_kept


class _Nothing:
    """As `of_days` where nothing is kept."""

    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize("first", range(0, HISTORIES, A_TEST))
def test_what_is_said_of_goals_is_what_the_events_say(
    store: EventStore, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if first % (2 * A_TEST):
        monkeypatch.setattr(goals_of_days, "MOST_ROWS", 3)  # of some days more are to be kept
    of_kept_days = 0
    for seed in range(first, min(HISTORIES, first + A_TEST)):
        one, chance = history(seed), random.Random(seed)
        days = Period(one.first - timedelta(days=1), one.first + timedelta(days=DAYS + 1), one.zone, "")
        for batch in told(one):
            store.append(batch)
            for day in list(unsealed_days(store, one.site, days)):
                if chance.random() < 0.8:
                    seal(store, one.site, day, one.zone)
            goals = chance.choice([GOALS, GOALS, GOALS[:3]])
            while chance.random() < 0.9 and keep_goals(store, one.site, one.zone, goals):
                pass
            for _ in range(2):
                of_kept_days += compare(store, one, chance, monkeypatch)
    assert of_kept_days
