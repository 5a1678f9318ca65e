"""Paths against a reading of their rule in plain Python, over five zones and both changes of the clocks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from tests.databases import new_event_store
from tests.stats.conftest import SITE, Blog, scope
from tests.stats.test_against_plain_python import PERIODS, VISITS, ZONES, as_events, store_them
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.stats.site_pages.paths import Neighbour, Paths, paths

DAY = scope("2026-11-16")


@pytest.mark.parametrize("zone", ZONES)
@given(visits=VISITS, span=PERIODS)
@settings(max_examples=5)
def test_what_comes_before_and_after_is_what_plain_python_counts(
    zone: str, visits: list[Any], span: tuple[date, int]
) -> None:
    start, number = span
    clock = ZoneInfo(zone)
    one = Scope(SITE, Period(start, start + timedelta(days=number), clock, "span"))
    of_visit = defaultdict(list)
    for event in as_events(visits):
        if event["view"]:
            of_visit[event["visit"]].append((event["at"], event["path"]))
    before: dict[str | None, set[int]] = defaultdict(set)
    after: dict[str | None, set[int]] = defaultdict(set)
    for visit, views in of_visit.items():
        runs = [next(run) for _, run in groupby(sorted(views), key=lambda view: view[1])]
        for place, (at, path) in enumerate(runs):
            if path == "/b" and start <= at.astimezone(clock).date() < start + timedelta(days=number):
                before[runs[place - 1][1] if place else None].add(visit)
                after[runs[place + 1][1] if place + 1 < len(runs) else None].add(visit)
    with new_event_store() as store:
        store_them(Blog(store), visits)
        found = paths(store, one, "/b")
    assert {row.page: row.visits for row in found.before} == {page: len(ids) for page, ids in before.items()}
    assert {row.page: row.visits for row in found.after} == {page: len(ids) for page, ids in after.items()}
    assert found.visits == len(set().union(*before.values()))


def test_companies_are_counted_and_a_page_that_is_loaded_again_is_one_view(blog: Blog) -> None:
    acme = {"company": "Acme", "company_confidence": 0.9}
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), (60, "/b"), (90, "/b"), (99, "/c"), **acme)
    blog.visit("2026-11-16T11:00:00+01:00", (0, "/a"), (60, "/b"))
    assert paths(blog.store, DAY, "/b") == Paths(
        2, 1, (Neighbour("/a", 2, 1),), (Neighbour("/c", 1, 1), Neighbour(None, 1, 0))
    )
    assert paths(blog.store, DAY, "/nothing") == Paths(0, 0, (), ())
