"""The order of the leads: the first few are those of the whole list, and the scores are those of each company's events."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.leads.row_by_row import points_by_company
from tests.stats.conftest import PARIS, SITE, Blog, scope
from tracker.leads.ranking import rank, scored_day
from tracker.leads.report import leads
from tracker.stats.filters.json import read_filters
from tracker.store.schema import events

SURE = {"company_method": "as_organisation", "company_confidence": 0.8}
TYPED = {"company_method": "given", "company_confidence": 0.4}
QUARTER = "2026-08-15,2026-11-12"
LAST_DAY = date(2026, 11, 12)

VISIT = st.fixed_dictionaries({
    "company": st.sampled_from(["Acme", "Bolt", "acme", "Dune", "Élan", None]),
    "sure": st.booleans(),
    "day": st.integers(0, 89),
    "hour": st.integers(0, 23),
    "visitor": st.integers(1, 4),
    "paths": st.lists(st.sampled_from(["/a", "/b", "/tarifs", "/contact", "/Devis", None]), min_size=1, max_size=4),
    "event": st.sampled_from([None, None, "Form: Submission", "File Download", "Signup"]),
    "read_ms": st.sampled_from([0, 1, 59_999, 3_600_000]),
})  # fmt: skip


def store_visits(blog: Blog, visits: list[dict[str, Any]]) -> None:
    blog.store.forget_site(SITE)
    with blog.at_once():
        for one in visits:
            began = datetime(2026, 8, 14, 23, tzinfo=UTC) + timedelta(days=one["day"], hours=one["hour"])
            steps: list[tuple[Any, ...]] = [(20 * number, path) for number, path in enumerate(one["paths"])]
            if one["event"]:
                steps.append((85, one["paths"][-1], one["event"]))
            if one["read_ms"]:
                steps.append((90, one["paths"][-1], one["read_ms"]))
            facts = {"company": one["company"]} | (SURE if one["sure"] else TYPED) if one["company"] else {}
            blog.visit(began.isoformat(), *steps, visitor=one["visitor"], **facts)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(visits=st.lists(VISIT, max_size=14))
def test_scores_are_those_of_each_companys_events_whatever_the_period_and_the_first_few_those_of_the_list(
    blog: Blog, visits: list[dict[str, Any]]
) -> None:
    store_visits(blog, visits)
    by_hand = points_by_company(blog.store.rows(select(events)), LAST_DAY, PARIS)
    for period in (QUARTER, "2026-11-01,2026-11-12", "2026-11-12"):
        listed = leads(blog.store, scope(period))
        for row in listed.to_dict("records"):
            assert {one.code: one.points for one in row["reasons"]} == by_hand.get(row["company"], {})
            assert row["score"] == sum(by_hand.get(row["company"], {}).values())
        order = [(not row.sure, -row.score, -row.last_seen.timestamp(), row.company) for row in listed.itertuples()]
        assert order == sorted(order)
        few = (len(listed) + 1) // 2
        first = leads(blog.store, scope(period), limit=few)
        pd.testing.assert_frame_equal(first, listed[:few].reset_index(drop=True), check_dtype=few > 0)


@pytest.fixture
def three(blog: Blog) -> Blog:
    """Bolt long ago, Acme lately, and after both somebody who only typed Bolt's name."""
    blog.visit("2026-08-20T10:00:00+02:00", (0, "/a"), company="Bolt", **SURE)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/tarifs"), company="Acme", **SURE)
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/tarifs"), company="Bolt", **TYPED)
    return blog


def test_a_visit_that_does_not_count_earns_a_certain_company_nothing(three: Blog) -> None:
    """Also where the period has no other visit of that name: anybody can type a name."""
    for period in (QUARTER, "2026-11-11", "2026-11-11,2026-11-12"):
        rows = rank(three.store, scope(period)).rows.set_index("company")
        assert rows.loc["Bolt", "score"] == 0
        assert rows.loc["Bolt", "sure"] == (period == QUARTER)


def test_the_whole_list_has_the_sums_of_the_period(three: Blog) -> None:
    rows = rank(three.store, scope(QUARTER)).rows.set_index("company")
    assert rows.loc["Bolt", ["visits", "pageviews"]].tolist() == [1, 1]
    assert rows.loc["Bolt", "first_seen"] == pd.Timestamp("2026-08-20 08:00:00")


def test_a_filter_narrows_the_ranking_and_leaves_the_scores(three: Blog) -> None:
    three.visit("2026-11-09T10:00:00+01:00", (0, "/a"), company="Acme", **SURE)

    def narrowed(page: str) -> dict[str, int]:
        filters = read_filters([["is", "event:page", [page]]])
        rows = rank(three.store, scope(QUARTER, *filters)).rows
        return dict(zip(rows["company"], rows["score"], strict=True))

    everybody = rank(three.store, scope(QUARTER)).rows.set_index("company")["score"]
    assert narrowed("/a") == {"Acme": everybody["Acme"], "Bolt": everybody["Bolt"]}
    assert narrowed("/nowhere") == {}


@pytest.mark.parametrize(
    ("period", "day"),
    [
        pytest.param("2026-W46", "2026-11-15", id="a-week-that-is-over"),
        pytest.param("2026-W47", "2026-11-18", id="a-week-that-goes-on"),
        pytest.param("2026-11-18", "2026-11-18", id="today"),
        pytest.param("2026-11", "2026-11-18", id="this-month"),
    ],
)
def test_a_period_shows_the_scores_of_its_last_day_or_of_today(period: str, day: str) -> None:
    # In Paris the 18th has begun half an hour ago.
    now = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    assert scored_day(scope(period).period, now).isoformat() == day
