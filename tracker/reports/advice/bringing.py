"""What brings companies, and not only visits: the sources and the articles that companies come by more than others do.

A value's share of the visits of companies is held against its share of all visits of the same week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tracker.reports.advice.chance import bar, steady_z, wilson

# Below these there is no advice; the page says so.
LEAST_COMPANIES, LEAST_VISITS = 10, 50
# A value with fewer visits is not looked at, and one with fewer companies is no advice.
LEAST_VISITS_OF_VALUE, LEAST_COMPANIES_OF_VALUE = 10, 5


@dataclass(frozen=True)
class Bringing:
    """What one value brought: its `visits`, of which `theirs` are of companies, of the `of_all` visits that companies made.

    `expected` is how many visits of companies it would have brought, had companies come by it as often as all visitors
    did. `interval` is Wilson's of its share of the visits of companies (95 %).
    """

    value: str
    visits: int
    theirs: int
    companies: int
    of_all: int
    expected: float
    score: float
    passes: bool

    @property
    def share(self) -> float:
        return self.theirs / self.of_all

    @property
    def expected_share(self) -> float:
        return self.expected / self.of_all

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.theirs, self.of_all)


def bringing(all_visits: pd.DataFrame, of_companies: pd.DataFrame, column: str) -> list[Bringing]:
    """Returns what each value of a column brought, the surest first. Values that are None take no part.

    `all_visits` is a frame of window.visits_by_week, `of_companies` one of window.visits_of_companies.
    """
    visits = all_visits[all_visits.index.notna()]
    theirs = of_companies[of_companies[column].notna()]
    shares = visits / visits.sum().replace(0, 1)
    looked_at = [value for value in visits.index if visits.loc[value].sum() >= LEAST_VISITS_OF_VALUE]
    every = _by_week(theirs, len(visits.columns))
    least = bar(len(looked_at))
    found = []
    for value in looked_at:
        observed = _by_week(theirs[theirs[column] == value], len(visits.columns)).reindex(every.index, fill_value=0)
        found.append(_judged(value, visits.loc[value], observed, every, shares.loc[value].to_numpy(float), least))
    return sorted(found, key=lambda one: (-one.score, one.value))


def enough(theirs: pd.DataFrame) -> bool:
    """Whether there are visits of companies enough to say what brings them."""
    return len(theirs) >= LEAST_VISITS and theirs["company"].nunique() >= LEAST_COMPANIES


def _judged(
    value: str, visits: pd.Series, observed: pd.DataFrame, every: pd.DataFrame, shares: np.ndarray, least: float
) -> Bringing:
    """Holds the visits of companies by a value, a row a company and a column a week, against its share of each week."""
    expected = every.to_numpy(float) * shares
    deviation, variance = observed.to_numpy(float) - expected, expected * (1 - shares)
    by_week, by_company = ((deviation.sum(axis), variance.sum(axis)) for axis in (0, 1))
    score = min(steady_z(*by_week), steady_z(*by_company))
    number, theirs = int(every.to_numpy().sum()), int(observed.to_numpy().sum())
    companies = int((observed.sum(axis=1) > 0).sum())
    is_more = wilson(theirs, number, least)[0] > expected.sum() / max(1, number)
    passes = companies >= LEAST_COMPANIES_OF_VALUE and score >= least and is_more
    return Bringing(value, int(visits.sum()), theirs, companies, number, float(expected.sum()), score, passes)


def _by_week(visits: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """How many visits there are: a row a company, a column a week."""
    return pd.crosstab(visits["company"], visits["week"]).reindex(columns=range(weeks), fill_value=0)
