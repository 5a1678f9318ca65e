"""A company's page says which names were joined with it by themselves, and splits them for good."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.db.engine import AppDatabase
from tracker.leads.companies.known import ListedCompany
from tracker.leads.corrections.joining import join_companies
from tracker.sites.sites import find_site


def test_a_joined_name_is_shown_as_such_and_split(
    site: str, signed_in: Browser, company_visit: Callable[..., None], database: AppDatabase, clock: Clock
) -> None:
    company_visit("/a", company="Armor")
    company_visit("/b", company="Armor Technologies")
    found = find_site(database, SITE)
    assert found is not None
    at = clock.now.replace(tzinfo=None)
    seen = [ListedCompany("Armor", None, True, at, at), ListedCompany("Armor Technologies", None, True, at, at)]
    assert join_companies(database, found.id, seen, now=clock.now) == [("Armor Technologies", "Armor")]
    page = signed_in.get(f"/{SITE}/leads/armor").text
    assert "Visits of Armor Technologies count here." in page
    assert "Joined automatically" in page
    assert "joined automatically" in signed_in.get(f"/{SITE}/corrections").text
    number = re.search(r'name="undo" value="(\d+)"', page)
    assert number
    signed_in.post(f"/{SITE}/corrections", undo=number[1])
    assert "count here" not in signed_in.get(f"/{SITE}/leads/armor").text
    assert join_companies(database, found.id, seen, now=clock.now) == []
