"""Days are sealed from one state of their events, and a change takes their seals away."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from tests.stats.conftest import PARIS, SITE, Blog, period, scope
from tracker.stats import traffic
from tracker.stats.breakdowns import breakdown
from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.checking import compare_with_events
from tracker.stats.rollups.counting import counting
from tracker.stats.rollups.day_figures.figures import DayOfFigures
from tracker.stats.rollups.day_figures.scopes import scope_of_day
from tracker.stats.rollups.keeping import Keeper, seal, sealed_day, unsealed_days
from tracker.stats.rollups.moment import moment
from tracker.store import seals
from tracker.store.batch import Batch
from tracker.store.protocol import Snapshot
from tracker.store.schema import BEYOND, events, rollup_ids, rollups

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)
DAYS = period("2026-11-16,2026-11-18")


def seal_all(blog: Blog) -> None:
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        assert seal(blog.store, SITE, day, PARIS)
    assert list(unsealed_days(blog.store, SITE, DAYS)) == []


def test_an_event_takes_the_seals_of_its_day_and_of_the_two_after(blog: Blog) -> None:
    seal_all(blog)
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/a"))
    assert list(unsealed_days(blog.store, SITE, DAYS)) == [WEDNESDAY, TUESDAY]


def test_what_is_taken_back_takes_seals_away(blog: Blog) -> None:
    number = blog.visit("2026-11-16T12:00:00+01:00", (0, "/a"))
    seal_all(blog)
    blog.store.append(Batch({}, retracted=[number]))
    assert list(unsealed_days(blog.store, SITE, DAYS)) == [WEDNESDAY, TUESDAY, MONDAY]
    assert traffic.totals(blog.store, scope("2026-11-16")).iloc[0]["visitors"] == 0


def test_a_batch_that_is_only_rehearsed_leaves_the_seals(blog: Blog) -> None:
    seal_all(blog)
    blog.store.rehearse(Batch({}, retracted=[1]))
    assert list(unsealed_days(blog.store, SITE, DAYS)) == []


def test_another_time_zone_has_days_of_its_own(blog: Blog) -> None:
    seal_all(blog)
    assert len(list(unsealed_days(blog.store, SITE, period("2026-11-16,2026-11-18", "UTC")))) == 3


def test_a_day_whose_events_change_while_it_is_worked_out_is_not_sealed(blog: Blog) -> None:
    one = scope_of_day(SITE, TUESDAY, PARIS)

    def work_out(snapshot: Snapshot) -> None:
        figures = DayOfFigures(snapshot, one)
        snapshot.hold(figures.rows(), figures.ids())
        blog.visit("2026-11-17T12:00:00+01:00", (0, "/a"))

    assert not blog.store.seal(sealed_day(one), work_out)
    assert list(unsealed_days(blog.store, SITE, DAYS)) == [WEDNESDAY, TUESDAY, MONDAY]


def test_a_day_is_sealed_while_another_days_events_come(blog: Blog) -> None:
    one = scope_of_day(SITE, MONDAY, PARIS)

    def work_out(snapshot: Snapshot) -> None:
        figures = DayOfFigures(snapshot, one)
        snapshot.hold(figures.rows(), figures.ids())
        blog.visit("2026-11-18T12:00:00+01:00", (0, "/a"))

    assert blog.store.seal(sealed_day(one), work_out)


def test_a_removed_site_leaves_nothing(blog: Blog) -> None:
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/a"))
    seal_all(blog)
    blog.store.forget_site(SITE)
    assert blog.store.rows(select(rollups)) == []
    assert len(list(unsealed_days(blog.store, SITE, DAYS))) == 3


def test_a_keeper_seals_the_newest_days_first_and_then_has_nothing_to_do(blog: Blog) -> None:
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/a"))
    keeper = Keeper(blog.store)
    sealed = []
    while (day := keeper.seal_next(SITE, PARIS, today=WEDNESDAY)) is not None:
        sealed.append(day)
    assert sealed == [WEDNESDAY, TUESDAY, MONDAY]


def lose_events(blog: Blog, before: date) -> None:
    """As a retention period removes them: days as they end, and no figure is told."""
    with blog.store.transaction() as connection:  # type: ignore[attr-defined]
        connection.execute(events.delete().where(events.c.occurred_at < datetime.combine(before, time(), PARIS)))


@pytest.mark.parametrize("left", [date(2026, 11, 18), date(2026, 11, 30)], ids=["some-are-gone", "all-are-gone"])
def test_days_whose_events_are_gone_stay_as_they_were_counted(blog: Blog, left: date) -> None:
    for day in (16, 17, 18, 19, 20):
        blog.visit(f"2026-11-{day}T00:30:00+01:00", (0, "/a"), (60, "/b"), visitor=1)
    week = scope("2026-11-16,2026-11-20")
    Keeper(blog.store).seal_all(SITE, PARIS, today=date(2026, 11, 21), on_progress=lambda done, left: None)
    meant = traffic.course(blog.store, week)[1]
    lose_events(blog, left)
    blog.store.unseal(SITE, date.min, date.max)
    Keeper(blog.store).seal_all(SITE, PARIS, today=date(2026, 11, 21), on_progress=lambda done, left: None)
    with moment(blog.store) as page:
        assert traffic.course(page, week)[1].equals(meant)
    compared = compare_with_events(blog.store, SITE)
    assert compared.different == {}
    assert compared.days <= 2


def test_a_late_event_takes_no_figures_of_days_whose_events_are_gone(blog: Blog) -> None:
    for day in (16, 17, 18):
        blog.visit(f"2026-11-{day}T00:30:00+01:00", (0, "/a"))
    Keeper(blog.store).seal_all(SITE, PARIS, today=date(2026, 11, 21), on_progress=lambda done, left: None)
    lose_events(blog, date(2026, 11, 18))
    blog.visit("2026-11-18T00:40:00+01:00", (0, "/a"))
    Keeper(blog.store).refresh(SITE, PARIS, today=date(2026, 11, 21))
    assert traffic.totals(blog.store, scope("2026-11-16,2026-11-17")).iloc[0]["pageviews"] == 2


def test_a_day_keeps_no_more_values_than_a_stranger_may_send(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its figures by that dimension are counted from the events; all others stay as they are kept."""
    monkeypatch.setattr(seals, "MOST_VALUES", 3)
    for number in range(6):
        blog.visit("2026-11-17T12:00:00+01:00", (0, f"/{number}"), country="FR", consented=bool(number % 2))
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/1"), country="BE")
    days = scope("2026-11-16,2026-11-18")
    meant = {one: breakdown(blog.store, days, one) for one in (Dimension.PAGE, Dimension.COUNTRY)}
    seal_all(blog)
    kept = blog.store.rows(select(rollups.c.dimension, rollups.c.value).where(rollups.c.day == TUESDAY))
    assert len([one for one in kept if one.dimension in ("page", "titles", "entry_page")]) == 0
    assert {one.value for one in kept if one.dimension == BEYOND} == {"page", "titles", "entry_page", "exit_page"}
    assert (
        blog.store.rows(select(rollup_ids).where(rollup_ids.c.dimension == "page", rollup_ids.c.day == TUESDAY)) == []
    )
    with counting(blog.store, days) as counted:
        assert (counted.knows(Dimension.PAGE), counted.knows(Dimension.COUNTRY)) == (False, True)
    for dimension, frame in meant.items():
        assert breakdown(blog.store, days, dimension).equals(frame)
    assert compare_with_events(blog.store, SITE).different == {}


def test_the_titles_alone_of_a_day_that_is_worked_out(blog: Blog) -> None:
    """Where all else of the day is known already, as for the panel of pages."""
    for day in (16, 17, 18):
        blog.visit(f"2026-11-{day}T12:00:00+01:00", (0, "/a"))
    assert seal(blog.store, SITE, MONDAY, PARIS)
    assert seal(blog.store, SITE, TUESDAY, PARIS)
    with counting(blog.store, scope("2026-11-16,2026-11-18"), fewest_events=0) as counted:
        assert counted.days is not None
        assert counted.days.open == (WEDNESDAY,)
        assert counted.titles(["/a", "/b"]) == {"/a": "Titre de /a"}
