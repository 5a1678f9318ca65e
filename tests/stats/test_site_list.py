"""The figures of many sites at once are those of each site alone, and take no more statements than those of a few."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases import new_event_store
from tests.stats.conftest import EMPTY, Blog
from tracker.stats import traffic
from tracker.stats.periods import parse_period
from tracker.stats.scope import Scope
from tracker.stats.site_list import figures_of_sites
from tracker.store.protocol import EventStore

TODAY = date(2026, 10, 28)  # the clocks of Europe were put back three days before
ZONES = ["Europe/Paris", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]


@pytest.fixture
def store() -> Iterator[EventStore]:
    with new_event_store() as opened:
        yield opened


def add(blog: Blog, site: str, at: datetime, visitor: int) -> None:
    row = EMPTY | {"site": site, "name": "pageview", "path": "/", "entry_page": "/", "visits": 1, "pageviews": 1}
    blog.add([row | {"occurred_at": int(at.timestamp() * 1e6), "visitor_id": visitor, "visit_id": visitor}])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ZONES), st.integers(0, 11 * 24 * 4), st.integers(1, 5)), max_size=25))
def test_each_site_has_its_own_figures(visits: list[tuple[str, int, int]]) -> None:
    with new_event_store() as store:
        blog = Blog(store)
        with blog.at_once():
            for zone, quarters, visitor in visits:
                at = datetime(2026, 10, 19, tzinfo=UTC) + timedelta(minutes=15 * quarters)
                add(blog, zone.lower(), at, visitor)
        periods = {zone.lower(): parse_period("7d", today=TODAY, time_zone=ZoneInfo(zone)) for zone in ZONES}
        found = figures_of_sites(store, periods)
        for site, period in periods.items():
            alone = Scope(site, period)
            assert found[site].visitors == traffic.visitors(store, alone)
            assert found[site].by_day == list(traffic.course(store, alone, "day")[1]["visitors"])


def test_a_site_has_events_or_has_none(store: EventStore) -> None:
    add(Blog(store), "a.fr", datetime(2020, 1, 1, tzinfo=UTC), 1)
    week = parse_period("7d", today=TODAY, time_zone=ZoneInfo("Europe/Paris"))
    found = figures_of_sites(store, {"a.fr": week, "b.fr": week})
    assert found == {"a.fr": (0, [0] * 7, True), "b.fr": (0, [0] * 7, False)}
    assert figures_of_sites(store, {}) == {}
