"""A lead's score: 0–100 points for what a company did, with the reasons that make it up.

Pure, and over all companies of a site at once: columns in, columns out. It rewards engagement and nothing else: how well
a company is documented earns no point. The parts add up to 100, so a score is the sum of its reasons' points. The
reasons are codes; pages and emails word them.

An example: three visits on two days by two people at once, who saw four pages for a minute in all, /contact among them,
and whose last page is the newest of the site. That is 18 points for /contact, 10 for being here just now, 7 for the second
day (20·ln 2/ln 8 = 6.7), 6 for four pages (15·ln 4/ln 41 = 5.6), 4 for two people (10·ln 2/ln 7 = 3.6) and 3 for a minute
(15·ln 2/ln 61 = 2.5): 48 in all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

INTENT = 30
RETURN_VISITS = 20
PAGES_READ = 15
ENGAGED_TIME = 15
SEVERAL_VISITORS = 10
RECENCY = 10

# The parts of a score. Reasons with equal points are listed in this order.
CODES = ("intent_pages", "return_visits", "pages_read", "engaged_time", "several_visitors", "recency")

# Pages that show an intent to buy, in French and English.
_INTENT_PAGE = re.compile(
    r"contact|tarif|prix|devis|demo|démo|essai|rendez-vous|rdv|accompagnement|services?(?:/|$)|prestation|offre"
    r"|pricing|price|quote|trial|book-a|get-started|references?(?:/|$)",
    re.IGNORECASE,
)


class Reason(NamedTuple):
    """Why a company has points: a code, the points, and the values for a sentence about it."""

    code: str
    points: int
    values: Mapping[str, Any]


def intent_pages(paths: Iterable[str]) -> list[str]:
    """Returns those of the paths that show an intent to buy."""
    return [path for path in paths if _INTENT_PAGE.search(path)]


def parts(activity: pd.DataFrame, *, now: datetime) -> pd.DataFrame:
    """Returns the points of each part at `now` (aware): a row for each row of `activity`, with int64 columns CODES.

    `activity` has the sums of each company in the days before `now`: `visits`, `days` (local days with a visit), `people`
    (the most visitors of one day), `pageviews`, `engaged_seconds`, `last_seen` (UTC without a zone) and `intent_pages`
    (the number of different ones).
    """
    intent = activity["intent_pages"].to_numpy()
    moment = pd.Timestamp(now.astimezone(UTC).replace(tzinfo=None))
    days_ago = np.maximum(0, (moment - activity["last_seen"]).dt.days.to_numpy())
    points = (
        np.where(intent > 0, np.minimum(INTENT, 18 + 6 * (intent - 1)), 0),
        _part(RETURN_VISITS, activity["days"].to_numpy() - 1, 7),
        _part(PAGES_READ, activity["pageviews"].to_numpy() - 1, 40),
        _part(ENGAGED_TIME, activity["engaged_seconds"].to_numpy() / 60, 60),
        _part(SEVERAL_VISITORS, activity["people"].to_numpy() - 1, 6),
        np.rint(RECENCY * np.maximum(0.0, 1 - days_ago / 14)),
    )
    columns = {code: values.astype(np.int64) for code, values in zip(CODES, points, strict=True)}
    return pd.DataFrame(columns, index=activity.index)


def reasons(row: Mapping[str, Any], pages: Sequence[str], *, now: datetime) -> tuple[Reason, ...]:
    """Returns the reasons of one company, the most points first. `row` is its activity, with its `points` by code.

    `pages` are the first of its pages that show an intent to buy.
    """
    last_seen: datetime = row["last_seen"]
    values: dict[str, dict[str, Any]] = {
        "intent_pages": {"pages": list(pages)},
        "return_visits": {"visits": int(row["visits"]), "days": int(row["days"])},
        "pages_read": {"pages": int(row["pageviews"])},
        "engaged_time": {"engaged_seconds": float(row["engaged_seconds"])},
        "several_visitors": {"visitors": int(row["people"])},
        "recency": {"days": max(0, (now - last_seen.replace(tzinfo=UTC)).days)},
    }
    found = [Reason(code, int(row["points"][code]), values[code]) for code in CODES if row["points"][code]]
    return tuple(sorted(found, key=lambda one: -one.points))


def _part(most: int, amount: NDArray[Any], enough: float) -> NDArray[np.float64]:
    """Returns the points for an amount: they grow with its logarithm, up to `most` at `enough`."""
    points = np.rint(most * np.log1p(np.maximum(amount, 0)) / np.log1p(enough))
    found: NDArray[np.float64] = np.minimum(most, points)
    return found
