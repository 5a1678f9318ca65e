"""What happens now: the last 30 minutes, with who of them is a company, and a 304 for those who have it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from tests.dashboards.web.conftest import SITE, Browser, Clock

PAGE = f"/{SITE}/realtime"


def test_the_last_half_hour_is_shown_by_minute(
    signed_in: Browser, site: str, visit: Callable[..., None], company_visit: Callable[..., None]
) -> None:
    visit("/now", ago=timedelta(minutes=2), source="LinkedIn", country="FR")
    company_visit("/pricing", ago=timedelta(minutes=29))
    visit("/before", ago=timedelta(minutes=31))
    page = signed_in.get(PAGE).text.partition("<main")[2]
    assert "2 visitors in the last 30 minutes · 2 page views · 1 visitor now" in page
    for shown in ("/now", "/pricing", "LinkedIn", "France", "Air France"):
        assert shown in page
    assert "/before" not in page
    rows = re.findall(r'<th scope="row">(\d\d:\d\d)</th><td class="number">(\d+)</td>', page)
    assert (len(rows), rows[0][0], rows[-1][0]) == (30, "09:31", "10:00")
    assert [clock for clock, visitors in rows if visitors == "1"] == ["09:31", "09:58"]
    assert f'href="{PAGE}">Reload' in page


def test_who_has_what_is_shown_gets_a_304_and_the_next_one_when_it_changed(
    signed_in: Browser, site: str, visit: Callable[..., None], clock: Clock
) -> None:
    visit("/now", ago=timedelta(minutes=2))
    first = signed_in.get(f"{PAGE}/now")
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache")
    again = signed_in.get(f"{PAGE}/now", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_quiet_site_says_since_when_instead_of_an_empty_chart(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    visit("/a", ago=timedelta(hours=3))
    page = signed_in.get(PAGE).text.partition("<main")[2]
    assert "Nobody has visited the site in the last 30 minutes." in page
    assert re.search(r"The last visit: <time [^>]+>3 h ago</time>", page)
    assert "<figure" not in page
    assert 'class="panels"' not in page


def test_a_site_that_nobody_ever_visited_says_what_to_do(signed_in: Browser, site: str) -> None:
    page = signed_in.get(PAGE).text.partition("<main")[2]
    assert "No visit has arrived yet." in page
    assert f'href="/{SITE}/setup">Install the snippet<' in page
    assert "<figure" not in page
