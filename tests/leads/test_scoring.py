"""A score is the sum of its reasons' points, each worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.leads.scoring import Activity, score

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
ONE_VIEW = Activity(visits=1, days=1, people=1, pageviews=1, engaged_seconds=0, last_seen=NOW, paths=["/blog/"])


def points(activity: Activity) -> dict[str, int]:
    return {reason.code: reason.points for reason in score(activity, now=NOW).reasons}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, {"recency": 10}, id="one-view-now"),
        pytest.param({"last_seen": NOW - timedelta(days=7)}, {"recency": 5}, id="a-week-ago"),
        pytest.param({"last_seen": NOW - timedelta(days=14)}, {}, id="two-weeks-ago"),
        pytest.param({"paths": ["/contact/"]}, {"intent_pages": 18, "recency": 10}, id="contact"),
        pytest.param({"paths": ["/contact", "/tarifs", "/demo", "/prix"]}, {"intent_pages": 30, "recency": 10}, id="intent-is-bounded"),
        pytest.param({"days": 2}, {"return_visits": 7, "recency": 10}, id="second-day"),  # 20·ln 2/ln 8 = 6.67
        pytest.param({"days": 8}, {"return_visits": 20, "recency": 10}, id="eight-days"),
        pytest.param({"days": 30}, {"return_visits": 20, "recency": 10}, id="no-more-than-all"),
        pytest.param({"pageviews": 6}, {"pages_read": 7, "recency": 10}, id="six-pages"),  # 15·ln 6/ln 41 = 7.24
        pytest.param({"engaged_seconds": 300.0}, {"engaged_time": 7, "recency": 10}, id="five-minutes"),  # 15·ln 6/ln 61 = 6.54
        pytest.param({"people": 3}, {"several_visitors": 6, "recency": 10}, id="three-people"),  # 10·ln 3/ln 7 = 5.65
    ],
)  # fmt: skip
def test_each_part_by_hand(change: dict[str, object], expected: dict[str, int]) -> None:
    assert points(replace(ONE_VIEW, **change)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "wants"),
    [("/contact", True), ("/tarifs/", True), ("/pricing", True), ("/nos-services/", True), ("/devis", True),
     ("/blog/le-style", False), ("/", False)],
)  # fmt: skip
def test_pages_of_those_who_think_of_buying(path: str, wants: bool) -> None:
    assert ("intent_pages" in points(replace(ONE_VIEW, paths=[path]))) == wants


def test_everything_is_a_hundred() -> None:
    best = Activity(20, 20, 20, 500, 90_000, NOW, ["/contact", "/tarifs", "/devis"])
    assert score(best, now=NOW).points == 100


@given(
    st.builds(
        Activity,
        visits=st.integers(0, 10_000),
        days=st.integers(0, 400),
        people=st.integers(0, 1000),
        pageviews=st.integers(0, 100_000),
        engaged_seconds=st.floats(0, 1e7),
        last_seen=st.integers(-5, 500).map(lambda days: NOW - timedelta(days=days)),
        paths=st.lists(st.text(max_size=20), max_size=5),
    )
)
def test_any_score_is_the_sum_of_its_reasons_within_0_and_100(activity: Activity) -> None:
    found = score(activity, now=NOW)
    assert found.points == sum(reason.points for reason in found.reasons)
    assert 0 <= found.points <= 100
    assert [reason.points for reason in found.reasons] == sorted((one.points for one in found.reasons), reverse=True)
