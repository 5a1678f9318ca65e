"""A score is the sum of its reasons' points, each worked out by hand; many at once are as each alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leads.row_by_row import Activity, Score, score
from tracker.leads.scoring import CODES, intent_pages, parts, reasons

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
ONE_VIEW = Activity(visits=1, days=1, people=1, pageviews=1, engaged_seconds=0, last_seen=NOW, paths=["/blog/"])

ACTIVITY = st.builds(
    Activity,
    visits=st.integers(0, 10_000),
    days=st.integers(0, 400),
    people=st.integers(0, 1000),
    pageviews=st.integers(0, 100_000),
    engaged_seconds=st.floats(0, 1e7),
    last_seen=st.integers(-5 * 86_400, 500 * 86_400).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    paths=st.lists(st.sampled_from(["/contact", "/tarifs", "/a", "/PRIX", "/services"]) | st.text(max_size=20), max_size=5, unique=True),
)  # fmt: skip


def scores(activities: Sequence[Activity]) -> list[Score]:
    """Of all of them at once."""
    frame = pd.DataFrame([vars(one) | {"intent_pages": len(intent_pages(one.paths))} for one in activities])
    frame["last_seen"] = pd.to_datetime([one.last_seen.replace(tzinfo=None) for one in activities])
    points = parts(frame, now=NOW)
    return [
        Score(int(row.sum()), reasons(vars(one) | {"points": row}, intent_pages(one.paths)[:3], now=NOW))
        for one, (_, row) in zip(activities, points.iterrows(), strict=True)
    ]


def points(activity: Activity) -> dict[str, int]:
    (found,) = scores([activity])
    return {reason.code: reason.points for reason in found.reasons}


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


def test_the_example_of_the_docstring() -> None:
    example = replace(
        ONE_VIEW, visits=3, days=2, people=2, pageviews=4, engaged_seconds=60.0, paths=["/a", "/b", "/c", "/contact"]
    )
    assert scores([example])[0].points == 48


@pytest.mark.parametrize(
    ("path", "wants"),
    [("/contact", True), ("/tarifs/", True), ("/pricing", True), ("/nos-services/", True), ("/devis", True),
     ("/blog/le-style", False), ("/", False)],
)  # fmt: skip
def test_pages_of_those_who_think_of_buying(path: str, wants: bool) -> None:
    assert ("intent_pages" in points(replace(ONE_VIEW, paths=[path]))) == wants


def test_everything_is_a_hundred() -> None:
    best = Activity(20, 20, 20, 500, 90_000, NOW, ["/contact", "/tarifs", "/devis"])
    assert scores([best])[0].points == 100


def test_no_company_has_no_parts() -> None:
    nobody = pd.DataFrame({name: pd.Series(dtype="int64") for name in vars(ONE_VIEW)} | {"intent_pages": []})
    found = parts(nobody.astype({"last_seen": "datetime64[us]", "intent_pages": "int64"}), now=NOW)
    assert found.empty
    assert tuple(found.columns) == CODES


@given(st.lists(ACTIVITY, min_size=1, max_size=20))
def test_many_at_once_are_as_each_alone(activities: list[Activity]) -> None:
    assert scores(activities) == [score(one, now=NOW) for one in activities]


@given(ACTIVITY)
def test_any_score_is_the_sum_of_its_reasons_within_0_and_100(activity: Activity) -> None:
    (found,) = scores([activity])
    assert found.points == sum(reason.points for reason in found.reasons)
    assert 0 <= found.points <= 100
    assert [reason.points for reason in found.reasons] == sorted((one.points for one in found.reasons), reverse=True)
