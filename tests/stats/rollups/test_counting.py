"""What rollups answer is what the events answer, to the last digit, whatever came when."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from tests.stats.conftest import PARIS, SITE, Blog, scope
from tests.stats.rollups.histories import DAYS, History, history
from tracker.stats.aggregation import Group
from tracker.stats.breakdowns import leading_of_events
from tracker.stats.metrics import METRICS, Unit
from tracker.stats.periods import Period
from tracker.stats.rollups.counting import Counting, Wanted, counting
from tracker.stats.rollups.keeping import seal, unsealed_days
from tracker.stats.rollups.registry import DIMENSIONS
from tracker.stats.scope import Scope
from tracker.store.batch import Batch
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore

# `WEBLEADS_HISTORIES=10000 pytest tests/stats/rollups/test_counting.py` tries more of them.
HISTORIES = int(os.environ.get("WEBLEADS_HISTORIES", "60"))
A_TEST = 15
ALL = tuple(METRICS)
INTERVALS = [Group(interval=step) for step in ("hour", "day", "week", "month")]


@pytest.fixture(scope="module")
def store() -> Iterator[EventStore]:
    opened = open_event_store("duckdb:///:memory:")
    with opened.engine.connect() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("set threads = 1")  # for so few rows more of them only wait for each other
    yield opened
    opened.close()


def answers(counted: Counting, group: Group | None, *, with_total: bool) -> list[tuple[Any, ...]]:
    """The rows of all metrics by a group; a count of nothing is 0, however the engine says it."""
    groups = [] if group is None else [group]
    rows = counted.rows(counted.statement(ALL, groups, with_total=with_total))
    counts = {name for name in ALL if METRICS[name].unit in (Unit.COUNT, Unit.SHARE)}
    found = [tuple(0 if one is None and name in counts else one for name, one in row._mapping.items()) for row in rows]
    return sorted(found, key=repr)


def pairs(frame: pd.DataFrame) -> list[tuple[str | None, int]]:
    values = frame["value"].astype(object).where(frame["value"].notna(), None)
    return list(zip(values, frame["visitors"].astype(int), strict=True))


def compare(store: EventStore, one: History, chance: random.Random) -> int:
    """Compares what some questions are answered from rollups with the answers from events; returns how many were."""
    start = one.first + timedelta(days=chance.randint(-1, DAYS))
    end = start + timedelta(days=chance.randint(1, DAYS))
    period = Period(start, end, one.zone, "")
    if chance.random() < 0.3:  # as what an unfinished period is compared with, it ends within a day
        cut = period.end_at - chance.randrange(1, 24) * timedelta(hours=1)
        period = replace(period, moments=(period.start_at, cut))
    with counting(store, Scope(one.site, period), fewest_events=0) as counted:
        if counted.open_days is None:
            return 0
        from_events = Counting(counted.source, counted.scope, None)
        group = chance.choice([None, *INTERVALS, *(Group(dimension) for dimension in DIMENSIONS)])
        with_total = group in INTERVALS
        found = answers(counted, group, with_total=with_total)
        assert found == answers(from_events, group, with_total=with_total), (one.seed, start, end, group)
        some = chance.sample(DIMENSIONS, 2)
        named = Wanted(named={dimension: ["/a", "Google", "FR", None] for dimension in some})
        for wanted in (Wanted(2), named):
            led, expected = counted.leading(some, wanted), leading_of_events(from_events, some, wanted)
            for dimension in some:
                met, meant = pairs(led[dimension]), pairs(expected[dimension])
                assert sorted(met, key=repr) == sorted(meant, key=repr), (one.seed, start, end, dimension)
                assert met == meant or wanted is named
        return 1


def play(store: EventStore, seed: int) -> int:
    """Stores a history batch by batch, seals some of its days in between, and compares after each step."""
    one, chance, compared = history(seed), random.Random(-seed), 0
    all_days = Period(one.first - timedelta(days=1), one.first + timedelta(days=DAYS + 1), one.zone, "")
    for batch in one.batches:
        store.append(batch)
        for day in list(unsealed_days(store, one.site, all_days)):
            if chance.random() < 0.8:
                assert seal(store, one.site, day, one.zone)
        compared += compare(store, one, chance)
    return compared


@pytest.mark.parametrize("first", range(0, HISTORIES, A_TEST))
def test_answers_from_rollups_are_those_from_events(store: EventStore, first: int) -> None:
    assert sum(play(store, seed) for seed in range(first, min(HISTORIES, first + A_TEST))) > 0


def test_where_sealed_days_have_few_events_an_open_day_is_counted_with_them_from_the_events(store: EventStore) -> None:
    one = history(1)
    for batch in one.batches:
        store.append(Batch(batch.columns))
    assert seal(store, one.site, one.first, one.zone)
    two_days = Scope(one.site, Period(one.first, one.first + timedelta(days=2), one.zone, ""))
    with counting(store, two_days) as few, counting(store, two_days, fewest_events=0) as any_number:
        assert few.open_days is None
        assert any_number.open_days is not None


def test_a_day_that_lost_all_of_its_events_has_none(store: EventStore) -> None:
    """What is kept of it is of before."""
    blog = Blog(store)
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/a"), visit_id=-7)
    blog.visit("2026-11-20T12:00:00+01:00", (0, "/a"))
    for day in range(16, 24):
        assert seal(store, SITE, date(2026, 11, day), PARIS)
    store.append(Batch({}, retracted=[-7]))
    with counting(store, scope("2026-11-16,2026-11-23"), fewest_events=0) as counted:
        assert counted.open_days == []
        assert answers(counted, Group(interval="day"), with_total=False)[0][-2] == 1
        assert len(answers(counted, Group(interval="day"), with_total=False)) == 1
