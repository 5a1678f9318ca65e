"""Where a company stands: new, back, rising or cooling, by its visits of all time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stats.conftest import PARIS, SITE, Blog, scope
from tracker.leads.activity import ScoredDay
from tracker.leads.export import leads_as_json
from tracker.leads.over_time.standing import Standing, stands
from tracker.leads.ranking import scored_day
from tracker.leads.report import leads
from tracker.stats.filters.json import read_filters

WEEK = "2026-11-16,2026-11-22"
SURE = {"company_method": "as_organisation", "company_confidence": 0.8}
TYPED = {"company_method": "given", "company_confidence": 0.4}


def visits(blog: Blog, company: str, *days: str, **facts: Any) -> None:
    for day in days:
        blog.visit(f"2026-{day}T10:00:00+01:00", (0, "/a"), company=company, **(SURE | facts))


@pytest.mark.parametrize(
    ("days", "standing", "figures"),
    [
        pytest.param(["11-17"], Standing.NEW, {}, id="first-seen-in-the-week"),
        pytest.param(["10-01", "11-17"], Standing.BACK, {"weeks": 6}, id="after-six-weeks"),
        pytest.param(["10-21", "11-17"], None, {}, id="after-less-than-four"),
        pytest.param(
            ["10-20", "11-10", "11-17", "11-18"],
            Standing.RISING,
            {"visits": 3, "days": 14, "visits_before": 1, "days_before": 28},
            id="three-visits-against-one",
        ),
        pytest.param(
            ["10-12", "10-13", "10-14", "10-20", "10-21", "10-28", "11-17"],
            Standing.COOLING,
            {"visits": 1, "days": 14, "visits_before": 6, "days_before": 28},
            id="one-visit-against-six",
        ),
        pytest.param(["11-02", "11-09", "11-16", "11-17"], Standing.RISING, {"visits": 3, "days": 14, "visits_before": 1, "days_before": 28}, id="the-day-before-the-two-weeks-is-before"),
        pytest.param(["10-15", "10-20", "10-28", "11-02", "11-10", "11-17"], None, {}, id="as-before"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_company(
    blog: Blog, days: list[str], standing: Standing | None, figures: dict[str, int]
) -> None:
    visits(blog, "Acme", *days)
    period = scope(WEEK).period
    found = stands(blog.store, ScoredDay(SITE, scored_day(period), PARIS), period)["Acme"]
    assert (found.standing, found.figures) == (standing, figures)


def test_first_and_last_seen_are_of_all_time_whatever_the_period_and_its_filters(blog: Blog) -> None:
    visits(blog, "Acme", "01-05", "11-03", "11-17")
    blog.visit("2026-11-03T12:00:00+01:00", (0, "/b"), company="Acme", **SURE)
    filters = read_filters([["is", "event:page", ["/b"]]])
    (lead,) = leads(blog.store, scope("2026-11-01,2026-11-20", *filters)).to_dict("records")
    assert lead["first_seen"] == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert lead["last_seen"] == datetime(2026, 11, 3, 11, tzinfo=UTC)
    assert lead["last_seen_ever"] == datetime(2026, 11, 17, 9, tzinfo=UTC)
    assert lead["standing"] is Standing.BACK


def test_a_typed_name_makes_no_company_older(blog: Blog) -> None:
    visits(blog, "Armor", "01-05", **TYPED)
    visits(blog, "Armor", "11-17")
    (lead,) = leads(blog.store, scope(WEEK)).to_dict("records")
    assert lead["standing"] is Standing.NEW


def test_an_export_says_where_leads_stand(blog: Blog) -> None:
    visits(blog, "Acme", "11-17")
    visits(blog, "Bolt", "10-01", "11-18")
    said = {one["company"]: one["standing"] for one in leads_as_json(leads(blog.store, scope(WEEK)), str)}
    assert said == {"Acme": {"code": "new", "values": {}}, "Bolt": {"code": "back", "values": {"weeks": 6}}}


@pytest.mark.parametrize("period", ["2026-01-05,2026-11-22", "2025-12-01,2026-11-22"])
def test_over_all_time_new_and_back_are_of_its_last_30_days(blog: Blog, period: str) -> None:
    """No time lies before such a period, in which a company could have been seen already."""
    visits(blog, "Eldest", "01-05")
    visits(blog, "Newcomer", "10-24", "11-17")
    visits(blog, "Back", "02-03", "11-17")
    visits(blog, "Month-old", "10-23", "10-24")
    visits(blog, "Cooling", "10-12", "10-13", "10-14", "10-15", "10-16", "10-17")
    found = {one["company"]: one["standing"] for one in leads(blog.store, scope(period)).to_dict("records")}
    assert found == {
        "Eldest": None,
        "Newcomer": Standing.NEW,
        "Back": Standing.BACK,
        "Month-old": None,
        "Cooling": Standing.COOLING,
    }


def test_in_a_period_with_time_before_it_new_is_of_the_whole_period(blog: Blog) -> None:
    visits(blog, "Eldest", "01-05")
    visits(blog, "Newcomer", "01-06", "11-17")
    found = {
        one["company"]: one["standing"] for one in leads(blog.store, scope("2026-01-06,2026-11-22")).to_dict("records")
    }
    assert found == {"Newcomer": Standing.NEW}
