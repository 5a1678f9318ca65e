"""What is kept of sealed days is compared with the events, and a day that differs is found."""

from __future__ import annotations

from datetime import date

import pytest

from tests.stats.conftest import PARIS, SITE, Blog
from tracker.stats.rollups.checking import compare_with_events
from tracker.stats.rollups.keeping import Keeper, seal
from tracker.store.duckdb import store as duckdb_store
from tracker.store.schema import month_rollups

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)


@pytest.fixture
def sealed(blog: Blog) -> Blog:
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/a"), (60, "/b"), visitor=1)
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/a"), visitor=2, consented=True)
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        assert seal(blog.store, SITE, day, PARIS)
    return blog


def test_sealed_days_are_what_their_events_add_up_to(sealed: Blog) -> None:
    assert compare_with_events(sealed.store, SITE) == (3, {})
    assert compare_with_events(sealed.store, SITE, TUESDAY, WEDNESDAY) == (1, {})
    assert compare_with_events(sealed.store, "another.example") == (0, {})


def test_a_day_that_kept_its_seal_when_an_event_came_is_found(sealed: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_store, "unseal", lambda *_: None)
    sealed.visit("2026-11-16T13:00:00+01:00", (0, "/a"), visitor=3)
    days, different = compare_with_events(sealed.store, SITE)
    assert days == 3
    assert list(different) == [MONDAY]
    assert {"", "page", "hour", "country"} <= set(different[MONDAY])


def test_a_lasting_id_that_is_missing_is_found(sealed: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_store, "unseal", lambda *_: None)
    sealed.visit("2026-11-17T13:00:00+01:00", (0, "/a"), visitor=3, consented=True)
    assert "page" in compare_with_events(sealed.store, SITE, TUESDAY).different[TUESDAY]


def test_a_day_without_a_seal_is_not_compared(sealed: Blog) -> None:
    sealed.visit("2026-11-18T13:00:00+01:00", (0, "/a"))
    assert compare_with_events(sealed.store, SITE) == (2, {})


def test_a_month_that_is_not_the_sum_of_its_days_is_found(blog: Blog) -> None:
    blog.visit("2026-10-30T12:00:00+01:00", (0, "/a"), (60, "/b"))
    Keeper(blog.store).seal_all(SITE, PARIS, today=MONDAY, on_progress=lambda done, left: None)
    assert compare_with_events(blog.store, SITE).different == {}
    october = date(2026, 10, 1)
    with blog.store.transaction() as connection:  # type: ignore[attr-defined]
        connection.execute(month_rollups.delete().where(month_rollups.c.dimension == "page"))
    assert compare_with_events(blog.store, SITE).different == {october: ["the whole month by page"]}
