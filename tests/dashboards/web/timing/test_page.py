"""When people come, by weekday and hour of the site's clock: visits, companies and goals."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from tests.dashboards.web.conftest import SITE, Browser


def cells(text: str) -> dict[tuple[str, int], str]:
    """The numbers that are not 0, by the hour and the weekday from 0, Monday."""
    found = {}
    for hour, row in re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', text):
        for day, number in enumerate(re.findall(r'<td class="heat-\d">([^<]+)</td>', row)):
            if number != "0":
                found[hour, day] = number
    return found


def test_visits_companies_and_goals_by_weekday_and_hour(
    signed_in: Browser, site: str, visit: Callable[..., None], company_visit: Callable[..., None]
) -> None:
    """It is a Monday, 10:00 in Paris."""
    visit("/a", ago=timedelta(hours=1))
    for minutes in (70, 80):
        company_visit("/a", "/b", company="Air France", ago=timedelta(minutes=minutes), source="LinkedIn")
    visit("/a", name="Form: Submission", props='{"form":"devis"}', ago=timedelta(days=1))
    visits = signed_in.get(f"/{SITE}/timing").text
    assert cells(visits) == {("09:00", 0): "1", ("08:00", 0): "2", ("10:00", 6): "1"}
    assert "In all: 4. Most: Mondays at 08:00." in " ".join(re.sub(r"<[^>]+>", "", visits).split())
    assert cells(signed_in.get(f"/{SITE}/timing?of=companies").text) == {("08:00", 0): "1"}
    assert cells(signed_in.get(f"/{SITE}/timing?of=goals").text) == {("10:00", 6): "1"}
    assert cells(signed_in.get(f"/{SITE}/timing?f=source:is:LinkedIn").text) == {("08:00", 0): "2"}
    assert "No visit matches" in signed_in.get(f"/{SITE}/timing?f=source:is:Bing").text
    assert f'href="/{SITE}/timing"' in signed_in.get(f"/{SITE}").text
