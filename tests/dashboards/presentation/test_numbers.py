from __future__ import annotations

import pytest

from dashboards.presentation import numbers


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        ("fr", 0, "0"),
        ("fr", 9876, "9\u202f876"),
        ("fr", 10_000, "10\u202fk"),
        ("fr", 12_345, "12,3\u202fk"),
        ("fr", 1_234_567, "1,2\u202fM"),
        ("en", 9876, "9,876"),
        ("en", 12_345, "12.3K"),
    ],
)
def test_counts_are_compact_from_ten_thousand(language: str, number: int, text: str) -> None:
    assert numbers.count(language, number) == text


def test_a_count_can_be_asked_for_in_full() -> None:
    assert numbers.count("fr", 12_345, compact=False) == "12\u202f345"


@pytest.mark.parametrize(
    ("language", "fraction", "text"),
    [
        ("fr", 0.482, "48\u202f%"),
        ("en", 0.482, "48%"),
        ("fr", 0.0, "0\u202f%"),
        ("fr", 1.0, "100\u202f%"),
        ("en", 0.1, "10%"),
        ("en", 0.0996, "10%"),
        ("en", 0.0994, "9.9%"),
        ("fr", 0.081, "8,1\u202f%"),
        ("fr", 0.02, "2,0\u202f%"),
        ("en", 0.001, "0.1%"),
        ("en", 0.0006, "0.1%"),
        ("en", 0.0004, "<0.1%"),
        ("fr", 0.0004, "<\u202f0,1\u202f%"),
    ],
)
def test_percents_have_a_decimal_below_ten_a_narrow_space_in_french_and_never_hide_something_as_nothing(
    language: str, fraction: float, text: str
) -> None:
    assert numbers.percent(language, fraction) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.12, "+12%"),
        (-0.12, "\u221212%"),
        (0.0, "0%"),
        (0.001, "0%"),
        (-0.034, "\u22123%"),
        (9.0, "+900%"),
        (12.3, "×\u202f13.3"),
        (99.0, "×\u202f100"),
    ],
)
def test_changes_carry_a_sign_and_become_factors(fraction: float, text: str) -> None:
    assert numbers.signed_percent("en", fraction) == text


def test_differences_of_rates_are_points() -> None:
    assert numbers.signed_points("fr", 0.031) == "+3,1"
    assert numbers.signed_points("fr", -0.02) == "\u22122"


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(12.0, 10.0, 0.2), (0.0, 10.0, -1.0), (5.0, 0.0, None), (None, 10.0, None), (5.0, float("nan"), None)],
)
def test_there_is_no_change_without_something_to_compare_with(
    now: float | None, before: float | None, expected: float | None
) -> None:
    found = numbers.change(now, before)
    assert found == pytest.approx(expected) if expected is not None else found is None
