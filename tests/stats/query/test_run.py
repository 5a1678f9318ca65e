"""Stats API v2 queries: their shapes, figures by hand, and a sentence for each thing that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stats.conftest import SITE, Blog
from tracker.db.models import Site
from tracker.stats.dimensions import GROUPING as DIMENSIONS
from tracker.stats.metrics import BY_API_NAME as METRICS
from tracker.stats.query.run import QueryError, run_query

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WEEK = ["2026-11-16", "2026-11-22"]


@pytest.fixture
def week(blog: Blog) -> Blog:
    """One: Google, /a for 50 s then /b. Two: direct, /a alone. Three: Google, /b with a click."""
    google = {"source": "Google", "country": "FR"}
    blog.visit(
        "2026-11-16T10:00:00+01:00",
        (0, "/a"), (20, "/a", 20_000, 40), (50, "/b"), (60, "/a", 10_000, 90), (90, "/b", 30_000, 60),
        visitor=1, **google,
    )  # fmt: skip
    blog.visit("2026-11-17T11:00:00+01:00", (0, "/a"), visitor=2, country="BE")
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/b"), (40, "/b", "Signup"), visitor=3, **google)
    return blog


def ask(blog: Blog, site: Site, *metrics: str, **query: Any) -> list[tuple[list[Any], list[Any]]]:
    answer = run_query(blog.store, site, {"metrics": list(metrics), "date_range": WEEK} | query, now=NOW)
    return [(row["dimensions"], row["metrics"]) for row in answer["results"]]


def test_every_metric_by_hand(week: Blog, site: Site) -> None:
    answer = ask(week, site, *METRICS)
    assert dict(zip(METRICS, answer[0][1], strict=True)) == {
        "visitors": 3,
        "visits": 3,
        "pageviews": 4,
        "views_per_visit": 1.33,
        "bounce_rate": 33,
        "visit_duration": 43,  # (90 + 0 + 40) / 3
        "engaged_seconds": 20.0,  # 60 s in 3 visits
        "time_on_page": 15,  # 60 s on 4 views
        "scroll_depth": 75,  # the furthest of a visit on a page: 90 and 60
        "events": 8,
        "percentage": 100.0,
        "visits_begun": 3,
        "visit_share": 100.0,
    }
    assert {type(value) for value in answer[0][1]} == {int, float}


def test_nothing_is_zero_or_null(blog: Blog, site: Site) -> None:
    assert dict(zip(METRICS, ask(blog, site, *METRICS)[0][1], strict=True)) == {
        "visitors": 0, "visits": 0, "pageviews": 0, "views_per_visit": None, "bounce_rate": None,
        "visit_duration": None, "engaged_seconds": None, "time_on_page": None, "scroll_depth": None, "events": 0,
        "percentage": 0.0,
        "visits_begun": 0,
        "visit_share": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        pytest.param("visit:source", [(["Google"], [2, 0, 67.0]), ([None], [1, 100, 33.0])], id="source"),
        # A page's bounce rate is that of the visits that entered by it; only the second left again from /a.
        pytest.param("event:page", [(["/a"], [2, 50, 66.67]), (["/b"], [2, 0, 66.67])], id="page-bounces-where-entered"),
        pytest.param("visit:entry_page", [(["/a"], [2, 50, 66.67]), (["/b"], [1, 0, 33.33])], id="entry-page"),
        pytest.param("visit:exit_page", [(["/b"], [2, 0, 66.67]), (["/a"], [1, 100, 33.33])], id="exit-page"),
        pytest.param("time:day", [(["2026-11-16"], [1, 0, 33.33]), (["2026-11-17"], [2, 50, 66.67])], id="day"),
        pytest.param("time:week", [(["2026-11-16"], [3, 33, 100.0])], id="week"),
        pytest.param("time:month", [(["2026-11-01"], [3, 33, 100.0])], id="month"),
        pytest.param("time:hour", [(["2026-11-16 10:00:00"], [1, 0, 33.33]), (["2026-11-17 11:00:00"], [1, 100, 33.33]),
                                   (["2026-11-17 12:00:00"], [1, 0, 33.33])], id="hour"),
        pytest.param("event:name", [(["pageview"], [3, 33, 100.0]), (["Signup"], [1, 0, 33.33]),
                                    (["engagement"], [1, 0, 33.33])], id="event-name"),
    ],
)  # fmt: skip
def test_one_dimension_by_hand(week: Blog, site: Site, dimension: str, expected: list[Any]) -> None:
    answer = ask(week, site, "visitors", "bounce_rate", "percentage", dimensions=[dimension])
    assert [(one, [*values[:2], pytest.approx(values[2], abs=0.5)]) for one, values in expected] == answer


@pytest.mark.parametrize("dimension", list(DIMENSIONS))
def test_every_dimension_answers_with_every_metric(week: Blog, site: Site, dimension: str) -> None:
    answer = ask(week, site, *METRICS, dimensions=[dimension, "time:day"])
    assert answer
    assert all(0 <= row[1][4] <= 100 for row in answer if row[1][4] is not None)


@pytest.mark.parametrize(
    ("filters", "visitors", "visits", "bounces", "duration"),
    [
        pytest.param([["is", "event:page", ["/b"]]], 2, 2, 0, 65, id="second-page-has-no-negative-bounces"),
        pytest.param([["is", "event:page", ["/a"]]], 2, 2, 50, 45, id="page"),
        pytest.param([["is_not", "visit:source", ["Google"]]], 1, 1, 100, 0, id="is-not-keeps-none"),
        pytest.param([["is", "visit:source", [None]]], 1, 1, 100, 0, id="null-is-none"),
        pytest.param([["contains", "visit:source", ["goo"]]], 2, 2, 0, 65, id="contains"),
        pytest.param([["contains_not", "event:page", ["a"]]], 2, 2, 0, 65, id="contains-not"),
        pytest.param([["not", ["is", "visit:country", ["FR"]]]], 1, 1, 100, 0, id="not"),
        pytest.param(
            [["or", [["is", "visit:country", ["BE"]], ["is", "visit:source", ["Google"]]]]], 3, 3, 33, 43, id="or"
        ),
        pytest.param(
            [["and", [["is", "visit:country", ["BE"]], ["is", "visit:source", ["Google"]]]]], 0, 0, None, None, id="and"
        ),
        pytest.param([["is", "visit:exit_page", ["/b"]]], 2, 2, 0, 65, id="exit-page"),
        pytest.param([["is_not", "visit:exit_page", ["/b"]]], 1, 1, 100, 0, id="exit-page-not"),
        pytest.param([["is", "event:name", ["Signup"]]], 1, 1, 0, 40, id="goal"),
        pytest.param([["is", "visit:source", []]], 0, 0, None, None, id="nothing-named"),
    ],
)
def test_filters_by_hand(
    week: Blog, site: Site, filters: list[Any], visitors: int, visits: int, bounces: int | None, duration: int | None
) -> None:
    names = ("visitors", "visits", "bounce_rate", "visit_duration")
    assert ask(week, site, *names, filters=filters)[0][1] == [visitors, visits, bounces, duration]


def test_order_pagination_and_the_number_of_rows(blog: Blog, site: Site) -> None:
    for page in ("/e", "/d", "/c", "/b", "/a"):
        blog.visit("2026-11-16T10:00:00+01:00", (0, page))
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/d"))
    query = {"metrics": ["visits"], "date_range": WEEK, "dimensions": ["event:page"], "include": {"total_rows": True}}
    pages = []
    for offset in (0, 2, 4):
        answer = run_query(blog.store, site, query | {"pagination": {"limit": 2, "offset": offset}}, now=NOW)
        assert answer["meta"]["total_rows"] == 5
        pages += [row["dimensions"][0] for row in answer["results"]]
    assert pages == ["/d", "/a", "/b", "/c", "/e"]
    upward = ask(blog, site, "visits", dimensions=["event:page"], order_by=[["visits", "asc"], ["event:page", "desc"]])
    assert [row[0][0] for row in upward] == ["/e", "/c", "/b", "/a", "/d"]


def test_the_answer_says_how_the_query_was_understood(week: Blog, site: Site) -> None:
    answer = run_query(
        week.store,
        site,
        {"metrics": ["visitors"], "date_range": WEEK, "dimensions": ["time"], "include": {"time_labels": True}},
        now=NOW,
    )
    assert answer["query"] == {
        "site_id": SITE,
        "metrics": ["visitors"],
        "date_range": ["2026-11-16T00:00:00+01:00", "2026-11-22T23:59:59+01:00"],
        "dimensions": ["time:day"],
        "filters": [],
        "pagination": {"limit": 10_000, "offset": 0},
    }
    assert answer["meta"]["time_labels"] == [f"2026-11-{day}" for day in range(16, 23)]
    assert [row["dimensions"] for row in answer["results"]] == [["2026-11-16"], ["2026-11-17"]]


def test_two_dimensions_group_by_both(week: Blog, site: Site) -> None:
    answer = ask(week, site, "pageviews", dimensions=["visit:source", "event:page"])
    assert answer == [(["Google", "/b"], [2]), (["Google", "/a"], [1]), ([None, "/a"], [1])]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"metrics": []}, "`metrics` is missing", id="no-metrics"),
        pytest.param({"metrics": "visitors"}, "`metrics` must be a list", id="metrics-as-text"),
        pytest.param(
            {"metrics": ["hits"]}, "`metrics` has an unknown name 'hits'; use one of visitors", id="unknown-metric"
        ),
        pytest.param({"metrics": [["visitors"]]}, "`metrics` has an unknown name", id="nested-metric"),
        pytest.param(
            {"dimensions": ["visit:shoe"]}, "`dimensions` has an unknown name 'visit:shoe'", id="unknown-dimension"
        ),
        pytest.param({"date_range": "soon"}, "`date_range`: 'soon' is not a period", id="no-period"),
        pytest.param({"date_range": 7}, "`date_range` must be a word", id="number-for-a-period"),
        pytest.param({"date_range": ["2026-11-15", "2026-11-01"]}, "ends before it begins", id="backwards"),
        pytest.param({"date_range": ["0001-01-01", "2026-11-01"]}, "is not a period", id="year-one"),
        pytest.param({"filters": {}}, "`filters` must be a list", id="filters-as-object"),
        pytest.param({"filters": ["is"]}, "a filter is a list such as", id="filter-as-text"),
        pytest.param(
            {"filters": [["like", "event:page", ["x"]]]},
            "`filters` has an unknown operator 'like'",
            id="unknown-operator",
        ),
        pytest.param(
            {"filters": [[["is"], "event:page", ["x"]]]}, "`filters` has an unknown operator", id="operator-as-list"
        ),
        pytest.param({"filters": [["is", ["event:page"], ["x"]]]}, 'must be ["is", DIMENSION', id="dimension-as-list"),
        pytest.param({"filters": [["is", "event:page", "x"]]}, 'must be ["is", DIMENSION', id="value-as-text"),
        pytest.param({"filters": [["is", "event:page", [{}]]]}, "values are text or null", id="value-as-object"),
        pytest.param({"filters": [["is", "event:page"]]}, 'must be ["is", DIMENSION', id="no-values"),
        pytest.param({"order_by": "visitors"}, "`order_by` must be a list", id="order-as-text"),
        pytest.param({"order_by": [["bounce_rate", "desc"]]}, "`order_by` takes", id="order-by-what-is-not-asked"),
        pytest.param({"order_by": [["visitors", "down"]]}, "`order_by` takes", id="order-direction"),
        pytest.param({"order_by": [[["visitors"], "asc"]]}, "`order_by` takes", id="order-nested"),
        pytest.param({"pagination": []}, "`pagination` must be an object", id="pagination-as-list"),
        pytest.param({"pagination": {"limit": 0}}, "limit is 1 to 10,000", id="no-limit"),
        pytest.param({"pagination": {"limit": 10_001}}, "limit is 1 to 10,000", id="too-many"),
        pytest.param({"pagination": {"limit": True}}, "limit is 1 to 10,000", id="boolean-limit"),
        pytest.param({"pagination": {"offset": -1}}, "offset 0 or more", id="negative-offset"),
        pytest.param({"pagination": {"offset": 10**30}}, "offset 0 or more", id="endless-offset"),
        pytest.param({"metrics": ["visitors", "visitors"]}, "`metrics` names 'visitors' twice", id="metric-twice"),
        pytest.param({"dimensions": ["time", "time:day"]}, "`dimensions` names 'time:day' twice", id="dimension-twice"),
        pytest.param({"order_by": [["visitors", "asc"], ["visitors", "desc"]]}, "`order_by` names", id="order-twice"),
        pytest.param({"site_id": "other.fr"}, "`site_id` 'other.fr' is not the site that is queried", id="other-site"),
        pytest.param({"site_id": 7}, "`site_id` 7 is not the site that is queried", id="site-as-number"),
        pytest.param({"pagination": {"limit": 5, "page": 2}}, "`pagination` has no 'page'", id="unknown-pagination"),
        pytest.param({"include": {"total_rows": "no"}}, "`include.total_rows` is true or false", id="include-as-text"),
        pytest.param({"include": {"total_rows": 1}}, "`include.total_rows` is true or false", id="include-as-number"),
        pytest.param({"include": {"imports": False}}, "`include.imports` cannot be false", id="without-imports"),
        pytest.param({"date_range": {"from": "2026-11-01"}}, "`date_range` must be a word", id="range-as-object"),
        pytest.param({"date_range": ["2026-11-01"]}, "`date_range` must be a word", id="range-of-one"),
        pytest.param({"date_range": ["2026-11-01", None]}, "`date_range` must be a word", id="range-with-null"),
        pytest.param({"date_range": None}, "`date_range` must be a word", id="range-null"),
        pytest.param({"filters": [["is", "event:page", ["/\ud800"]]]}, "not Unicode text", id="half-a-surrogate-pair"),
        pytest.param(
            {"filters": [["is", "event:page", ["/a"], {"case_sensitive": False}]]}, "must be [", id="modifier"
        ),
        pytest.param({"include": ["total_rows"]}, "`include` must be an object", id="include-as-list"),
        pytest.param({"include": {"totals": True}}, "`include` must be an object", id="unknown-include"),
        pytest.param({"include": {"time_labels": True}}, "needs a time dimension", id="labels-without-time"),
        pytest.param({"filter": []}, "a query has no 'filter'", id="misspelt-key"),
    ],
)
def test_what_is_wrong_is_said(store: Any, site: Site, change: dict[str, Any], words: str) -> None:
    with pytest.raises(QueryError) as problem:
        run_query(store, site, {"metrics": ["visitors"], "date_range": WEEK} | change, now=NOW)
    assert words in str(problem.value)
    assert "\n" not in str(problem.value)


def test_filters_nested_without_end_are_refused(store: Any, site: Site) -> None:
    deep: list[Any] = ["is", "event:page", ["/a"]]
    for _ in range(500):
        deep = ["not", deep]
    with pytest.raises(QueryError, match="nested more than 20 deep"):
        run_query(store, site, {"metrics": ["visitors"], "filters": [deep]}, now=NOW)


def test_a_campaign_s_words_are_those_of_the_url_and_not_what_they_mean(blog: Blog, site: Site) -> None:
    meant = {"source": "Facebook", "medium": "paid social"}
    blog.visit("2026-11-17T11:00:00+01:00", (0, "/a"), utm_source="fb_ads", utm_medium="Paid_Social", **meant)
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/a"), **meant)
    words = ["visit:utm_source", "visit:utm_medium"]
    answer = ask(blog, site, "visits", dimensions=words)
    assert sorted(answer, key=str) == sorted([([None, None], [1]), (["fb_ads", "Paid_Social"], [1])], key=str)
    assert ask(blog, site, "visits", dimensions=["visit:source", "visit:medium"]) == [
        (["Facebook", "paid social"], [2])
    ]
    assert ask(blog, site, "visits", filters=[["is", words[0], ["fb_ads"]]]) == [([], [1])]


def test_private_persons_are_never_named_as_the_organisation_of_a_network(blog: Blog, site: Site) -> None:
    # Rows as earlier versions stored them; that of a company is one that its network was judged to be.
    networks: list[dict[str, Any]] = [
        {"organisation": "Anna Musterfrau", "asn": 64500, "network_kind": "unknown"},
        {"organisation": "Anna O'Exempla trading as 50%:s", "asn": 64501, "network_kind": "hosting"},
        {"organisation": "Example Telecom", "asn": 64502, "network_kind": "isp"},
        {"organisation": "Anna Exempla", "asn": 64503, "network_kind": "business", "company": "Anna Exempla"},
        {},
    ]
    for number, network in enumerate(networks):
        blog.visit(f"2026-11-17T1{number}:00:00+01:00", (0, "/a"), (9, "/b"), visitor=number + 1, **network)
    for metrics in (("visitors", "pageviews"), ("visits_begun", "bounce_rate"), ("events",)):
        found = ask(blog, site, *metrics, dimensions=["visit:organisation"])
        assert sorted(row[0][0] or "" for row in found) == ["", "Anna Exempla", "Example Telecom"]
    counted = ask(blog, site, "visitors", dimensions=["visit:organisation"])
    assert {row[0][0]: row[1][0] for row in counted}[None] == 3
    pairs = ask(blog, site, "visitors", dimensions=["visit:organisation", "visit:network_kind"])
    assert "Musterfrau" not in str(pairs)
