"""Which days a change of events concerns."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tracker.stats.rollups.day_figures.scopes import scope_of_day
from tracker.stats.rollups.keeping import sealed_day
from tracker.store.seals import Span, spans_of


def concerned(zone: str, moment: str, age_seconds: int = 0) -> list[str]:
    """The days around that an event concerns which happened at a moment (UTC), so old was its visit then."""
    (span,) = spans_of(["a.fr"], np.array([moment], dtype="datetime64[us]"), np.array([age_seconds]))
    first = datetime.fromisoformat(moment).date() - timedelta(days=5)
    days = [first + timedelta(days=number) for number in range(12)]
    scopes = [scope_of_day("a.fr", day, ZoneInfo(zone)) for day in days]
    return [f"{scope.period.start}" for scope in scopes if span.concerns(sealed_day(scope))]


@pytest.mark.parametrize(
    ("zone", "moment", "age", "needed"),
    [
        pytest.param("UTC", "2026-11-16T12:00:00", 0, ["2026-11-16", "2026-11-17", "2026-11-18"], id="the-day-and-two-more"),
        pytest.param("UTC", "2026-11-16T00:10:00", 900, ["2026-11-15", "2026-11-16", "2026-11-18"], id="of-a-visit-of-the-day-before"),
        pytest.param("UTC", "2026-11-16T12:00:00", 260_000, ["2026-11-13", "2026-11-14", "2026-11-18"], id="of-a-visit-of-days"),
        pytest.param("UTC", "2026-11-15T23:59:00", -300, ["2026-11-15", "2026-11-16", "2026-11-17"], id="late-before-its-visit"),
        pytest.param("Europe/Paris", "2026-10-23T22:30:00", 0, ["2026-10-24", "2026-10-25", "2026-10-26"], id="over-a-day-of-25-hours"),
        pytest.param("Pacific/Auckland", "2026-11-16T11:30:00", 0, ["2026-11-17", "2026-11-19"], id="far-in-the-east"),
    ],
)  # fmt: skip
def test_an_event_concerns_the_days_that_count_it(zone: str, moment: str, age: int, needed: list[str]) -> None:
    assert set(needed) <= set(concerned(zone, moment, age))


def test_todays_events_leave_yesterday_sealed() -> None:
    assert concerned("Europe/Paris", "2026-11-16T09:00:00", 60)[0] == "2026-11-16"


def test_spans_that_touch_are_one_and_sites_are_apart() -> None:
    moments = np.array(
        ["2026-11-16T12:00", "2026-11-17T12:00", "2026-06-01", "2026-11-16T12:00"], dtype="datetime64[us]"
    )
    spans = spans_of(["a.fr", "a.fr", "a.fr", "b.fr"], moments, np.zeros(4, dtype=np.int64))
    assert sorted((span.site, span.start_at.date()) for span in spans) == [
        ("a.fr", date(2026, 6, 1) - timedelta(days=1)), ("a.fr", date(2026, 11, 16)), ("b.fr", date(2026, 11, 16))
    ]  # fmt: skip


def test_a_removed_site_concerns_all_of_its_days() -> None:
    day = sealed_day(scope_of_day("a.fr", date(2026, 11, 16), ZoneInfo("UTC")))
    assert Span.always("a.fr").concerns(day)
    assert not Span.always("b.fr").concerns(day)
