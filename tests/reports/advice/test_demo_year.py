"""The advice of the demo's year, against counts made by hand: plain Python over the events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.stats.conftest import PARIS
from tracker.demo.catalogue import SITE
from tracker.demo.traffic import generate
from tracker.reports.advice.advice import Advice, advice_on
from tracker.reports.advice.window import window
from tracker.stats.scope import Scope
from tracker.store.engines import open_event_store
from tracker.store.schema import events

END = date(2026, 11, 23)
FIRST = END - timedelta(days=91)

# What is read of an event: local moment, source, company, entry page, visit, whether the visit began with it.
Row = tuple[datetime, str | None, str | None, str, int, bool]


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[Advice, list[Row]]]:
    store = open_event_store("duckdb:///:memory:")
    generate(store, events=80_000, seed=1, last_day=date(2026, 11, 26))
    columns = ("occurred_at", "source", "company", "entry_page", "visit_id", "visits")
    rows = [
        (at.replace(tzinfo=UTC).astimezone(PARIS).replace(tzinfo=None), source, company, entry, visit, began > 0)
        for at, source, company, entry, visit, began in store.rows(
            select(*(events.c[name] for name in columns)).where(
                events.c.occurred_at >= datetime(2026, 8, 23, tzinfo=UTC).replace(tzinfo=None)
            )
        )
    ]
    within = [row for row in rows if FIRST <= row[0].date() < END]
    yield advice_on(store, Scope(SITE, window(date(2026, 11, 26), PARIS))), within
    store.close()


def test_what_is_advised_is_what_the_demo_was_made_of(demo: tuple[Advice, list[Row]]) -> None:
    advice, _ = demo
    assert (advice.period.start, advice.period.end) == (FIRST, END)
    found = {one.code: one.facts for one in advice.findings}
    assert set(found) == {"source", "days_of_visitors", "hours_of_visitors"}
    assert found["source"]["name"] == "LinkedIn"
    assert 1 in found["days_of_visitors"]["slots"], "the demo's Tuesdays are its busiest days"
    assert 10 in found["hours_of_visitors"]["slots"], "and 10 o'clock its busiest hour"


def test_what_sources_brought_is_what_counting_by_hand_gives(demo: tuple[Advice, list[Row]]) -> None:
    advice, rows = demo
    of_all: dict[int, Counter[str]] = defaultdict(Counter)
    of_companies: dict[int, Counter[str]] = defaultdict(Counter)
    seen = set()
    for at, source, company, _, visit, began in sorted(rows, key=lambda row: row[0]):
        week = (at.date() - FIRST).days // 7
        if source and began:
            of_all[week][source] += 1
        if source and company and visit not in seen:
            seen.add(visit)
            of_companies[week][source] += 1
    assert len(advice.sources) > 10
    for one in advice.sources:
        weeks = range(13)
        assert one.visits == sum(of_all[week][one.value] for week in weeks)
        assert one.theirs == sum(of_companies[week][one.value] for week in weeks)
        assert one.of_all == sum(of_companies[week].total() for week in weeks)
        expected = sum(of_companies[week].total() * of_all[week][one.value] / of_all[week].total() for week in weeks)
        assert one.expected == pytest.approx(expected)


def test_days_and_hours_are_what_counting_by_hand_gives(demo: tuple[Advice, list[Row]]) -> None:
    advice, rows = demo
    began = Counter((row[0].weekday(), row[0].hour) for row in rows if row[5])
    assert {(day, hour): advice.rhythms.visitors.cells[day][hour] for day in range(7) for hour in range(24)} == {
        (day, hour): began[day, hour] for day in range(7) for hour in range(24)
    }
    share = {one.code: one.facts for one in advice.findings}["days_of_visitors"]
    assert share["share"] == pytest.approx(sum(began[day, hour] for day in share["slots"] for hour in range(24)) / began.total())  # fmt: skip
    first: dict[int, datetime] = {}
    companies: dict[int, str] = {}
    for at, _, company, _, visit, _ in sorted(rows, key=lambda row: row[0]):
        if company and visit not in first:
            first[visit], companies[visit] = at, company
    hours = {(companies[visit], at.replace(minute=0, second=0, microsecond=0)) for visit, at in first.items()}
    assert advice.rhythms.companies.visits == len(hours)
    linkedin = Counter(row[0].weekday() for row in rows if row[5] and row[1] == "LinkedIn")
    assert [sum(day) for day in advice.rhythms.networks["LinkedIn"].cells] == [linkedin[day] for day in range(7)]
