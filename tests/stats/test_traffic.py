"""Totals, their course and what stands beside them, against numbers worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from tests.stats.conftest import EMPTY, PARIS, SITE, Blog, period, scope
from tracker.db.models import Site
from tracker.stats import traffic
from tracker.stats.aggregation import Aggregation, Group
from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.rollups.moment import moment
from tracker.store.answering.store import AnsweringStore
from tracker.store.batch import Batch, NotCounted
from tracker.store.protocol import EventStore


def one_week(blog: Blog) -> None:
    """Three visits of two visitors: a bounce; three pages in 130 s; one page with a click, 40 s later."""
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), (30, "/a", 25_000), visitor=7)
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/a"), (60, "/b"), (100, "/b", 35_000), (130, "/c"), visitor=7)
    blog.visit("2026-11-17T23:30:00+01:00", (0, "/b"), (40, "/b", "Outbound Link: Click"), visitor=8)


def test_totals_by_hand(blog: Blog) -> None:
    one_week(blog)
    row = traffic.totals(blog.store, scope("2026-W47")).iloc[0]
    assert row[["visitors", "visits", "pageviews", "events"]].tolist() == [2, 3, 5, 8]
    assert row["views_per_visit"] == pytest.approx(5 / 3)
    assert row["bounce_rate"] == pytest.approx(1 / 3)
    assert row["visit_duration_seconds"] == pytest.approx((30 + 130 + 40) / 3)
    assert row["engaged_seconds"] == pytest.approx((25 + 35) / 3)


def test_totals_of_nothing_are_zero_counts_and_no_ratios(store: EventStore) -> None:
    frame = traffic.totals(store, scope("2026-W47"))
    assert len(frame) == 1
    assert frame[["visitors", "visits", "pageviews", "events"]].iloc[0].tolist() == [0, 0, 0, 0]
    assert frame[["views_per_visit", "bounce_rate", "visit_duration_seconds", "engaged_seconds"]].isna().all(axis=None)
    assert str(frame["visits"].dtype) == "int64"


def test_another_site_is_not_counted(blog: Blog) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), site="autre.example")
    assert traffic.totals(blog.store, scope("2026-W47")).iloc[0]["visitors"] == 0


def test_a_series_has_every_day_with_zeros_where_nothing_was(blog: Blog) -> None:
    one_week(blog)
    series = traffic.course(blog.store, scope("2026-W47"), "day")[1]
    assert series["start"].dt.strftime("%d").tolist() == ["16", "17", "18", "19", "20", "21", "22"]
    assert series["visits"].tolist() == [1, 2, 0, 0, 0, 0, 0]
    assert series["visitors"].tolist() == [1, 2, 0, 0, 0, 0, 0]
    assert series["pageviews"].tolist() == [1, 4, 0, 0, 0, 0, 0]
    assert series["bounce_rate"].tolist()[:2] == [1.0, 0.0]
    assert series["bounce_rate"][2:].isna().all()
    assert series["visit_duration_seconds"].tolist()[:2] == [30, 85]


def test_the_course_has_the_totals_of_its_period(blog: Blog) -> None:
    one_week(blog)
    total, _ = traffic.course(blog.store, scope("2026-W47"), "day")
    pd.testing.assert_frame_equal(total, traffic.totals(blog.store, scope("2026-W47")))


def test_a_visit_over_midnight_counts_where_it_began(blog: Blog) -> None:
    """Two pages, 23:58 and 00:02: no bounce on the first day, and not the −1 of one on the second."""
    blog.visit("2026-11-16T23:58:00+01:00", (0, "/a"), (240, "/b"), (300, "/b", 50_000))
    before = traffic.totals(blog.store, scope("2026-11-16")).iloc[0]
    assert before[["visitors", "visits", "pageviews", "bounce_rate", "visit_duration_seconds"]].tolist() == [
        1, 1, 1, 0.0, 300.0
    ]  # fmt: skip
    after = traffic.totals(blog.store, scope("2026-11-17")).iloc[0]
    assert after[["visitors", "visits", "pageviews"]].tolist() == [1, 0, 1]
    assert after[["bounce_rate", "visit_duration_seconds", "engaged_seconds"]].isna().all()
    both = traffic.course(blog.store, scope("2026-11-16,2026-11-17"), "day")[1]
    assert both["bounce_rate"].tolist()[0] == 0.0
    assert pd.isna(both["bounce_rate"].tolist()[1])


def test_a_visit_whose_first_event_comes_late_has_its_length_where_it_is_counted(blog: Blog) -> None:
    """At 00:02 a page, at 00:03 another; then the one of 23:58 arrives, four minutes before the visit's beginning."""
    blog.visit("2026-11-17T00:02:00+01:00", (0, "/a"), (60, "/b"), (-240, "/c"))
    days = traffic.course(blog.store, scope("2026-11-16,2026-11-17"), "day")[1]
    assert days["visits"].tolist() == [0, 1]
    assert pd.isna(days["visit_duration_seconds"].tolist()[0])
    assert days["visit_duration_seconds"].tolist()[1] == 300
    assert traffic.totals(blog.store, scope("2026-11-17")).iloc[0]["visit_duration_seconds"] == 300


def test_a_visit_of_a_company_that_was_named_in_mid_visit_is_not_split(blog: Blog) -> None:
    """The visit is the company's as a whole: it does not bounce, and its whole length counts."""
    number = blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"))
    blog.add(
        [
            EMPTY
            | {"site": SITE, "name": "pageview", "path": "/b", "entry_page": "/a", "pageviews": 1, "bounces": -1}
            | {"visit_id": number, "visitor_id": number, "visit_seconds": 90, "visit_age_seconds": 90}
            | {"company": "Acme", "occurred_at": int(datetime(2026, 11, 16, 9, 1, 30, tzinfo=UTC).timestamp()) * 10**6}
        ]
    )
    found = of_acme(blog)
    assert found["bounce_rate"].tolist() == [0.0]
    assert found["visit_duration_seconds"].tolist() == [90.0]


def of_acme(blog: Blog) -> pd.DataFrame:
    names = ("visitors", "bounce_rate", "visit_duration_seconds")
    statement = Aggregation(scope("2026-W47"), names, [Group(Dimension.COMPANY)]).statement()
    frame = blog.store.frame(statement)
    return frame[frame["g0"] == "Acme"]


def test_no_hour_shows_a_bounce_that_the_next_takes_back(blog: Blog) -> None:
    blog.visit("2026-11-16T09:59:00+01:00", (0, "/a"), (120, "/b"))
    blog.visit("2026-11-16T10:10:00+01:00", (0, "/a"))
    series = traffic.course(blog.store, scope("2026-11-16"), "hour")[1]
    assert series["bounce_rate"].tolist()[9:11] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("day", "zone", "hours", "missing"),
    [
        pytest.param("2026-03-29", "Europe/Paris", 23, 2, id="paris-spring"),
        pytest.param("2026-10-25", "Europe/Paris", 24, None, id="paris-autumn"),
        pytest.param("2026-11-16", "Europe/Paris", 24, None, id="plain-day"),
        pytest.param("2026-03-08", "America/New_York", 23, 2, id="new-york-spring"),
        pytest.param("2026-04-05", "Australia/Lord_Howe", 24, None, id="half-an-hour-back"),
        pytest.param("2026-11-16", "Asia/Kathmandu", 24, None, id="quarter-of-an-hour"),
    ],
)
def test_hours_of_a_day_are_those_its_clock_shows(day: str, zone: str, hours: int, missing: int | None) -> None:
    starts = traffic.interval_starts(period(day, zone), "hour")
    assert len(starts) == hours
    assert missing not in [start.hour for start in starts]


def test_hours_that_the_clock_shows_twice_are_one_interval(blog: Blog) -> None:
    """On 25 October 2026 Paris has 02:30 at 00:30 and at 01:30 UTC."""
    blog.visit("2026-10-25T00:30:00+00:00", (0, "/a"))
    blog.visit("2026-10-25T01:30:00+00:00", (0, "/a"))
    blog.visit("2026-10-25T02:30:00+00:00", (0, "/a"))
    series = traffic.course(blog.store, scope("2026-10-25"), "hour")[1]
    assert series.set_index(series["start"].dt.hour)["visits"][[1, 2, 3]].tolist() == [0, 2, 1]


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        pytest.param("2026-11-16T22:59:59+00:00", "Europe/Paris", "2026-11-16", id="paris-before-midnight"),
        pytest.param("2026-11-16T23:00:00+00:00", "Europe/Paris", "2026-11-17", id="paris-midnight"),
        pytest.param("2026-07-16T22:00:00+00:00", "Europe/Paris", "2026-07-17", id="paris-summer-midnight"),
        pytest.param("2026-11-16T04:59:00+00:00", "America/New_York", "2026-11-15", id="new-york"),
        pytest.param("2026-11-15T18:15:00+00:00", "Asia/Kathmandu", "2026-11-16", id="kathmandu"),
        pytest.param("2026-11-15T11:00:00+00:00", "Pacific/Auckland", "2026-11-16", id="auckland"),
    ],
)
def test_days_are_the_sites_own(blog: Blog, moment: str, zone: str, day: str) -> None:
    blog.visit(moment, (0, "/a"))
    assert traffic.totals(blog.store, scope(day, zone=zone)).iloc[0]["visitors"] == 1
    year = traffic.course(blog.store, scope("2026-01-01,2026-12-31", zone=zone), "day")[1]
    assert year[year["visits"] == 1]["start"].dt.strftime("%Y-%m-%d").tolist() == [day]


@pytest.mark.parametrize(
    ("text", "interval", "starts"),
    [
        pytest.param("2026-11-04,2026-11-17", "week", ["2026-11-02", "2026-11-09", "2026-11-16"], id="weeks-cut"),
        pytest.param("2026-10-15,2026-12-01", "month", ["2026-10-01", "2026-11-01", "2026-12-01"], id="months-cut"),
        pytest.param("2026-02-27,2026-03-01", "day", ["2026-02-27", "2026-02-28", "2026-03-01"], id="days"),
    ],
)
def test_intervals_of_a_period(text: str, interval: str, starts: list[str]) -> None:
    found = traffic.interval_starts(period(text), interval)
    assert found.strftime("%Y-%m-%d").tolist() == starts


def test_weeks_and_months_add_up_their_days(blog: Blog) -> None:
    for day in ("2026-11-01", "2026-11-02", "2026-11-08", "2026-11-09"):
        blog.visit(f"{day}T12:00:00+01:00", (0, "/a"))
    span = scope("2026-10-15,2026-11-20")
    assert traffic.course(blog.store, span, "week")[1]["visits"].tolist() == [0, 0, 1, 2, 1, 0]
    assert traffic.course(blog.store, span, "month")[1]["visits"].tolist() == [0, 4]


def test_live_visitors_are_those_of_the_last_five_minutes(blog: Blog) -> None:
    now = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    blog.visit("2026-11-16T08:54:59+00:00", (0, "/a"))
    blog.visit("2026-11-16T08:55:00+00:00", (0, "/a"), visitor=50)
    blog.visit("2026-11-16T08:50:00+00:00", (0, "/a"), (570, "/a", 9000), visitor=51)
    blog.visit("2026-11-16T08:59:00+00:00", (0, "/a"), visitor=50)
    assert traffic.live_visitors(blog.store, SITE, now) == 2


def test_a_page_s_live_visitors_are_those_of_some_seconds_ago_at_most(blog: Blog) -> None:
    now = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    site = Site(domain=SITE, stored_as=SITE, time_zone="Europe/Paris", language="fr")
    answering = cast(EventStore, AnsweringStore(blog.store))
    blog.store = answering
    blog.visit("2026-11-16T08:58:00+00:00", (0, "/a"))
    Keeper(answering).refresh(SITE, PARIS, today=date(2026, 11, 16))

    def on_page(seconds: int) -> int:
        with moment(answering) as page:
            return traffic.live_visitors_of_page(page, site, now + timedelta(seconds=seconds))

    assert on_page(0) == 1
    blog.visit("2026-11-16T08:59:00+00:00", (0, "/a"), visitor=50)
    assert [on_page(9), on_page(10)] == [1, 2]  # the figures beside it do not know the second one either
    blog.visit("2026-11-16T08:59:30+00:00", (0, "/a"), visitor=51)
    Keeper(answering).refresh(SITE, PARIS, today=date(2026, 11, 16))
    assert on_page(11) == 3
    assert [on_page(239), on_page(1000)] == [2, 0]


def test_first_and_last_events_are_the_sites_own(blog: Blog) -> None:
    assert traffic.first_day(blog.store, SITE, PARIS) is None
    assert traffic.last_event_at(blog.store, SITE) is None
    blog.visit("2026-11-16T23:30:00+00:00", (0, "/a"), (60, "/b"))
    blog.visit("2026-11-10T00:00:00+00:00", (0, "/a"), site="autre.example")
    assert traffic.first_day(blog.store, SITE, PARIS) == date(2026, 11, 17)
    assert traffic.first_day(blog.store, SITE, ZoneInfo("UTC")) == date(2026, 11, 16)
    assert traffic.last_event_at(blog.store, SITE) == datetime(2026, 11, 16, 23, 31, tzinfo=UTC)


def test_what_was_not_counted_is_summed_by_day_reason_and_detail(store: EventStore) -> None:
    monday, tuesday = date(2026, 11, 16), date(2026, 11, 17)
    drops = [
        NotCounted(SITE, monday, "bot", "Googlebot", 3),
        NotCounted(SITE, monday, "bot", "Googlebot", 4),
        NotCounted(SITE, monday, "referrer_spam", "semalt.com", 1),
        NotCounted(SITE, tuesday, "bot", "Googlebot", 9),
        NotCounted(SITE, date(2026, 11, 15), "bot", "Googlebot", 90),
        NotCounted("autre.example", monday, "bot", "Googlebot", 70),
    ]
    store.append(Batch({}, drops))
    frame = traffic.not_counted(store, SITE, period("2026-11-16,2026-11-17"))
    assert frame[["reason", "detail", "hits"]].to_numpy().tolist() == [
        ["bot", "Googlebot", 9], ["bot", "Googlebot", 7], ["referrer_spam", "semalt.com", 1]
    ]  # fmt: skip
    assert str(frame["hits"].dtype) == "int64"


def test_of_rows_that_an_older_version_stored_no_query_is_shown(store: EventStore) -> None:
    monday = date(2026, 11, 16)
    url, name = "ftp://files.a.fr/reset?token=SECRET&email=lea@acme.fr", "https://b.fr?email=lea@acme.fr"
    store.append(
        Batch({}, [NotCounted(SITE, monday, "invalid_url", url, 1), NotCounted("", monday, "unknown_site", name, 1)])
    )
    assert traffic.not_counted(store, SITE, period("2026-11-16"))["detail"].tolist() == ["ftp://files.a.fr"]
    assert traffic.not_counted(store, "", period("2026-11-16"))["detail"].tolist() == [""]
