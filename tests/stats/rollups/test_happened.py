"""What is alike of many events is added up before it is spread over the dimensions: the figures are those of each event alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.databases import new_event_store
from tests.stats.conftest import PARIS, SITE, Blog
from tests.stats.rollups.histories import DAYS, History, history
from tracker.stats.rollups.day_figures import figures, happened
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.rollups.registry import TOTAL
from tracker.store.batch import Batch
from tracker.store.schema import rollup_ids, rollups

MONDAY = date(2026, 11, 16)


@pytest.fixture
def added_up(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many dimensions were added up before, each time."""
    found: list[int] = []
    inner = happened.added_up

    def noted(values: Any, *others: Any) -> Any:
        found.append(len(values))
        return inner(values, *others)

    monkeypatch.setattr(happened, "added_up", noted)
    return found


def test_visits_with_several_events_of_each_kind_by_hand(
    blog: Blog, added_up: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "FEWEST_EVENTS", 9)
    first = (0, "/a"), (5, "/a", 1_000), (10, "/b"), (20, "/b", 2_000)
    blog.visit("2026-11-16T10:00:00+01:00", *first, visitor=1, country="FR", consented=False)
    blog.visit("2026-11-16T15:00:00+01:00", (0, "/a"), (10, "/b"), visitor=1, country="FR", consented=False)
    blog.visit("2026-11-16T11:00:00+01:00", (0, "/a"), (3, "/a", 4_000), visitor=2, country="BE", consented=False)
    blog.visit("2026-11-16T11:00:00+01:00", (0, "/b"), (5, "/b"), visitor=3, country="FR", consented=True)
    Keeper(blog.store).refresh(SITE, PARIS, today=MONDAY)
    assert added_up
    sums = ("events", "visits", "pageviews", "engaged_ms", "visitors", "bounces", "visits_begun")
    columns = [rollups.c[name] for name in ("dimension", "value", *sums)]
    found = {(row.dimension, row.value): tuple(row)[2:] for row in blog.store.rows(select(*columns))}
    assert found["country", "FR"] == (8, 3, 6, 3_000, 1, 0, 3)
    assert found["country", "BE"] == (2, 1, 1, 4_000, 1, 1, 1)
    assert found[TOTAL, None] == (10, 4, 7, 7_000, 2, 1, 4)
    assert found["page", "/a"][:5] == (5, 3, 3, 5_000, 2)
    assert found["page", "/b"][:5] == (5, 1, 4, 2_000, 1)


def test_few_events_are_spread_as_they_are(blog: Blog, added_up: list[int]) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), consented=False)
    Keeper(blog.store).refresh(SITE, PARIS, today=MONDAY)
    assert added_up == []


@pytest.mark.parametrize("number", range(6))
def test_figures_of_random_days_are_those_of_each_event_alone(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one = next(some for some in map(history, range(7000 + 100 * number, 8000)) if _tells(some))
    monkeypatch.setattr(figures, "FEWEST_EVENTS", 0)
    added_before = _kept(one)
    monkeypatch.setattr(figures, "FEWEST_EVENTS", 1_000_000)
    assert _kept(one) == added_before


def _tells(one: History) -> bool:
    """Whether there are some events, and each says if its visitor's id lasts."""
    said = [value for batch in one.batches for value in batch.columns.get("consented", ())]
    return len(said) > 20 and None not in said


def _kept(one: History) -> list[list[str]]:
    days = [one.first + timedelta(days=number) for number in range(DAYS)]
    with new_event_store() as store:
        for batch in one.batches:
            store.append(Batch(batch.columns))
        Keeper(store).refresh(one.site, one.zone, today=days[-1], with_days=days)
        return [sorted(str(row) for row in store.rows(select(table))) for table in (rollups, rollup_ids)]
