"""Any traffic, counted a second time in plain Python by other means: sets, dictionaries and zoneinfo."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases import new_event_store
from tests.stats.conftest import SITE, Blog
from tracker.db.models import Site
from tracker.stats import traffic
from tracker.stats.breakdowns import breakdown, leading
from tracker.stats.dimensions import Dimension
from tracker.stats.filters.address_bar import clicked
from tracker.stats.periods import Period
from tracker.stats.query.run import run_query
from tracker.stats.scope import Scope

# Around both changes of the clocks in 2026, and over the end of a year.
MOMENTS = st.one_of(
    *(
        st.integers(0, 4 * 86_400).map(lambda seconds, start=start: start + timedelta(seconds=seconds))
        for start in (
            datetime(2026, 3, 27, tzinfo=UTC),
            datetime(2026, 10, 23, tzinfo=UTC),
            datetime(2026, 12, 29, tzinfo=UTC),
        )
    )
)
STEPS = st.lists(
    st.tuples(st.integers(0, 1700), st.sampled_from(["/a", "/b", "/c"]), st.booleans()), min_size=0, max_size=5
)
VISITS = st.lists(
    st.tuples(
        MOMENTS, st.integers(1, 4), st.sampled_from([None, "Google", "LinkedIn"]), st.sampled_from(["/a", "/b"]), STEPS
    ),
    max_size=12,
)
PERIODS = st.sampled_from(
    [
        (date(2026, 3, 28), 2),
        (date(2026, 3, 29), 1),
        (date(2026, 10, 25), 1),
        (date(2026, 10, 24), 3),
        (date(2026, 12, 30), 4),
    ]
)
ZONES = ["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC"]


def as_events(visits: list[Any]) -> list[dict[str, Any]]:
    """Each visit's events as plain facts, oldest first."""
    events = []
    for number, (start, visitor, source, entry, steps) in enumerate(visits):
        at, path = start, entry
        events.append({"visit": number, "visitor": visitor, "source": source, "at": at, "path": path, "view": True})
        for gap, next_path, view in steps:
            at += timedelta(seconds=gap)
            path = next_path if view else path
            events.append({"visit": number, "visitor": visitor, "source": source, "at": at, "path": path, "view": view})
    return events


def store_them(blog: Blog, visits: list[Any]) -> None:
    with blog.at_once():
        for start, visitor, source, entry, steps in visits:
            at, path, told = 0, entry, [(0, entry)]
            for gap, next_path, view in steps:
                at += gap
                path = next_path if view else path
                told.append((at, path) if view else (at, path, 1000))  # type: ignore[arg-type]
            blog.visit(start.isoformat(), *told, visitor=visitor, source=source)


def expected(events: list[dict[str, Any]], inside: Any) -> dict[str, Any]:
    """The totals of the moments that `inside` says yes to."""
    here = [event for event in events if inside(event["at"])]
    by_visit = defaultdict(list)
    for event in events:
        by_visit[event["visit"]].append(event)
    begun = [rows for rows in by_visit.values() if inside(rows[0]["at"])]
    spans = [(rows[-1]["at"] - rows[0]["at"]).total_seconds() for rows in begun]
    return {
        "visitors": len({event["visitor"] for event in here}),
        "visits": len(begun),
        "pageviews": sum(event["view"] for event in here),
        "events": len(here),
        "bounces": sum(sum(event["view"] for event in rows) == 1 for rows in begun),
        "seconds": sum(spans),
    }


def as_row(row: Any) -> dict[str, Any]:
    visits = int(row["visits"])
    counts = {name: int(row[name]) for name in ("visitors", "visits", "pageviews", "events")}
    return counts | {
        "bounces": round(row["bounce_rate"] * visits) if visits else 0,
        "seconds": round(row["visit_duration_seconds"] * visits) if visits else 0,
    }


@pytest.mark.parametrize("zone", ZONES)
@given(visits=VISITS, span=PERIODS)
@settings(max_examples=10)
def test_every_count_is_what_plain_python_counts(zone: str, visits: list[Any], span: tuple[date, int]) -> None:
    start, days = span
    clock = ZoneInfo(zone)
    scope = Scope(SITE, Period(start, start + timedelta(days=days), clock, "span"))
    events = as_events(visits)
    with new_event_store() as store:
        store_them(Blog(store), visits)

        def local(moment: datetime) -> datetime:
            return moment.astimezone(clock)

        def clock_hour(moment: datetime) -> datetime:
            return local(moment).replace(tzinfo=None, minute=0, second=0, microsecond=0)

        def inside(moment: datetime) -> bool:
            return start <= local(moment).date() < start + timedelta(days=days)

        total, series = traffic.course(store, scope, "day")
        assert as_row(total.iloc[0]) == expected(events, inside)
        for row in series.to_dict("records"):
            day = row["start"].date()
            assert as_row(row) == expected(events, lambda at, day=day: local(at).date() == day)
        for row in traffic.course(store, scope, "hour")[1].to_dict("records"):
            hour = row["start"].to_pydatetime()
            assert as_row(row) == expected(events, lambda at, hour=hour: clock_hour(at) == hour)

        here = [event for event in events if inside(event["at"])]
        for dimension, key in ((Dimension.SOURCE, "source"), (Dimension.PAGE, "path")):
            people, views = defaultdict(set), defaultdict(int)
            for event in here:
                people[event[key]].add(event["visitor"])
                views[event[key]] += event["view"]
            frame = breakdown(store, scope, dimension, limit=100)
            assert dict(zip(frame["value"], frame["visitors"], strict=True)) == {k: len(v) for k, v in people.items()}
            assert dict(zip(frame["value"], frame["pageviews"], strict=True)) == dict(views)
            led = leading(store, scope, [dimension], limit=100, everybody=1)[dimension]
            assert dict(zip(led["value"], led["visitors"], strict=True)) == {k: len(v) for k, v in people.items()}

        with_b = {event["visit"] for event in here if event["path"] == "/b"}
        filtered = traffic.totals(store, Scope(SITE, scope.period, (clicked(Dimension.PAGE, "is", ("/b",)),))).iloc[0]
        of_b = [event for event in here if event["visit"] in with_b]
        assert int(filtered["visitors"]) == len({event["visitor"] for event in of_b})
        assert int(filtered["pageviews"]) == sum(event["view"] for event in of_b)

        asked = {
            "metrics": ["visitors", "visits", "pageviews", "events"],
            "date_range": [start.isoformat(), (start + timedelta(days=days - 1)).isoformat()],
        }
        site = Site(
            domain=SITE, stored_as=SITE, time_zone=zone, language="fr", created_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        answer = run_query(store, site, asked, now=datetime(2026, 12, 31, tzinfo=UTC))["results"][0]["metrics"]
        assert answer == [int(total.iloc[0][name]) for name in asked["metrics"]]
