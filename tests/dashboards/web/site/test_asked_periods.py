"""The period and the comparison of a URL: what is asked, what is written, and what cannot be parsed."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dashboards.web.site.asked_periods import read_against, read_period, write_against
from tracker.stats.comparisons import Against, Mode
from tracker.stats.periods import Period, Unread, parse_period


def parse(text: str) -> Period:
    return parse_period(text, today=date(2026, 11, 24), time_zone=ZoneInfo("Europe/Paris"))


OWN = (date(2025, 11, 1), date(2025, 11, 16))


@pytest.mark.parametrize(
    ("arguments", "against"),
    [
        pytest.param({}, Against(), id="the-period-before"),
        pytest.param({"compare": "no"}, None, id="nothing"),
        pytest.param({"compare": "yes"}, Against(), id="older-links"),
        pytest.param({"compare": "year"}, Against(Mode.YEAR), id="a-year-before"),
        pytest.param({"compare": "year", "weekdays": "no"}, Against(Mode.YEAR, False), id="dates"),
        pytest.param({"compare": "2025-11-01,2025-11-15"}, Against(Mode.CUSTOM, days=OWN), id="own-days"),
        pytest.param(
            {"compare_from": "2025-11-15", "compare_to": "2025-11-01"}, Against(Mode.CUSTOM, days=OWN), id="form"
        ),
    ],
)
def test_what_is_compared_with(arguments: dict[str, str], against: Against | None) -> None:
    found, problem = read_against(arguments, parse)
    assert (found, problem) == (against, None)
    written = {name: value for name, value in write_against(found).items() if value is not None}
    assert read_against(written, parse) == (against, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("soon", Unread.UNKNOWN),
        ("30d ago", Unread.UNKNOWN),
        ("all", Unread.UNKNOWN),
        ("2025-11-15,2025-11-01", Unread.BACKWARDS),
        ("0001-01-01,2025-11-01", Unread.OUT_OF_RANGE),
    ],
)
def test_a_comparison_that_makes_no_sense_is_with_the_period_before_and_told(text: str, reason: Unread) -> None:
    found, problem = read_against({"compare": text}, parse)
    assert found == Against()
    assert problem is not None
    assert (problem.text, problem.reason) == (text, reason)


@pytest.mark.parametrize(
    ("arguments", "text", "reason"),
    [
        ({"period": "2026-11-15,2026-11-01"}, "2026-11-15,2026-11-01", Unread.BACKWARDS),
        ({"period": "99999-01"}, "99999-01", Unread.UNKNOWN),
        ({"period": "9999"}, "9999", Unread.OUT_OF_RANGE),
        ({"from": "2026-11-01"}, "2026-11-01,", Unread.UNKNOWN),
        ({"from": "9999-11-01", "to": "9999-11-02"}, "9999-11-01,9999-11-02", Unread.OUT_OF_RANGE),
    ],
)
def test_a_period_that_makes_no_sense_is_told(arguments: dict[str, str], text: str, reason: Unread) -> None:
    period, shown, problem = read_period(arguments, parse)
    assert (period.name, shown) == ("30d", "30d")
    assert problem is not None
    assert (problem.text, problem.reason) == (text, reason)
