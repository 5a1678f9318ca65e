"""The bar that advice has to pass, against values of the papers and of tables."""

from __future__ import annotations

import numpy as np
import pytest

from tracker.reports.advice.chance import bar, steady_z, wilson


def steady(deviations: list[float], variances: list[float]) -> float:
    return steady_z(np.array(deviations), np.array(variances))


def test_wilsons_interval_has_its_published_values() -> None:
    # R. G. Newcombe, Stat. Med. 17 (1998), table I, method 3.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=1e-4)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)
    assert wilson(0, 0) == (0, 1)


def test_the_bar_rises_with_the_number_of_comparisons() -> None:
    assert bar(1) == pytest.approx(2.935, abs=1e-3)
    assert bar(100) == pytest.approx(4.149, abs=2e-2)
    assert bar(0) == bar(1)


def test_units_that_deviate_alike_score_as_students_t_says() -> None:
    # t = 2.179 with 12 degrees of freedom is the two-sided 5 % point: a standard score of 1.96.
    mean, spread = 2.179 / 13**0.5, 1.0
    half = (spread * 12 / 12) ** 0.5
    values = [mean + half] * 6 + [mean - half] * 6 + [mean]
    assert steady(values, [0.0] * 13) == pytest.approx(1.96, abs=0.01)


def test_one_week_of_many_visits_is_not_steady() -> None:
    assert steady([1000.0] + [0.0] * 12, [1.0] * 13) < 1.01
    assert steady([5.0] * 13, [4.0] * 13) > 4


def test_units_that_are_all_alike_are_no_surer_than_their_numbers() -> None:
    assert steady([0.5] * 13, [100.0] * 13) < 0.2
    assert steady([0.5] * 13, [0.0] * 13) == 0
    assert steady([3.0], [1.0]) == 0
