"""A lead's score: 0–100 points for what a company did in the 30 days up to a day, with the reasons that make it up.

Pure, and over all companies of a site at once: columns in, columns out. It rewards engagement and nothing else: how well
a company is documented earns no point. The parts add up to 100, so a score is the sum of its reasons' points. The
reasons are codes; pages and emails word them.

An example: Acme sent the contact form on Tuesday and took a PDF, in three visits on two days, with two people there on
Tuesday. They viewed six pages for ten minutes in all, /tarifs among them, and came last on Tuesday. On Thursday of that week
that is 35 points for two different goals (30 for the form, 5 for each further one), 11 for one buying page (18·ln 2/ln 3 =
11.4), 3 for two people (6·ln 2/ln 4 = 3.0), 7 for the second day (16·ln 2/ln 5 = 6.9), 6 for ten minutes (8·ln 11/ln 31 =
5.6), 5 for six pages (8·ln 6/ln 21 = 4.7) and 3 for the last visit two days ago (4·½^(2/7) = 3.3): 70 in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SCORED_DAYS = 30
"""A score is of so many local days, the day that it is of among them."""

GOALS = 40
BUYING_PAGES = 18
SEVERAL_VISITORS = 6
RETURN_VISITS = 16
ENGAGED_TIME = 8
PAGES_READ = 8
RECENCY = 4

# The parts of a score, the special ones first: in this order the reasons are said.
CODES = (
    "goals",
    "buying_pages",
    "several_visitors",
    "return_visits",
    "engaged_time",
    "pages_read",
    "recency",
)

ACTIVITY = (
    "visits",
    "days",
    "people",
    "pageviews",
    "engaged_seconds",
    "last_day",
    "goal_weight",
    "goals_reached",
    "buying_weight",
)
"""What a score is made from (`parts`)."""

# Further goals add so much to the one that weighs most.
_FURTHER_GOAL = 5
# Two buying pages of the usual weight, four people, five days, half an hour and 21 pages earn all points of their parts.
_ENOUGH = {"buying_pages": 2, "several_visitors": 3, "return_visits": 4, "engaged_time": 30, "pages_read": 20}
_HALF_LIFE_DAYS = 7


class Reason(NamedTuple):
    """Why a company has points: a code, the points, and the values for a sentence about it."""

    code: str
    points: int
    values: Mapping[str, Any]


def parts(activity: pd.DataFrame, *, day: pd.Timestamp | pd.Series[Any]) -> pd.DataFrame:
    """Returns the points of each part on a local `day`, or on one for each row: a row for each row of `activity`, with int64 columns CODES.

    `activity` has the sums of each company in the SCORED_DAYS up to the day: `visits`, `days` (local days with an event),
    `people` (the most visitors of one day), `pageviews`, `engaged_seconds`, `last_day` (the last of the days, as a
    timestamp without a zone), `goals_reached` (how many different ones), `goal_weight` (the points of the one that weighs
    most) and `buying_weight` (the weights of the different buying pages that it viewed, added up).
    """
    goals = activity["goals_reached"].to_numpy()
    reached = activity["goal_weight"].to_numpy() + _FURTHER_GOAL * (goals - 1)
    days_ago = np.maximum(0, (day - activity["last_day"]).dt.days.to_numpy())
    points = {
        "goals": np.where(goals > 0, np.clip(np.rint(reached), 0, GOALS), 0),
        "buying_pages": _part(BUYING_PAGES, activity["buying_weight"].to_numpy(), _ENOUGH["buying_pages"]),
        "several_visitors": _part(SEVERAL_VISITORS, activity["people"].to_numpy() - 1, _ENOUGH["several_visitors"]),
        "return_visits": _part(RETURN_VISITS, activity["days"].to_numpy() - 1, _ENOUGH["return_visits"]),
        "engaged_time": _part(ENGAGED_TIME, activity["engaged_seconds"].to_numpy() / 60, _ENOUGH["engaged_time"]),
        "pages_read": _part(PAGES_READ, activity["pageviews"].to_numpy() - 1, _ENOUGH["pages_read"]),
        "recency": np.rint(RECENCY * 0.5 ** (days_ago / _HALF_LIFE_DAYS)),
    }
    return pd.DataFrame({code: points[code].astype(np.int64) for code in CODES}, index=activity.index)


def reasons(points: Mapping[str, int], values: Mapping[str, Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Returns the reasons of one company, the special thing first, from the points and the values of each part."""
    return tuple(Reason(code, int(points[code]), values.get(code, {})) for code in CODES if points[code])


def _part(most: int, amount: NDArray[Any], enough: float) -> NDArray[np.float64]:
    """Returns the points for an amount: they grow with its logarithm, up to `most` at `enough`."""
    points = np.rint(most * np.log1p(np.maximum(amount, 0)) / np.log1p(enough))
    found: NDArray[np.float64] = np.minimum(most, points)
    return found
