"""All that a page says is of one moment, and it is told when figures are of days that were counted otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.stats.conftest import PARIS, SITE, Blog, period
from tracker.stats import traffic
from tracker.stats.rollups.keeping import Keeper, seal
from tracker.stats.rollups.moment import Caveats, caveats_of, moment
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events, sealed_days

TODAY = date(2026, 11, 20)
DAYS = [date(2026, 11, 14) + timedelta(days=number) for number in range(7)]
AUCKLAND = ZoneInfo("Pacific/Auckland")


def asked(zone: ZoneInfo = PARIS) -> Scope:
    return Scope(SITE, period("2026-11-14,2026-11-20", zone.key))


def visitors(store: EventStore, zone: ZoneInfo = PARIS) -> tuple[int, Caveats]:
    with moment(store) as page:
        return traffic.visitors(page, asked(zone)), caveats_of(page)


@pytest.fixture
def sealed_week(blog: Blog) -> Blog:
    """A visit of each day, and all days sealed in Paris."""
    for day in DAYS:
        blog.visit(f"{day}T12:00:00+01:00", (0, "/a"))
    Keeper(blog.store).seal_all(SITE, PARIS, today=TODAY, on_progress=lambda done, left: None)
    return blog


def test_a_page_says_the_same_twice_while_hits_come_in(sealed_week: Blog) -> None:
    store = sealed_week.store
    with moment(store) as page:
        before = traffic.visitors(page, asked())
        sealed_week.visit("2026-11-20T13:00:00+01:00", (0, "/a"))
        seal(store, SITE, TODAY, PARIS)
        total, series = traffic.course(page, asked(), "day")
        assert (before, total["visitors"].iloc[0], series["visitors"].sum()) == (7, 7, 7)
    assert visitors(store) == (8, Caveats())


def test_figures_that_nobody_keeps_any_more_are_worked_out(sealed_week: Blog) -> None:
    """A store that was opened anew does not know how long its figures have lacked events."""
    store = sealed_week.store
    sealed_week.visit("2026-11-20T13:00:00+01:00", (0, "/a"))
    assert visitors(store)[0] == 7
    store._seals._since.clear()  # type: ignore[attr-defined]
    assert visitors(store)[0] == 8


def test_until_days_are_counted_in_a_new_time_zone_those_of_the_one_before_are_shown(sealed_week: Blog) -> None:
    store = sealed_week.store
    assert visitors(store, AUCKLAND) == (7, Caveats(in_zone_of_before=True))
    Keeper(store).seal_all(SITE, AUCKLAND, today=date(2026, 11, 21), on_progress=lambda done, left: None)
    assert visitors(store, AUCKLAND) == (
        6,
        Caveats(),
    )  # the visit of the 20th at noon is of the next day there, as is each


def test_days_without_events_stay_in_the_time_zone_that_they_were_counted_in(sealed_week: Blog) -> None:
    store = sealed_week.store
    end = datetime(2026, 11, 17, tzinfo=PARIS).astimezone(UTC).replace(tzinfo=None)
    with store.transaction() as connection:  # type: ignore[attr-defined] # as who removes old events leaves their seals
        connection.execute(events.delete().where(events.c.occurred_at < end))
        assert connection.execute(sealed_days.select()).all()
    for day in DAYS[3:]:
        assert seal(store, SITE, day, ZoneInfo("Europe/London"))
    found, caveats = visitors(store, ZoneInfo("Europe/London"))
    assert (found, caveats) == (7, Caveats(final_before=date(2026, 11, 17), final_in="Europe/Paris"))
