"""The order of the leads: the first few are those of the whole list, and the scores are those of each company's events."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.leads.row_by_row import Activity, Score, score
from tests.stats.conftest import SITE, Blog, scope
from tracker.leads.ranking import SCORED_DAYS, newest_event, rank
from tracker.leads.report import leads
from tracker.stats.filters.json import read_filters
from tracker.store.schema import events

SURE = {"company_method": "as_organisation", "company_confidence": 0.8}
TYPED = {"company_method": "given", "company_confidence": 0.4}
QUARTER = "2026-08-15,2026-11-12"

VISIT = st.fixed_dictionaries({
    "company": st.sampled_from(["Acme", "Bolt", "acme", "Dune", "Élan", None]),
    "sure": st.booleans(),
    "day": st.integers(0, 89),
    "hour": st.integers(0, 23),
    "visitor": st.integers(1, 4),
    "paths": st.lists(st.sampled_from(["/a", "/b", "/tarifs", "/contact", "/Devis", None]), min_size=1, max_size=4),
    "read_ms": st.sampled_from([0, 1, 59_999, 3_600_000]),
})  # fmt: skip


def store_visits(blog: Blog, visits: list[dict[str, Any]]) -> None:
    blog.store.forget_site(SITE)
    for one in visits:
        began = datetime(2026, 8, 14, 23, tzinfo=UTC) + timedelta(days=one["day"], hours=one["hour"])
        steps: list[tuple[Any, ...]] = [(20 * number, path) for number, path in enumerate(one["paths"])]
        if one["read_ms"]:
            steps.append((90, one["paths"][-1], one["read_ms"]))
        facts = {"company": one["company"]} | (SURE if one["sure"] else TYPED) if one["company"] else {}
        blog.visit(began.isoformat(), *steps, visitor=one["visitor"], **facts)


def scores_by_hand(blog: Blog, period: str) -> dict[str, Score]:
    """By company, from its events one by one."""
    span = scope(period).period
    rows = [row for row in blog.store.rows(select(events)) if row.company is not None]
    rows = [row for row in rows if span.start_at <= row.occurred_at.replace(tzinfo=UTC) < span.end_at]
    certain = {row.company for row in rows if row.company_confidence >= 0.5}
    rows = [row for row in rows if row.company_confidence >= 0.5 or row.company not in certain]
    if not rows:
        return {}
    now = min(max(row.occurred_at for row in rows).replace(tzinfo=UTC), span.end_at)
    found = {row.company: Score(0, ()) for row in rows}
    recent = defaultdict(list)
    for row in rows:
        if row.occurred_at.replace(tzinfo=UTC) > now - timedelta(days=SCORED_DAYS):
            recent[row.company].append(row)
    for company, own in recent.items():
        by_day, views = defaultdict(list), defaultdict(int)
        for row in own:
            by_day[row.occurred_at.replace(tzinfo=UTC).astimezone(span.time_zone).date()].append(row)
            if row.pageviews:
                views[row.path or ""] += 1
        activity = Activity(
            visits=sum(len({row.visit_id for row in day}) for day in by_day.values()),
            days=len(by_day),
            people=max(len({row.visitor_id for row in day}) for day in by_day.values()),
            pageviews=sum(row.pageviews for row in own),
            engaged_seconds=sum(row.engaged_ms for row in own) / 1000,
            last_seen=max(row.occurred_at for row in own).replace(tzinfo=UTC),
            paths=sorted(views, key=lambda path: (-views[path], path)),
        )
        found[company] = score(activity, now=now)
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(visits=st.lists(VISIT, max_size=14))
def test_scores_are_those_of_each_companys_events_and_the_first_few_those_of_the_list(
    blog: Blog, visits: list[dict[str, Any]]
) -> None:
    store_visits(blog, visits)
    listed = leads(blog.store, scope(QUARTER))
    found = {row["company"]: Score(row["score"], tuple(row["reasons"])) for row in listed.to_dict("records")}
    assert found == scores_by_hand(blog, QUARTER)
    order = [(not row.sure, -row.score, -row.last_seen.timestamp(), row.company) for row in listed.itertuples()]
    assert order == sorted(order)
    for few in range(len(listed) + 1):
        first = leads(blog.store, scope(QUARTER), limit=few)
        pd.testing.assert_frame_equal(first, listed[:few].reset_index(drop=True), check_dtype=few > 0)


@pytest.fixture
def three(blog: Blog) -> Blog:
    """Bolt long ago, Acme lately, and after both somebody who only typed Bolt's name."""
    blog.visit("2026-08-20T10:00:00+02:00", (0, "/a"), company="Bolt", **SURE)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/tarifs"), company="Acme", **SURE)
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/tarifs"), company="Bolt", **TYPED)
    return blog


def test_a_visit_that_does_not_count_is_not_the_moment_of_the_scores(three: Blog) -> None:
    assert newest_event(three.store, scope(QUARTER)) == datetime.fromisoformat("2026-11-10T09:00:00")
    ranking = rank(three.store, scope(QUARTER))
    assert ranking.now == datetime(2026, 11, 10, 9, tzinfo=UTC)
    assert ranking.rows[["company", "score"]].to_numpy().tolist() == [["Acme", 28], ["Bolt", 0]]


def test_the_whole_list_has_the_sums_of_the_period(three: Blog) -> None:
    rows = rank(three.store, scope(QUARTER)).rows.set_index("company")
    assert rows.loc["Bolt", ["visits", "pageviews"]].tolist() == [1, 1]
    assert rows.loc["Bolt", "first_seen"] == pd.Timestamp("2026-08-20 08:00:00")


def test_a_filter_narrows_the_ranking(three: Blog) -> None:
    def narrowed(page: str) -> list[str]:
        filters = read_filters([["is", "event:page", [page]]])
        return list(rank(three.store, scope(QUARTER, *filters)).rows["company"])

    assert narrowed("/a") == ["Bolt"]
    assert narrowed("/nowhere") == []
