"""A company that its reader named in mid-visit is a lead with that visit, whoever the visit began as."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from tests.dashboards.web.conftest import SITE, Clock
from tracker.leads.report import leads
from tracker.stats.periods import parse_period
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


def test_a_company_named_in_mid_visit_counts_the_visit(
    site: str, store: EventStore, visit: Callable[..., None], clock: Clock
) -> None:
    visit("/a", "/b", company="Acme", company_method="given", visits=0)
    zone = ZoneInfo("Europe/Paris")
    today: date = clock().astimezone(zone).date()
    found = leads(store, Scope(SITE, parse_period("7d", today=today, time_zone=zone)))
    assert found[["company", "visits", "pageviews"]].to_dict("records") == [
        {"company": "Acme", "visits": 1, "pageviews": 2}
    ]
    assert found.iloc[0]["score"] > 0
