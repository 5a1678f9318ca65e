"""A score is the sum of its reasons' points, each worked out by hand; many at once are as each alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leads.row_by_row import Activity, points
from tracker.leads.scoring import ACTIVITY, CODES, parts, reasons

DAY = date(2026, 11, 19)
ONE_VIEW = Activity(visits=1, days=1, people=1, pageviews=1, engaged_seconds=0, last_day=DAY)

ANY = st.builds(
    Activity,
    visits=st.integers(0, 10_000),
    days=st.integers(0, 400),
    people=st.integers(0, 1000),
    pageviews=st.integers(0, 100_000),
    engaged_seconds=st.floats(0, 1e7),
    last_day=st.integers(-5, 500).map(lambda days: DAY - timedelta(days=days)),
    goals=st.lists(st.integers(1, 40), max_size=4),
    buying_weight=st.floats(0, 20),
)


def as_columns(activities: Sequence[Activity]) -> pd.DataFrame:
    rows = [
        vars(one) | {"goals_reached": len(one.goals), "goal_weight": max(one.goals, default=0)} for one in activities
    ]
    frame = pd.DataFrame(rows).drop(columns="goals")
    assert set(frame) == set(ACTIVITY)
    return frame.assign(last_day=pd.to_datetime(frame["last_day"]))


def scores(activities: Sequence[Activity]) -> list[dict[str, int]]:
    """The points of all of them at once."""
    found = parts(as_columns(activities), day=pd.Timestamp(DAY))
    return [{code: int(row[code]) for code in CODES if row[code]} for _, row in found.iterrows()]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, {"recency": 4}, id="one-view-today"),
        pytest.param({"last_day": DAY - timedelta(days=7)}, {"recency": 2}, id="a-week-ago-is-half"),
        pytest.param({"last_day": DAY - timedelta(days=29)}, {}, id="four-weeks-ago"),
        pytest.param({"goals": [30]}, {"goals": 30, "recency": 4}, id="a-form"),
        pytest.param({"goals": [30, 20]}, {"goals": 35, "recency": 4}, id="a-form-and-a-pdf"),
        pytest.param({"goals": [30, 30, 20, 20]}, {"goals": 40, "recency": 4}, id="goals-are-bounded"),
        pytest.param({"buying_weight": 1.0}, {"buying_pages": 11, "recency": 4}, id="contact"),  # 18·ln 2/ln 3 = 11.4
        pytest.param({"buying_weight": 9.0}, {"buying_pages": 18, "recency": 4}, id="buying-pages-are-bounded"),
        pytest.param({"days": 2}, {"return_visits": 7, "recency": 4}, id="second-day"),  # 16·ln 2/ln 5 = 6.9
        pytest.param({"days": 5}, {"return_visits": 16, "recency": 4}, id="five-days"),
        pytest.param({"days": 30}, {"return_visits": 16, "recency": 4}, id="no-more-than-all"),
        pytest.param({"pageviews": 6}, {"pages_read": 5, "recency": 4}, id="six-pages"),  # 8·ln 6/ln 21 = 4.7
        pytest.param({"engaged_seconds": 300.0}, {"engaged_time": 4, "recency": 4}, id="five-minutes"),  # 8·ln 6/ln 31 = 4.2
        pytest.param({"people": 3}, {"several_visitors": 5, "recency": 4}, id="three-people"),  # 6·ln 3/ln 4 = 4.8
    ],
)  # fmt: skip
def test_each_part_by_hand(change: dict[str, object], expected: dict[str, int]) -> None:
    assert scores([replace(ONE_VIEW, **change)]) == [expected]  # type: ignore[arg-type]


def test_the_example_of_the_docstring() -> None:
    acme = Activity(3, 2, 2, 6, 600.0, DAY - timedelta(days=2), [30, 20], 1.0)
    assert sum(scores([acme])[0].values()) == 70


def test_everything_is_a_hundred() -> None:
    best = Activity(20, 20, 20, 500, 90_000, DAY, [30, 30, 20], 5.0)
    assert sum(scores([best])[0].values()) == 100


def test_no_company_has_no_parts() -> None:
    found = parts(as_columns([ONE_VIEW])[:0], day=pd.Timestamp(DAY))
    assert found.empty
    assert tuple(found.columns) == CODES


def test_the_special_thing_is_said_first_however_many_points_it_has() -> None:
    earned = dict.fromkeys(CODES, 0) | {"pages_read": 8, "recency": 4, "goals": 3}
    assert [one.code for one in reasons(earned, {})] == ["goals", "pages_read", "recency"]


@given(st.lists(ANY, min_size=1, max_size=20))
def test_many_at_once_are_as_each_alone(activities: list[Activity]) -> None:
    assert scores(activities) == [points(one, day=DAY) for one in activities]


@given(ANY)
def test_any_score_lies_within_0_and_100(activity: Activity) -> None:
    (found,) = scores([activity])
    assert 0 <= sum(found.values()) <= 100
