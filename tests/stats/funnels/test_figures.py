"""Funnels against a reading of their rule in plain Python, over five zones and both changes of the clocks."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.databases import new_event_store
from tests.stats.conftest import SITE, Blog, scope
from tests.stats.test_against_plain_python import PERIODS, VISITS, ZONES, as_events, store_them
from tracker.stats.dimensions import Dimension
from tracker.stats.filters.address_bar import clicked
from tracker.stats.funnels import Step, StepKind, reached_by
from tracker.stats.funnels.figures import FunnelFigures, StepFigures, funnel_figures
from tracker.stats.goals import ANY, Goal, Kind, condition_of
from tracker.stats.periods import Period
from tracker.stats.scope import Scope

STEPS = st.lists(st.sampled_from(["/a", "/b", "/c", ANY]), min_size=2, max_size=4)


def pages(*paths: str) -> list[Goal]:
    found = reached_by([Step(StepKind.PAGE, path) for path in paths], ())
    return [one for one in found if one is not None]


def came(events: list[dict[str, Any]], paths: list[str], window: timedelta | None, *, in_order: bool) -> int:
    """How many of the steps somebody's views reach: by the first and the last moment of all chains of them."""
    chains: set[Any] = {(None, None)}
    for number, path in enumerate(paths):
        moments = [event["at"] for event in events if path in (event["path"], ANY)]
        chains = {
            (min(first or at, at), max(last or at, at))
            for first, last in chains
            for at in moments
            if last is None or not in_order or at > last
        }
        chains = {(first, last) for first, last in chains if window is None or last - first <= window}
        if not chains:
            return number
    return len(paths)


@pytest.mark.parametrize("zone", ZONES)
@given(
    visits=VISITS, span=PERIODS, paths=STEPS, only=st.sampled_from([None, "Google"]), at_once=st.sampled_from([2, 1000])
)
@settings(max_examples=5)
def test_every_step_is_what_plain_python_counts(
    zone: str, visits: list[Any], span: tuple[date, int], paths: list[str], only: str | None, at_once: int
) -> None:
    start, number = span
    clock = ZoneInfo(zone)
    filters = () if only is None else (clicked(Dimension.SOURCE, "is", (only,)),)
    one = Scope(SITE, Period(start, start + timedelta(days=number), clock, "span"), filters)
    here = [
        event
        for event in as_events(visits)
        if event["view"]
        and only in (None, event["source"])
        and start <= event["at"].astimezone(clock).date() < start + timedelta(days=number)
    ]
    with new_event_store() as store:
        store_them(Blog(store), visits)
        for days, in_order in product((0, 1, 3), (True, False)):
            views: dict[int, list[dict[str, Any]]] = {}
            for event in here:
                views.setdefault(event["visitor" if days else "visit"], []).append(event)
            window = timedelta(days=days) if days else None
            furthest = [came(events, paths, window, in_order=in_order) for events in views.values()]
            reached = [sum(steps >= step for steps in furthest) for step in range(1, len(paths) + 1)]
            found = funnel_figures(store, one, pages(*paths), days=days, in_order=in_order, at_once=at_once).steps
            assert [step.reached for step in found] == reached
            assert [step.left for step in found] == [*(a - b for a, b in pairwise(reached)), 0]


def test_companies_stop_where_the_one_of_them_that_came_furthest_did(blog: Blog) -> None:
    for company, steps in (("Acme", ("/a",)), ("Acme", ("/a", "/b")), ("Bolt", ("/a",)), ("Cora", ("/a", "/b", "/c"))):
        told = [(60 * index, path) for index, path in enumerate(steps)]
        blog.visit("2026-11-16T10:00:00+01:00", *told, company=company, company_confidence=0.9)
    unsure = {"company": "Dune", "company_method": "as_organisation", "company_confidence": 0.3}
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), **unsure)
    found = funnel_figures(blog.store, scope("2026-11-16"), pages("/a", "/b", "/c"))
    assert found.steps == (
        StepFigures(5, 3, 3, ("Bolt",)),
        StepFigures(2, 1, 2, ("Acme",)),
        StepFigures(1, 0, 1, ("Cora",)),
    )
    few_at_once = funnel_figures(blog.store, scope("2026-11-16"), pages("/a", "/b", "/c"), at_once=2)
    assert few_at_once == found, "read in parts, for as many events as there may be"
    nobody = StepFigures(0, 0, 0, ())
    assert funnel_figures(blog.store, scope("2026-11-15"), pages("/a", "/b")) == FunnelFigures((nobody, nobody), (0, 0))


def test_goals_and_events_are_steps_and_who_has_an_id_that_lasts_is_counted(blog: Blog) -> None:
    read = Goal("1", "read", Kind.SCROLL, "75", 5, condition_of(Kind.SCROLL, "75"))
    steps = reached_by([Step(StepKind.GOAL, "1"), Step(StepKind.EVENT, "Signup"), Step(StepKind.GOAL, "2")], [read])
    assert steps[2] is None
    known = [one for one in steps if one is not None]
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), (30, "/a", 9_000, 80), visitor=1, consented=True)
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/a", "Signup"), visitor=1, consented=True)
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), (30, "/a", 9_000, 80), visitor=2)
    days = scope("2026-11-16,2026-11-17")
    assert [step.reached for step in funnel_figures(blog.store, days, known).steps] == [2, 0]
    within = funnel_figures(blog.store, days, known, days=7)
    assert [step.reached for step in within.steps] == [2, 1]
    assert within.lasting == (1, 1)
