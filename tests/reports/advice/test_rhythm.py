"""When visits begin: days and hours that stand out week after week, and silence where a burst or one company made them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tracker.reports.advice.rhythm import rhythm
from tracker.reports.advice.window import WEEKS


def visits(per_week: dict[tuple[int, int], int], **columns: object) -> pd.DataFrame:
    """As many visits in each of the weeks, by weekday and hour."""
    rows = [
        {"week": week, "weekday": day, "hour": hour, "visits": number} | columns
        for week in range(WEEKS)
        for (day, hour), number in per_week.items()
    ]
    return pd.DataFrame(rows)


EVEN = {(day, hour): 3 for day in range(7) for hour in range(24)}


def test_days_and_hours_that_stand_out_are_named_with_their_share() -> None:
    found = rhythm(visits(EVEN | {(1, 9): 60, (1, 10): 60, (3, 9): 60, (3, 10): 60}), WEEKS, rhythms=1)
    number = 164 * 3 + 240
    assert found.visits == 13 * number
    assert found.cells[1][9] == 13 * 60
    assert found.days is not None
    assert found.hours is not None
    assert (found.days.slots, found.hours.slots) == ((1, 3), (9, 10))
    assert found.days.share == pytest.approx(2 * (22 * 3 + 120) / number)
    assert found.days.expected == pytest.approx(2 / 7)
    assert found.hours.share == pytest.approx((10 * 3 + 240) / number)


def test_even_visits_and_few_visits_have_no_rhythm() -> None:
    even, few = rhythm(visits(EVEN), WEEKS, rhythms=1), rhythm(visits({(1, 9): 15}), WEEKS, rhythms=1)
    assert (even.days, even.hours, few.days, few.hours) == (None, None, None, None)


def test_a_burst_in_one_week_is_no_rhythm() -> None:
    burst = pd.DataFrame([{"week": 4, "weekday": 1, "hour": 9, "visits": 5_000}])
    found = rhythm(pd.concat([visits(EVEN), burst]), WEEKS, rhythms=1)
    assert (found.days, found.hours) == (None, None)


def test_one_company_that_comes_every_tuesday_is_no_rhythm_of_companies() -> None:
    random = np.random.default_rng(1)
    others = pd.DataFrame(
        [
            {
                "week": week,
                "weekday": random.integers(7),
                "hour": random.integers(24),
                "visits": 1,
                "company": f"C{one}",
            }
            for week in range(WEEKS)
            for one in range(10)
        ]
    )
    faithful = visits({(1, 9): 4, (1, 10): 4}, company="C99")
    assert rhythm(pd.concat([others, faithful]), WEEKS, rhythms=1, least=50).days is None
    all_of_them = pd.concat([visits({(1, 9): 1, (1, 10): 1}, company=f"C{one}") for one in range(10)])
    found = rhythm(pd.concat([others, all_of_them]), WEEKS, rhythms=1, least=50)
    assert found.days is not None
    assert found.days.slots == (1,)


def test_a_network_has_a_rhythm_of_its_own_where_it_differs_from_all_visits() -> None:
    busy = visits(EVEN | {(1, 9): 90})
    assert rhythm(visits(EVEN | {(1, 9): 90}), WEEKS, rhythms=1, least=100, of_all=busy).days is None
    own = rhythm(visits(EVEN | {(5, 20): 90}), WEEKS, rhythms=1, least=100, of_all=busy)
    assert own.days is not None
    assert own.hours is not None
    assert (own.days.slots, own.hours.slots) == ((5,), (20,))
