"""The visits that reached a goal, by value: out of what is kept of days, out of the events, and in plain Python the same."""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.databases import new_event_store
from tests.stats.conftest import SITE, Blog, scope
from tests.stats.goals.test_goals import sent
from tests.stats.goals.test_goals_of_kept_days import GOALS, MERGED, goal, told
from tests.stats.goals.test_kept import DAYS as THREE_DAYS
from tests.stats.goals.test_kept import DEMO, FORM, LONG, PARIS, READ, THANKS, kept, seal, tell
from tests.stats.rollups.histories import DAYS, History, history
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.goals import Goal, Kind
from tracker.stats.goals import rate_by_value as module
from tracker.stats.goals.keeping import forget_other_goals, keep_goals
from tracker.stats.goals.rate_by_value import Values, Visits, reached_by_value
from tracker.stats.goals.visits_by_value import KEPT_BY, any_of
from tracker.stats.periods import Period
from tracker.stats.rollups import keeping
from tracker.stats.rollups.checking import compare_with_events
from tracker.stats.rollups.keeping import unsealed_days
from tracker.stats.scope import Scope
from tracker.store import seals
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore
from tracker.store.schema import BEYOND, goal_days, goal_values, schema_version

# `WEBLEADS_HISTORIES=10000 pytest tests/stats/goals/test_rate_by_value.py` tries more of them.
HISTORIES = int(os.environ.get("WEBLEADS_HISTORIES", "6"))
A_TEST = 3
DIMENSIONS = (
    Dimension.PAGE,
    Dimension.ENTRY_PAGE,
    Dimension.EXIT_PAGE,
    Dimension.SOURCE,
    Dimension.COUNTRY,
    Dimension.DEVICE,
    Dimension.COMPANY,
    Dimension.HOSTNAME,
)
MOST = Values(most=100)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def store_of_histories() -> Iterator[EventStore]:
    with new_event_store() as opened:
        yield opened


def _views(*paths: str | None) -> Callable[[list[Row]], bool]:
    return lambda rows: any(row["name"] == "pageview" and row["path"] in paths for row in rows)


def _read_so_far(depth: int, *paths: str | None) -> Callable[[list[Row]], bool]:
    return lambda rows: any((row["scroll_depth"] or 0) >= depth and row["path"] in paths for row in rows)


# What each of GOALS means of a visit's rows.
REACHED: dict[str, Callable[[list[Row]], bool]] = {
    "signup": lambda rows: any(row["name"] == "Signup" for row in rows),
    "b": _views("/b"),
    "the same": _views("/b"),
    "any": _views("/a", "/b", "/c", None),
    "half": _read_so_far(50, "/a", "/b", "/c", None),
    "part of a": _read_so_far(30, "/a"),
    "long": lambda rows: sum(row["engaged_ms"] for row in rows) >= 5000,
    "paid": lambda rows: any(row["currency"] for row in rows),
}


def in_plain_python(
    rows: list[Row], scope: Scope, dimension: Dimension, goals: list[Goal], country: str | None
) -> Visits:
    """Reads the rows of all visits one after another."""
    found: Counter[str | None] = Counter()
    visits: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        visits[row["visit_id"]].append(row)
    for of_visit in visits.values():
        first = [row for row in of_visit if row["visits"]]
        if not first or country not in (None, first[0]["country"]):
            continue
        began = _at(first[0]).replace(microsecond=0)
        if not scope.period.start_at <= began < scope.period.end_at:
            continue
        if any(REACHED[one.key](of_visit) for one in goals):
            found.update(_values(of_visit, first[0], dimension, scope))
    if dimension.definition.only_named:
        found.pop(None, None)
    return dict(found)


def _values(of_visit: list[Row], first: Row, dimension: Dimension, scope: Scope) -> set[str | None]:
    zone = scope.period.time_zone
    if dimension in (Dimension.PAGE, Dimension.HOSTNAME):
        day = _at(first).astimezone(zone).date()
        of_day = (row for row in of_visit if _at(row).astimezone(zone).date() == day)
        return {row["path" if dimension is Dimension.PAGE else "hostname"] for row in of_day}
    if dimension is Dimension.EXIT_PAGE:
        return {_last((row, row["path"]) for row in of_visit if row["name"] == "pageview")}
    if dimension is Dimension.COMPANY:
        return {_last((row, row["company"]) for row in of_visit)}
    return {first[dimension.value]}


def listed(found: Visits, rows: list[Row], scope: Scope, dimension: Dimension) -> Visits:
    """Without companies that were named only after the period: no table of the period has them."""
    if dimension is not Dimension.COMPANY:
        return found
    period = scope.period
    named = {row["company"] for row in rows if period.start_at <= _at(row) < period.end_at}
    return {value: visits for value, visits in found.items() if value in named}


def _last(said: Iterator[tuple[Row, str | None]]) -> str | None:
    times = [(row["occurred_at"], value) for row, value in said if value is not None]
    return max(times)[1] if times else None


def _at(row: Row) -> datetime:
    return datetime.fromtimestamp(row["occurred_at"] / 1_000_000, UTC)


def compare(
    store: EventStore, one: History, rows: list[Row], chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> int:
    """Compares one question about some goals in some days; returns whether it was answered from what is kept of days."""
    goals = list(GOALS) if chance.random() < 0.8 else chance.sample(GOALS, 2)
    start = one.first + timedelta(days=chance.randint(-1, 1))
    period = Period(start, start + timedelta(days=chance.randint(1, DAYS)), one.zone, "")
    if chance.random() < 0.3:
        cut = period.end_at - chance.randrange(1, 24) * timedelta(hours=1)
        period = replace(period, moments=(period.start_at, cut))
    country = chance.choice([None, None, None, "FR"])
    filters = () if country is None else (Comparison(Dimension.COUNTRY, "is", (country,)),)
    asked, dimension = Scope(one.site, period, filters), chance.choice(DIMENSIONS)
    expected = listed(in_plain_python(rows, asked, dimension, goals, country), rows, asked, dimension)
    about = one.seed, period, dimension, [goal.key for goal in goals], country
    assert listed(reached_by_value(store, asked, dimension, goals, MOST), rows, asked, dimension) == expected, about
    named = tuple(chance.sample([None, "/a", "/b", "Google", "FR", "Alpha"], 3))
    some = {value: visits for value, visits in expected.items() if value in named}
    found = reached_by_value(store, asked, dimension, goals, Values(named=named))
    found.pop(None, None) if dimension.definition.only_named else None
    assert listed(found, rows, asked, dimension) == some, about
    with monkeypatch.context() as patch:
        noted: list[bool] = []
        kept = module._open_days
        patch.setattr(module, "_open_days", lambda *given: noted.append(kept(*given) is not None))
        assert listed(reached_by_value(store, asked, dimension, goals, MOST), rows, asked, dimension) == expected, about
    return any(noted)


@pytest.mark.parametrize("first", range(0, HISTORIES, A_TEST))
def test_visits_that_reached_goals_are_the_same_in_plain_python(
    store_of_histories: EventStore, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if first % (2 * A_TEST):
        monkeypatch.setattr(seals, "MOST_VALUES", 3)  # of some days there are more
    store, of_kept_days = store_of_histories, 0
    for seed in range(first, min(HISTORIES, first + A_TEST)):
        one, chance, rows = history(seed), random.Random(seed), list[Row]()
        days = Period(one.first - timedelta(days=1), one.first + timedelta(days=DAYS + 1), one.zone, "")
        for batch in told(one):
            store.append(batch)
            columns = batch.columns or {}
            rows += [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
            rows = [row for row in rows if row["visit_id"] not in batch.retracted]
            for day in list(unsealed_days(store, one.site, days)):
                if chance.random() < 0.8:
                    keeping.seal(store, one.site, day, one.zone)
            while chance.random() < 0.9 and keep_goals(store, one.site, one.zone, GOALS):
                pass
            for _ in range(3):
                of_kept_days += compare(store, one, rows, chance, monkeypatch)
        assert compare_with_events(store, one.site, goals=GOALS).different == {}, seed
    assert of_kept_days


def reached(blog: Blog, dimension: Dimension, *goals: Goal, days: Scope = THREE_DAYS) -> Visits:
    return reached_by_value(blog.store, days, dimension, goals, MOST)


def kept_rows(blog: Blog) -> int:
    return int(blog.store.rows(select(func.count()).where(goal_values.c.site == SITE))[0][0])


def test_a_visit_that_reached_several_goals_counts_once_for_each_page_and_its_exit_page(blog: Blog) -> None:
    tell(blog)
    pages = {"/blog/a": 1, "/x": 3, "/merci/": 1, "/blog/b": 1}
    last = {"/blog/a": 1, "/merci/": 1, "/blog/b": 1, None: 2}
    goals = DEMO, READ, LONG, THANKS
    for _ in range(2):
        assert reached(blog, Dimension.PAGE, *goals) == pages
        assert reached(blog, Dimension.EXIT_PAGE, *goals[::-1]) == last
        assert reached(blog, Dimension.PAGE, DEMO) == {"/x": 2}
        seal(blog, *goals)
    assert kept_rows(blog)


def test_a_goal_that_is_reached_after_midnight_counts_for_the_day_on_which_the_visit_began(blog: Blog) -> None:
    late = ("2026-11-16T23:58:00+01:00", (0, "/a"), (300, "/b", FORM), (310, "/c"))
    blog.visit(*late, **sent("demo"), consented=False)
    for _ in range(2):
        assert reached(blog, Dimension.PAGE, DEMO) == {"/a": 1}
        assert reached(blog, Dimension.PAGE, DEMO, days=scope("2026-11-17")) == {}
        assert reached(blog, Dimension.EXIT_PAGE, DEMO, days=scope("2026-11-16")) == {"/c": 1}
        seal(blog, DEMO)
    assert kept_rows(blog)


def test_a_goal_that_is_added_changed_or_gone_is_counted_again_and_one_of_another_name_is_not(blog: Blog) -> None:
    tell(blog)
    seal(blog, DEMO)
    assert reached(blog, Dimension.PAGE, DEMO, THANKS) == {"/x": 2, "/merci/": 1}
    seal(blog, DEMO, THANKS)
    forget_other_goals(blog.store, SITE, [DEMO, THANKS])
    assert blog.store.rows(select(goal_values.c.goal).distinct()) == [(any_of([DEMO, THANKS]),)]
    assert reached(blog, Dimension.PAGE, DEMO, THANKS) == {"/x": 2, "/merci/": 1}
    assert not keep_goals(blog.store, SITE, PARIS, [THANKS, replace(DEMO, name="Ask us", points=3)])
    assert keep_goals(blog.store, SITE, PARIS, [THANKS])
    assert reached(blog, Dimension.PAGE, THANKS) == {"/merci/": 1}


def test_of_a_day_with_more_values_than_are_kept_the_events_are_read(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "MOST_VALUES", 2)
    tell(blog)
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/p"), (10, "/q", FORM), **sent("demo"))
    seal(blog, DEMO)
    marks = select(goal_values.c.day, goal_values.c.value, goal_values.c.visits).where(
        goal_values.c.dimension == BEYOND
    )
    assert blog.store.rows(marks) == [(date(2026, 11, 16), "page", 3)]
    of_pages = select(goal_values.c.day).where(goal_values.c.dimension == "page").distinct()
    assert blog.store.rows(of_pages) == [(date(2026, 11, 17),)]
    assert reached(blog, Dimension.PAGE, DEMO) == {"/x": 2, "/p": 1, "/q": 1}
    assert reached(blog, Dimension.DEVICE, DEMO) == {None: 3}


def test_a_change_of_events_takes_what_is_kept_of_its_days_out_of_use(blog: Blog) -> None:
    tell(blog)
    seal(blog, DEMO)
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/new", FORM), visitor=5, **sent("demo"))
    left = select(goal_days.c.day).where(goal_days.c.goal == any_of([DEMO]))
    assert blog.store.rows(left) == [(date(2026, 11, 16),)]
    assert reached(blog, Dimension.PAGE, DEMO) == {"/x": 2, "/new": 1}
    seal(blog, DEMO)
    assert reached(blog, Dimension.PAGE, DEMO) == {"/x": 2, "/new": 1}


def test_companies_that_are_corrected_are_read_from_the_events(blog: Blog) -> None:
    visit = {"company_confidence": 0.9, **sent("demo")}
    for company in ("Alpha", "Beta", "Beta"):
        blog.visit("2026-11-17T10:00:00+01:00", (0, "/x", FORM), company=company, **visit)
    seal(blog, DEMO)
    assert reached(blog, Dimension.COMPANY, DEMO) == {"Alpha": 1, "Beta": 2}
    merged: Any = CorrectedStore(blog.store, lambda: MERGED)
    assert reached_by_value(merged, THREE_DAYS, Dimension.COMPANY, [DEMO], MOST) == {"Beta": 3}


def test_each_dimension_with_figures_of_days_and_a_page_of_all_values_is_kept(blog: Blog) -> None:
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/x", FORM), **sent("demo"))
    seal(blog, DEMO, goal("none", Kind.EVENT, "Nothing"))
    names = {row.dimension for row in blog.store.rows(select(goal_values.c.dimension))}
    assert names == {one.value for one in KEPT_BY}
    assert {Dimension.PAGE, Dimension.SOURCE, Dimension.CAMPAIGN, Dimension.COMPANY, Dimension.CITY} < {*KEPT_BY}


def test_a_store_of_the_version_before_keeps_its_goals_and_is_counted_for_any_goal(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/events.duckdb"
    blog = Blog(open_event_store(url))
    tell(blog)
    seal(blog, DEMO, THANKS)
    with blog.store.transaction() as connection:  # type: ignore[attr-defined]
        goal_values.drop(connection)
        connection.execute(goal_days.delete().where(goal_days.c.goal == any_of([DEMO, THANKS])))
        connection.execute(schema_version.update().values(version=11))
    blog.store.close()
    blog = Blog(open_event_store(url))
    assert dict(kept(blog)) == dict.fromkeys((date(2026, 11, day) for day in (16, 17, 18)), 2)
    for _ in range(2):
        assert reached(blog, Dimension.PAGE, DEMO, THANKS) == {"/x": 2, "/merci/": 1}
        seal(blog, DEMO, THANKS)
    assert kept_rows(blog)
    assert dict(kept(blog)) == dict.fromkeys((date(2026, 11, day) for day in (16, 17, 18)), 3)
    blog.store.close()
