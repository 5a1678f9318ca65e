"""What brings companies, and not only visits: the sources and the articles that companies come by more than others do.

A value's share of the visits of companies is held against its share of all visits of the same week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tracker.reports.advice.chance import bar, steady_z, wilson

# Below these there is no advice; the page says so.
LEAST_COMPANIES, LEAST_VISITS = 10, 50
# A value with fewer visits is not looked at, and one with fewer companies is no advice.
LEAST_VISITS_OF_VALUE, LEAST_COMPANIES_OF_VALUE = 10, 5

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Bringing:
    """What one value brought: its `visits`, of which `theirs` are of companies, of the `of_all` visits that companies made.

    `expected` is how many visits of companies it would have brought, had companies come by it as often as all visitors
    did. It `passes` where it brought more than chance could make, and `falls_short` where less; `companies` are counted of
    these alone. `interval` is Wilson's of its share of the visits of companies (95 %).
    """

    value: str
    visits: int
    theirs: int
    companies: int
    of_all: int
    expected: float
    score: float
    passes: bool
    falls_short: bool

    @property
    def share(self) -> float:
        return self.theirs / self.of_all

    @property
    def expected_share(self) -> float:
        return self.expected / self.of_all

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.theirs, self.of_all)


def bringing(visits: pd.DataFrame, of_companies: pd.DataFrame, column: str) -> list[Bringing]:
    """Returns what each value of a column brought, the surest first. Values that are None take no part.

    `visits` is a frame of window.visits_by_week, `of_companies` one of window.visits_of_companies.
    """
    shares = (visits / visits.sum().replace(0, 1)).fillna(0)
    looked_at = [str(value) for value in visits.index[visits.sum(axis=1) >= LEAST_VISITS_OF_VALUE]]
    theirs = of_companies[of_companies[column].notna()]
    every = _by_week(theirs, "company", len(visits.columns))
    observed = _by_week(theirs, column, len(visits.columns)).reindex(looked_at, fill_value=0)
    judge = _Judge(theirs, column, every, bar(len(looked_at)))
    totals = visits.sum(axis=1).to_dict()
    found = [judge.of(value, int(totals[value]), observed.loc[value].to_numpy(float), shares.loc[value].to_numpy(float)) for value in looked_at]  # fmt: skip
    return sorted(found, key=lambda one: (-one.score, one.value))


def enough(theirs: pd.DataFrame) -> bool:
    """Whether there are visits of companies enough to say what brings them."""
    return len(theirs) >= LEAST_VISITS and theirs["company"].nunique() >= LEAST_COMPANIES


class _Judge:
    """Holds the visits that companies made by single values against the values' shares of all visits.

    `every` has how many they made in all: a row a company, a column a week.
    """

    def __init__(self, theirs: pd.DataFrame, column: str, every: pd.DataFrame, least: float) -> None:
        self._theirs, self._column, self._every, self._least = theirs, column, every, least
        self._of_weeks = every.to_numpy(float).sum(axis=0)

    def of(self, value: str, visits: int, observed: Counts, shares: Counts) -> Bringing:
        """What a value brought; `observed` are companies' visits by it in each week, `shares` its part of all visits."""
        expected, number, theirs = self._of_weeks * shares, int(self._of_weeks.sum()), int(observed.sum())
        score = steady_z(observed - expected, expected * (1 - shares))
        low, high = wilson(theirs, number, self._least)
        even = float(expected.sum()) / max(1, number)
        sign = 1 if low > even else -1
        passes, companies = False, 0
        if abs(score) >= self._least and not low <= even <= high and score * sign > 0:
            by_company = self._every_company(value)
            companies = int((by_company > 0).sum())
            spread = self._every.to_numpy(float) @ (shares * (1 - shares))
            score_of_companies = steady_z(by_company - self._every.to_numpy(float) @ shares, spread)
            score = sign * min(abs(score), max(0.0, sign * score_of_companies))
            passes = abs(score) >= self._least
        more = passes and sign > 0 and companies >= LEAST_COMPANIES_OF_VALUE
        return Bringing(
            value, visits, theirs, companies, number, float(expected.sum()), score, more, passes and sign < 0
        )

    def _every_company(self, value: str) -> Counts:
        by_value = self._theirs[self._theirs[self._column] == value]
        counted = by_value.groupby("company").size().reindex(self._every.index, fill_value=0)
        return np.asarray(counted, dtype=np.float64)


def _by_week(visits: pd.DataFrame, by: str, weeks: int) -> pd.DataFrame:
    """How many visits there are: a row a value, a column a week."""
    # Without values it would count in Python, cell by cell.
    counted = pd.crosstab(visits[by], visits["week"], values=np.ones(len(visits)), aggfunc="sum")
    return counted.reindex(columns=range(weeks)).fillna(0)
