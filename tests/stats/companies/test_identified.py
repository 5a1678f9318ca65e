"""How much is named: figures by hand, from events and from sealed days alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.stats.conftest import EMPTY, PARIS, SITE, TODAY, Blog, scope
from tracker.db.models import Site
from tracker.stats.companies.identified import Identified, identified
from tracker.stats.query.run import run_query
from tracker.stats.rollups.counting import counting
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.rollups.registry import RULES
from tracker.store.protocol import EventStore

NAMED = {
    "company": "Air France",
    "company_method": "as_organisation",
    "company_confidence": 0.8,
    "network_kind": "business",
}
POSSIBLE = NAMED | {"company": "Kollin", "company_confidence": 0.3, "network_kind": "unknown"}
TYPED = {"company": "Typed", "company_method": "self_identified", "company_confidence": 0.4, "network_kind": "isp"}
DAYS = "2026-11-02,2026-11-03"


@pytest.fixture
def visits(blog: Blog) -> Blog:
    """Eleven visits of two days: 2 named, 2 possible, 7 others."""
    blog.visit("2026-11-02T09:00+01:00", (0, "/"), (30, "/prices"), **NAMED)
    blog.visit("2026-11-03T09:00+01:00", (0, "/"), **NAMED)
    blog.visit("2026-11-02T10:00+01:00", (0, "/"), network_kind="isp")
    blog.visit("2026-11-03T10:00+01:00", (0, "/"), **POSSIBLE)
    blog.visit("2026-11-03T10:10+01:00", (0, "/"), **TYPED)
    for kind in ("isp", "mobile", "hosting", "vpn", "education", None):
        blog.visit("2026-11-03T11:00+01:00", (0, "/"), network_kind=kind)
    return blog


BY_HAND = Identified(named=2, possible=2, line=3, hosting=2, other=2)


def test_counts_visits_by_how_far_their_company_is_known(visits: Blog) -> None:
    found = identified(visits.store, scope(DAYS))
    assert found == BY_HAND
    assert found.visits == 11
    assert found.share(found.named) == pytest.approx(2 / 11)


def test_a_visit_counts_where_it_was_at_its_end(blog: Blog, store: EventStore) -> None:
    visit = blog.visit("2026-11-02T10:00+01:00", (0, "/"), (60, "/contact"), network_kind="isp")
    later = rows_of(blog, visit)
    assert identified(store, scope(DAYS)) == Identified(line=1)
    blog.add([later | {"company": "Air France", "company_method": "self_identified", "company_confidence": 0.95}])
    assert identified(store, scope(DAYS)) == Identified(named=1)


def rows_of(blog: Blog, visit: int) -> dict[str, Any]:
    """A further event of a visit, two minutes after it began."""
    at = int(datetime(2026, 11, 2, 9, 2, tzinfo=UTC).timestamp()) * 1_000_000
    return EMPTY | {
        "site": SITE, "name": "signup", "occurred_at": at, "visitor_id": visit, "visit_id": visit, "path": "/contact",
        "entry_page": "/", "visit_seconds": 60, "visit_age_seconds": 120, "network_kind": "isp",
    }  # fmt: skip


def test_the_api_says_the_same(visits: Blog, site: Site) -> None:
    query = {
        "metrics": ["visits_begun", "visit_share"],
        "date_range": DAYS.split(","),
        "dimensions": ["visit:identification"],
    }
    now = scope(DAYS).period.end_at
    answer = run_query(visits.store, site, query, now=now)
    assert {one["dimensions"][0]: one["metrics"] for one in answer["results"]} == {
        "named": [2, 18.18],
        "possible": [2, 18.18],
        "line": [3, 27.27],
        "hosting": [2, 18.18],
        "other": [2, 18.18],
    }
    of_hosts = query | {"filters": [["is", "visit:identification", ["hosting"]]], "dimensions": []}
    assert run_query(visits.store, site, of_hosts, now=now)["results"][0]["metrics"][0] == 2


def test_sealed_days_say_the_same(visits: Blog) -> None:
    asked = scope(DAYS)
    sealed = Keeper(visits.store).seal_some(SITE, PARIS, today=TODAY, most=30)
    assert date(2026, 11, 3) in sealed
    with counting(visits.store, asked, fewest_events=0) as counted:
        assert counted.open_days == []
    assert identified(visits.store, asked) == BY_HAND
    assert RULES >= 3  # days that were sealed before know no identification and are sealed again


def test_without_a_visit_nothing_is_named(store: EventStore) -> None:
    assert identified(store, scope(DAYS)) == Identified()
    assert Identified().share(0) == 0.0
