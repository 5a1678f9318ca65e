"""What the visits of a possible company say: as points for a company or against it, with the values for a sentence.

Pure, and over all companies at once. People at work come on weekdays in office hours, at computers, few on a day, and again
on other days, and now and then they do what the site's goals are. A provider's customers come in the evening, on phones, and
many of them on a day. An example: 38 of 40 visits in office hours and all at computers are 54 + 30 points.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import pandas as pd

AT_WORK = "at_work"
VISITORS = "visitors"
COMES_AGAIN = "comes_again"
GOALS = "goals"
CODES = (GOALS, AT_WORK, VISITORS, COMES_AGAIN)

# From so many visits on what they say counts in full.
_ENOUGH = 10
_OFFICE, _DESKTOPS = 60, 30
# A few people on one day are colleagues; more than _MANY are a provider's customers rather than one company's people.
_COLLEAGUES, _FEW = 5, 10
_CROWD, _MANY = 60, 25
_AGAIN, _ENOUGH_DAYS = 10, 5
_FIRST_GOAL, _FURTHER_GOAL, _ALL_GOALS = 20, 5, 30


class Evidence(NamedTuple):
    """One thing that the visits say: `points` above 0 speak for a company."""

    code: str
    points: int
    values: Mapping[str, Any]


def points_of(found: pd.DataFrame) -> pd.DataFrame:
    """Returns the points of each of CODES (int64), a row for each row of `found`.

    `found` has the numbers of visits (`visits`, those `in_office_hours` and `on_desktops`), `visitors_a_day` (the mean of the
    days), `most_on_a_day`, `days`, and `goals_reached` (different ones).
    """
    sure = (found["visits"] / _ENOUGH).clip(upper=1)
    office, desktops = (found[name] / found["visits"] for name in ("in_office_hours", "on_desktops"))
    crowd = (found["visitors_a_day"] / _MANY).clip(upper=1).pow(2)
    colleagues = found["most_on_a_day"].between(2, _FEW)
    reached = found["goals_reached"]
    points = {
        GOALS: (_FIRST_GOAL + _FURTHER_GOAL * (reached - 1)).clip(upper=_ALL_GOALS).where(reached > 0, 0),
        AT_WORK: sure * (_OFFICE * (2 * office - 1) + _DESKTOPS * (2 * desktops - 1)),
        VISITORS: _COLLEAGUES * colleagues - _CROWD * crowd,
        COMES_AGAIN: _AGAIN * ((found["days"] - 1) / _ENOUGH_DAYS).clip(0, 1),
    }
    return pd.DataFrame({code: points[code].round().astype("int64") for code in CODES}, index=found.index)


def evidence_of(record: Mapping[Hashable, Any]) -> list[Evidence]:
    """Returns what there is to say of one company, by a row of the report."""
    names = {
        GOALS: ("goals",),
        AT_WORK: ("visits", "in_office_hours", "on_desktops"),
        VISITORS: ("visitors", "most_on_a_day"),
        COMES_AGAIN: ("days", "weeks"),
    }
    return [
        Evidence(code, int(record[f"points_{code}"]), {one: record[one] for one in names[code]})
        for code in CODES
        if code != GOALS or record["goals"]
    ]
