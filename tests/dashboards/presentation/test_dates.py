from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboards.presentation import dates

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Paris


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0\u202fs"),
        (48.4, "48\u202fs"),
        (59.7, "1\u202fmin"),
        (65, "1\u202fmin\u00a005\u202fs"),
        (700, "11\u202fmin"),
        (3600, "1\u202fh"),
        (4800, "1\u202fh\u00a020"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float | None, text: str) -> None:
    assert dates.duration("fr", seconds) == text


def test_an_hour_has_one_form_in_each_language() -> None:
    assert [dates.hour("fr", 8), dates.hour("fr", 18)] == ["8\u202fh", "18\u202fh"]
    assert [dates.hour("en", 8), dates.hour("en", 18)] == ["08:00", "18:00"]


@pytest.mark.parametrize(
    ("passed", "french", "english"),
    [
        pytest.param(timedelta(seconds=20), "à l’instant", "just now", id="now"),
        pytest.param(timedelta(minutes=5), "il y a 5 min", "5 min ago", id="minutes"),
        pytest.param(timedelta(hours=3), "il y a 3 h", "3 h ago", id="hours"),
        pytest.param(
            timedelta(hours=11), "hier à 23:00", "yesterday at 23:00", id="yesterday, though only eleven hours"
        ),
        pytest.param(timedelta(days=3), "vendredi", "Friday", id="within the week"),
        pytest.param(timedelta(days=13), "3 nov.", "3 Nov", id="this year"),
        pytest.param(timedelta(days=400), "12 oct. 2025", "12 Oct 2025", id="another year"),
    ],
)
def test_moments_are_relative_while_recent(passed: timedelta, french: str, english: str) -> None:
    assert dates.ago("fr", NOW - passed, NOW, PARIS) == french
    assert dates.ago("en", NOW - passed, NOW, PARIS) == english


def test_a_moment_in_full_is_in_the_site_s_zone() -> None:
    assert dates.absolute("fr", NOW, PARIS) == "lundi 16 novembre 2026, 10:00"
    assert dates.absolute("en", NOW, ZoneInfo("America/New_York")) == "Monday 16 November 2026, 04:00"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        pytest.param(date(2026, 11, 16), date(2026, 11, 17), "lun. 16 nov. 2026", id="one day"),
        pytest.param(date(2026, 11, 3), date(2026, 11, 17), "3–16 nov. 2026", id="one month"),
        pytest.param(date(2026, 10, 18), date(2026, 11, 17), "18 oct. – 16 nov. 2026", id="two months"),
        pytest.param(date(2025, 12, 1), date(2026, 2, 1), "1er déc. 2025 – 31 janv. 2026", id="two years"),
    ],
)
def test_spans_say_month_and_year_once(start: date, end: date, text: str) -> None:
    assert dates.span("fr", start, end) == text


@pytest.mark.parametrize(("language", "text"), [("fr", "Mardi 3 novembre 2026"), ("en", "Tuesday 3 November 2026")])
def test_a_day_that_heads_its_visits_begins_with_a_capital(language: str, text: str) -> None:
    assert dates.heading(language, date(2026, 11, 3)) == text
