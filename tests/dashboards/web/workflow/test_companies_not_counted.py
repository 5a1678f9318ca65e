"""Internal and ignored companies leave the traffic figures where a site says so: the same on page, in API and email."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.dashboards.web.test_leads_pages import text
from tracker.db.engine import AppDatabase
from tracker.leads.segments.asked import KnownCompanies
from tracker.reports.report import report_on
from tracker.service.context import Context
from tracker.service.operations import query
from tracker.settings import Settings
from tracker.sites.sites import find_site
from tracker.store.protocol import EventStore

LEADS, WORK = f"/{SITE}/leads", f"/{SITE}/work-settings"


@pytest.fixture
def context(database: AppDatabase, store: EventStore, clock: Clock) -> Context:
    return Context(Settings(base_url="http://stats.example.fr"), database, store, clock)


def _visits(signed_in: Browser, context: Context) -> tuple[Any, ...]:
    """The visits of the last seven days: on the overview, of the API, and of the week's report if it were over."""
    page = text(signed_in.get(f"/{SITE}?period=7d").text)
    asked = {"metrics": ["visits"], "date_range": "7d"}
    (row,) = query(context, site=SITE, query=asked | {"site_id": SITE})["results"]
    site = find_site(context.app_db, SITE)
    assert site is not None
    now, week = context.now(), f"{context.now():%G-W%V}"
    known = KnownCompanies(context.app_db, context.event_store, site, now)
    report = report_on(context.event_store, site, "weekly", week, now=now, known=known)
    shown = re.search(r"Visits (\d+)", page)
    assert shown
    return int(shown[1]), row["metrics"][0], int(report.totals["visits"].iloc[0])


def test_internal_and_ignored_companies_leave_the_traffic_where_the_site_says_so(
    site: str, signed_in: Browser, context: Context, visit: Callable[..., None], company_visit: Callable[..., None]
) -> None:
    visit("/a")
    for name in ("Bolt", "Nous", "Robotics"):
        company_visit("/a", company=name, company_domain=None)
    for mark, kind in (("0:nous", "internal"), ("0:robotics", "ignored")):
        signed_in.post(f"/{SITE}/work", form=LEADS, company=mark, next=LEADS, kind=kind)
    assert _visits(signed_in, context) == (4, 4, 4), "until the site says so, all are counted"
    signed_in.post(WORK, form=WORK, statuses="New", leaves_out="yes")
    assert 'name="leaves_out" value="yes" checked' in signed_in.get(WORK).text
    assert _visits(signed_in, context) == (2, 2, 2)
    assert "Internal and ignored companies are not in these figures." in signed_in.get(f"/{SITE}").text
    assert "Nous" in signed_in.get(f"{LEADS}?f=relationship:is:internal").text, "they can be looked at all the same"
    assert "Why this score" in signed_in.get(f"{LEADS}/nous").text
    signed_in.post("/" + SITE + "/corrections", form=LEADS, kind="rename", subject="Nous", target="Notre agence")
    assert _visits(signed_in, context) == (2, 2, 2), "by another name too"
    signed_in.post(f"/{SITE}/work", form=LEADS, company="1:nous", next=LEADS, kind="customer")
    assert _visits(signed_in, context) == (3, 3, 3), "past visits count again"
