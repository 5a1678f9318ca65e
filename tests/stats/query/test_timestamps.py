"""Spans to the second: what they mean, what is refused, and that queries count them exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import new_event_store
from tests.stats.conftest import Blog
from tracker.db.models import Site
from tracker.stats.query.run import QueryError, run_query
from tracker.stats.query.timestamps import last_moment, span_of

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        pytest.param("2026-11-01T12:00:00+02:00", "2026-11-01T15:59:59+02:00", utc(2026, 11, 1, 10), utc(2026, 11, 1, 14), id="plausibles-four-hours"),
        pytest.param("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z", utc(2026, 11, 1, 12), utc(2026, 11, 1, 12, 0, 1), id="one-second"),
        pytest.param("2026-11-01T00:00:00", "2026-11-01T23:59:59", utc(2026, 10, 31, 23), utc(2026, 11, 1, 23), id="on-the-sites-clock"),
        pytest.param("2026-07-01T00:00:00", "2026-07-01T00:00:00.5", utc(2026, 6, 30, 22), utc(2026, 6, 30, 22, 0, 0, 600_000), id="tenths"),
        pytest.param("2026-11-01T00:00:00.123456Z", "2026-11-01T00:00:00.123456Z", utc(2026, 11, 1, 0, 0, 0, 123456), utc(2026, 11, 1, 0, 0, 0, 123457), id="one-microsecond"),
        pytest.param("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30, 1), id="an-hour-that-the-clock-shows-twice"),
    ],
)  # fmt: skip
def test_what_a_span_means(first: str, last: str, start: datetime, end: datetime) -> None:
    found = span_of(first, last, PARIS)
    assert (found.start_at, found.end_at) == (start, end)


BAD = {
    "garbage-behind-a-day": ("2026-11-01garbage", "2026-11-15"),
    "garbage-behind-a-moment": ("2026-11-01T12:00:00+01:00x", "2026-11-15T12:00:00+01:00"),
    "garbage-in-front": (" 2026-11-01", "2026-11-15"),
    "line-end": ("2026-11-01", "2026-11-15\n"),
    "day-and-moment": ("2026-11-01", "2026-11-15T12:00:00Z"),
    "moment-and-day": ("2026-11-01T12:00:00Z", "2026-11-15"),
    "minutes-alone": ("2026-11-01T12:00", "2026-11-01T13:00"),
    "space-for-t": ("2026-11-01 12:00:00", "2026-11-01 13:00:00"),
    "small-t-and-z": ("2026-11-01t12:00:00z", "2026-11-01t13:00:00z"),
    "zone-by-name": ("2026-11-01T12:00:00[Europe/Paris]", "2026-11-01T13:00:00[Europe/Paris]"),
    "offset-of-two-days": ("2026-11-01T12:00:00+48:00", "2026-11-01T13:00:00+48:00"),
    "hour-25": ("2026-11-01T25:00:00Z", "2026-11-02T13:00:00Z"),
    "second-60": ("2026-11-01T12:00:60Z", "2026-11-01T13:00:00Z"),
    "february-30": ("2026-02-30T12:00:00Z", "2026-03-01T13:00:00Z"),
    "too-many-decimals": ("2026-11-01T12:00:00.1234567Z", "2026-11-01T13:00:00Z"),
    "backwards": ("2026-11-01T13:00:00Z", "2026-11-01T12:00:00Z"),
    "backwards-by-offset": ("2026-11-01T13:00:00Z", "2026-11-01T13:30:00+02:00"),
    "other-digits": ("٢٠٢٦-١١-٠١", "2026-11-15"),
    "other-digits-in-a-moment": ("２０２６-11-01T12:00:00Z", "2026-11-15T12:00:00Z"),
    "no-dashes": ("20261101", "20261115"),
    "week-day": ("2026-W46-1", "2026-W46-3"),
    "word": ("today", "today"),
    "two-spans": ("2026-11-01,2026-11-02", "2026-11-15"),
    "year-one": ("0001-01-01T00:00:00Z", "2026-11-01T00:00:00Z"),
    "year-9999": ("2026-11-01T00:00:00Z", "9999-12-31T23:59:59-12:00"),
    "never-on-the-clock": ("2026-03-29T02:30:00", "2026-03-29T12:00:00"),
    "twice-on-the-clock": ("2026-10-25T02:30:00", "2026-10-25T12:00:00"),
    "empty": ("", ""),
}


@pytest.mark.parametrize("date_range", BAD.values(), ids=BAD)
def test_what_is_not_exact_is_refused_in_a_sentence(blog: Blog, site: Site, date_range: tuple[str, str]) -> None:
    with pytest.raises(QueryError, match=r"^`date_range`: ") as problem:
        run_query(blog.store, site, {"metrics": ["visitors"], "date_range": list(date_range)}, now=NOW)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    "word", ["٧d", "7d ago", "7dx", "2026-W46x", "2026-11x", "2026-11-01T00:00:00", "１２mo", "2026-W٤٦"]
)
def test_garbage_behind_a_word_is_refused(blog: Blog, site: Site, word: str) -> None:
    with pytest.raises(QueryError, match="is not a period"):
        run_query(blog.store, site, {"metrics": ["visitors"], "date_range": word}, now=NOW)


def ask(blog: Blog, site: Site, first: str, last: str, **query: Any) -> dict[str, Any]:
    return run_query(blog.store, site, {"metrics": ["pageviews"], "date_range": [first, last]} | query, now=NOW)


def test_seconds_are_counted_and_not_cut_to_days(blog: Blog, site: Site) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), (50, "/b"), (3600, "/c"))
    views = [
        ask(blog, site, f"2026-11-16T{first}", f"2026-11-16T{last}")["results"][0]["metrics"][0]
        for first, last in [("10:00:00", "10:00:49"), ("10:00:00", "10:00:50"), ("10:00:51", "10:59:59"),
                            ("10:00:50+01:00", "10:00:00Z"), ("09:00:51Z", "23:59:59Z")]
    ]  # fmt: skip
    assert views == [1, 2, 0, 2, 1]


def test_a_span_within_hours_is_shown_by_hours(blog: Blog, site: Site) -> None:
    blog.visit("2026-11-16T23:50:00+01:00", (0, "/a"), (900, "/b"), (1200, "/c"))
    answer = ask(
        blog, site, "2026-11-16T23:45:10", "2026-11-17T01:02:00", dimensions=["time"], include={"time_labels": True}
    )
    assert answer["query"]["dimensions"] == ["time:hour"]
    assert answer["meta"]["time_labels"] == ["2026-11-16 23:00:00", "2026-11-17 00:00:00", "2026-11-17 01:00:00"]
    assert [(row["dimensions"][0], row["metrics"][0]) for row in answer["results"]] == [
        ("2026-11-16 23:00:00", 1),
        ("2026-11-17 00:00:00", 2),
    ]


def test_hours_begin_on_the_clock_however_a_span_begins(blog: Blog, site: Site) -> None:
    blog.visit("2026-11-16T10:55:00+01:00", (0, "/a"), (240, "/b"), (360, "/c"), (420, "/d"))
    answer = ask(blog, site, "2026-11-16T10:07:00", "2026-11-16T13:00:00", dimensions=["time:hour"])
    assert [row["metrics"][0] for row in answer["results"]] == [2, 2]


@given(
    st.timedeltas(timedelta(0), timedelta(days=363)).map(lambda after: utc(2026, 1, 1) + after),
    st.timedeltas(timedelta(0), timedelta(days=40)),
    st.sampled_from(["Europe/Paris", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"]),
)
def test_the_span_that_an_answer_names_is_the_same_span(first: datetime, lasts: timedelta, zone: str) -> None:
    span = span_of(first.isoformat(), (first + lasts).isoformat(), ZoneInfo(zone))
    local = [moment.astimezone(ZoneInfo(zone)).isoformat() for moment in (span.start_at, last_moment(span))]
    again = span_of(*local, ZoneInfo(zone))
    assert (again.start_at, again.end_at) == (span.start_at, span.end_at)


def test_the_days_that_an_answer_names_are_the_same_days(blog: Blog, site: Site) -> None:
    for days in (["2026-03-29", "2026-03-29"], ["2026-10-01", "2026-10-31"]):
        named = ask(blog, site, *days)["query"]["date_range"]
        assert ask(blog, site, *named)["query"]["date_range"] == named


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seconds=st.lists(st.integers(0, 3 * 86_400), min_size=1, max_size=12),
    start=st.integers(0, 3 * 86_400),
    lasts=st.integers(0, 86_400),
    interval=st.sampled_from(["time:hour", "time:day", "time:week", "time:month"]),
)
def test_groups_of_any_span_add_up_to_what_plain_python_counts(
    site: Site, seconds: list[int], start: int, lasts: int, interval: str
) -> None:
    day = datetime(2026, 10, 24, tzinfo=UTC)  # the clocks are put back on the next one
    with new_event_store() as store:
        blog = Blog(store)
        for second in seconds:
            blog.visit((day + timedelta(seconds=second)).isoformat(), (0, "/a"))
        first, last = (day + timedelta(seconds=second) for second in (start, start + lasts))
        query = {"metrics": ["pageviews", "bounce_rate"], "dimensions": [interval], "include": {"time_labels": True}}
        answer = ask(blog, site, first.isoformat(), last.isoformat(), **query)
        inside = [second for second in seconds if start <= second <= start + lasts]
        assert sum(row["metrics"][0] for row in answer["results"]) == len(inside)
        assert all(row["metrics"] == [row["metrics"][0], 100] for row in answer["results"])
        labels = answer["meta"]["time_labels"]
        assert {row["dimensions"][0] for row in answer["results"]} <= set(labels)
