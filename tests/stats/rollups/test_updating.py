"""Figures of counted days that are brought up to date are what the events add up to, row by row."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

import pytest

from tests.databases import new_event_store
from tests.stats.conftest import PARIS, SITE, Blog
from tests.stats.rollups.histories import DAYS, History, history
from tracker.stats.rollups.checking import compare_with_events
from tracker.stats.rollups.day_figures import updating
from tracker.stats.rollups.keeping import Keeper
from tracker.store import seals
from tracker.store.batch import Batch
from tracker.store.duckdb import store as duckdb_store
from tracker.store.protocol import EventStore
from tracker.store.schema import EVENT_COLUMNS

# `WEBLEADS_HISTORIES=2000 pytest tests/stats/rollups/test_updating.py` tries thirty of them.
HISTORIES = int(os.environ.get("WEBLEADS_HISTORIES", "200")) // 60
_FEWEST_ROWS = 15
played: list[bool] = []


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[EventStore]:
    monkeypatch.setattr(updating, "_FEWEST_EVENTS", 0)
    monkeypatch.setattr(updating, "_MOST_ADDED", 100.0)
    with new_event_store() as opened:
        yield opened


@pytest.fixture
def updated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of days in a row that were brought up to date."""
    found: list[int] = []
    hold = updating.UpdatedDays.hold

    def noted(days: updating.UpdatedDays) -> None:
        found.append(days._scope.period.days)
        hold(days)

    monkeypatch.setattr(updating.UpdatedDays, "hold", noted)
    return found


def long_history(seed: int) -> History:
    """A history with so many rows that some days of it are counted several times."""
    some = (history(5000 + 100 * seed + number) for number in count())
    return next(one for one in some if sum(len(batch.columns.get("site", ())) for batch in one.batches) >= _FEWEST_ROWS)


def pieces(one: History, chance: random.Random) -> Iterator[Batch]:
    """A history's batches in small pieces, sometimes with events of another site beside them, and the same event twice."""
    for batch in one.batches:
        rows = [dict(zip(batch.columns, row, strict=True)) for row in zip(*batch.columns.values(), strict=True)]
        if batch.retracted:
            yield Batch({}, retracted=batch.retracted)
        while rows:
            taken = [rows.pop(0) for _ in range(min(len(rows), chance.randint(1, 4)))]
            if chance.random() < 0.2:
                taken.append(dict(taken[-1], visits=0, pageviews=0))
                taken.append(dict(taken[-1]))
            if chance.random() < 0.2:
                taken.insert(0, dict(taken[0], site="another.example"))
            yield Batch({name: [row[name] for row in taken] for name in EVENT_COLUMNS})


DAY = date(2026, 11, 16)


def refreshed(blog: Blog, updated: list[int]) -> list[int]:
    """The numbers of days that a count brings up to date, which it does as the events have it."""
    updated.clear()
    assert Keeper(blog.store).refresh(SITE, PARIS, today=DAY) == {DAY}
    assert compare_with_events(blog.store, SITE) == (1, {})
    return updated


@pytest.fixture
def blog(store: EventStore) -> Blog:
    blog = Blog(store)
    blog.visit("2026-11-15T12:00:00+01:00", (0, "/a"), visitor=1)
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/a"), (10, "/b"), visitor=1, company="Alpha")
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/a"), (10, "/a", 4_000), visitor=2, consented=True)
    Keeper(store).refresh(SITE, PARIS, today=DAY)
    return blog


def test_a_day_to_which_events_were_added_is_brought_up_to_date(blog: Blog, updated: list[int]) -> None:
    for visitor, consented in ((1, False), (2, True), (3, False), (3, None)):
        blog.visit("2026-11-16T13:00:00+01:00", (0, "/b"), visitor=visitor, consented=consented, company="Alpha")
        assert refreshed(blog, updated) == [1]


def test_a_day_of_which_events_were_removed_is_counted_as_a_whole(blog: Blog, updated: list[int]) -> None:
    number = blog.visit("2026-11-16T13:00:00+01:00", (0, "/b"), visitor=1)
    assert refreshed(blog, updated) == [1]
    blog.store.append(Batch({}, retracted=[number]))
    assert refreshed(blog, updated) == []
    blog.visit("2026-11-16T14:00:00+01:00", (0, "/b"), visitor=1)
    assert refreshed(blog, updated) == [1]


def test_so_is_one_whose_last_batch_or_count_failed(
    blog: Blog, updated: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether a commit that failed was one."""

    def fail(*_: object, **__: object) -> None:
        raise OSError("as a test wants it")

    with monkeypatch.context() as patch:
        patch.setattr(duckdb_store, "_add", fail)
        with pytest.raises(OSError, match="as a test"):
            blog.visit("2026-11-16T13:00:00+01:00", (0, "/b"), visitor=1)
    blog.visit("2026-11-16T13:00:00+01:00", (0, "/c"), visitor=1)
    assert refreshed(blog, updated) == []
    blog.visit("2026-11-16T13:10:00+01:00", (0, "/c"), visitor=1)
    with pytest.raises(OSError, match="as a test"):
        Keeper(blog.store, fail).refresh(SITE, PARIS, today=DAY)
    assert refreshed(blog, updated) == []
    blog.visit("2026-11-16T13:20:00+01:00", (0, "/c"), visitor=1)
    with monkeypatch.context() as patch:
        patch.setattr(updating, "_less", fail)  # while it reads some events in the place of all
        with pytest.raises(OSError, match="as a test"):
            Keeper(blog.store).refresh(SITE, PARIS, today=DAY)
    assert refreshed(blog, updated) == []


def test_so_is_one_after_the_engine_failed(
    store: EventStore, updated: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    blog = Blog(store)
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/a"), visitor=1)
    Keeper(store).refresh(SITE, PARIS, today=DAY)
    blog.visit("2026-11-16T12:10:00+01:00", (0, "/a"), visitor=1)
    monkeypatch.setattr(store.engine, "dispose", lambda: None)  # type: ignore[attr-defined]
    store.recover_from(OSError("FATAL"))
    assert refreshed(blog, updated) == []


def test_so_is_one_that_keeps_not_all_of_a_dimension(
    blog: Blog, updated: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "MOST_VALUES", 2)
    blog.visit("2026-11-16T13:00:00+01:00", (0, "/c"), visitor=1)
    assert refreshed(blog, updated) == [1]  # one more page than are kept
    blog.visit("2026-11-16T13:10:00+01:00", (0, "/c"), visitor=1)
    assert refreshed(blog, updated) == []


def test_so_are_days_with_few_events_or_many_new_ones(
    blog: Blog, updated: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    blog.visit("2026-11-16T13:00:00+01:00", (0, "/b"), visitor=1)
    monkeypatch.setattr(updating, "_MOST_ADDED", 0.2)
    assert refreshed(blog, updated) == []
    blog.visit("2026-11-16T13:00:00+01:00", (0, "/b"), visitor=1)
    assert refreshed(blog, updated) == [1]
    monkeypatch.setattr(updating, "_FEWEST_EVENTS", 20)
    blog.visit("2026-11-16T13:00:00+01:00", (0, "/b"), visitor=1)
    assert refreshed(blog, updated) == []


def test_more_visitors_than_are_named_are_brought_up_to_date(
    blog: Blog, updated: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "_MOST_BY_NAME", 2)
    for visitor in range(1, 5):
        blog.visit("2026-11-16T13:00:00+01:00", (0, "/b"), visitor=visitor)
    assert refreshed(blog, updated) == [1]


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_figures_brought_up_to_date_are_those_of_the_events(store: EventStore, updated: list[int], seed: int) -> None:
    chance, one = random.Random(seed), long_history(seed)
    keeper, today = Keeper(store), one.first + timedelta(days=DAYS)
    for batch in pieces(one, chance):
        store.append(batch)
        if chance.random() < 0.6:
            days = [one.first + timedelta(days=chance.randint(-1, DAYS)) for _ in range(chance.randint(1, 5))]
            assert keeper.refresh(one.site, one.zone, today=today, with_days=days)
            if chance.random() < 0.4:
                assert compare_with_events(store, one.site).different == {}
    assert compare_with_events(store, one.site).different == {}
    played.append(bool(updated))


def test_most_histories_had_days_that_were_brought_up_to_date() -> None:
    assert sum(played) > len(played) / 2
