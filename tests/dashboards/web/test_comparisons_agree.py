"""Page, API and plain Python give one figure for a period that is not over and for what it is compared with.

Five zones, around both changes of their clocks; the oracle is that of tests/stats/test_comparisons.py.
"""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from tests.dashboards.web.conftest import PASSWORD, Browser, Clock
from tests.stats.conftest import Blog
from tests.stats.test_comparisons import ZONES, Written, oracle
from tracker.db.engine import AppDatabase
from tracker.sites.sites import add_site
from tracker.stats.comparisons import Mode
from tracker.stats.query.run import run_query
from tracker.store.protocol import EventStore

DAYS = (
    "2026-04-06",
    "2026-11-02",
)  # after changes in Europe, America and the south: the weeks and months before have them
PERIODS = ("today", "week", "month")


def begins(text: str, now: datetime) -> datetime:
    """The midnight at which a period that is not over began; `now` is local."""
    back = {"today": 0, "week": now.weekday(), "month": now.day - 1}[text]
    return datetime.combine(now.date() - timedelta(days=back), datetime.min.time(), tzinfo=now.tzinfo)


def by_api(store: EventStore, site: Any, text: str, now: datetime) -> tuple[int, int]:
    local = now.astimezone(ZoneInfo(site.time_zone))
    monday = begins("week", local).date()
    asked = {"today": "day", "week": [str(monday), str(monday + timedelta(days=6))], "month": "month"}[text]
    comparing = {"comparisons": {"mode": "previous_period"}}
    query = {"metrics": ["visits"], "date_range": asked, "include": comparing}
    (row,) = run_query(store, site, query, now=now)["results"]
    return row["metrics"][0], row["comparison"]["metrics"][0]


def by_page(browser: Browser, domain: str, text: str) -> tuple[int, int] | None:
    """The figure and its comparison, as the chart's caption has them; its table adds up to the same. None without a visit."""
    page = browser.get(f"/{domain}?period={text}&metric=visits").text
    if "No visit in this period." in page:
        return None
    caption = page.split("<figcaption", 1)[1].split("</figcaption>", 1)[0]
    now, before = (int(value) for value in re.findall(r"<b>(\d+)</b>", caption))
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page.split("chart-table", 1)[1].split("</table>", 1)[0])
    assert sum(int(re.findall(r">(\d+)</td>", row)[0]) for row in rows) == now
    return now, before


@pytest.mark.parametrize("day", DAYS)
def test_an_unfinished_period_is_compared_alike_wherever_it_is_asked(
    day: str, app: Flask, user: str, database: AppDatabase, store: EventStore, clock: Clock
) -> None:
    chance = random.Random(day)
    clock.now = datetime.fromisoformat(
        f"{day}T{chance.randrange(3, 21):02}:{chance.choice([0, 15, 30, 45]):02}"
    ).replace(tzinfo=UTC)
    browser = Browser(app.test_client())
    browser.post("/sign-in", email=user, password=PASSWORD)
    written = Written(store)
    begun: dict[str, list[datetime]] = {}
    sites = [add_site(database, f"{zone.lower().replace('/', '.').replace('_', '-')}.example", now=clock(), time_zone=zone) for zone in ZONES]  # fmt: skip
    for site in sites:
        begun[site.domain] = [clock() - chance.randrange(62 * 1440) * timedelta(minutes=1) for _ in range(150)]
        for moment in begun[site.domain]:
            written.visit(moment.isoformat(), (0, "/"), site=site.stored_as)
    Blog(store).add(written.rows)
    for site in sites:
        zone = ZoneInfo(site.time_zone)
        for text in PERIODS:
            since = begins(text, clock().astimezone(zone))
            moments = begun[site.domain]
            before = sum(oracle(text, Mode.PREVIOUS, zone, clock(), moment) for moment in moments)
            expected = (sum(since <= moment <= clock() for moment in moments), before)
            assert by_api(store, site, text, clock()) == expected, (site.domain, text)
            shown = by_page(browser, site.domain, text)
            assert shown == (expected if expected[0] else None), (site.domain, text)
