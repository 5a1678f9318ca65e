"""What is said of ranked companies on the day of their scores, whatever the filters are: the reasons, and where they stand.

The companies with the highest scores are asked together, and the answers kept: they serve each filter of a page.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from tracker.leads.over_time import standing
from tracker.leads.over_time.standing import Stand
from tracker.leads.ranking import Ranking
from tracker.leads.reasons import reasons_of
from tracker.leads.scoring import Reason
from tracker.stats.periods import Period
from tracker.stats.rollups.moment import once_of_present
from tracker.store.protocol import EventStore

# So many companies are asked at once for little more than a few of them. Of all, those that lists mostly show first.
_TOGETHER = 200
_MORE_THAN_ANY_SCORE = 1000


def reasons(store: EventStore, ranking: Ranking) -> dict[str, tuple[Reason, ...]]:
    """Returns the reasons of the ranking's rows, by company; of others as well. Not to be changed."""
    of, leading, names = ranking.of, _leading(ranking), set(ranking.rows["company"])
    if names <= set(leading["company"]):
        return once_of_present(store, of.scope, ("reasons", *of.key), lambda page: reasons_of(page, of, leading))
    return reasons_of(store, of, ranking.scores[ranking.scores["company"].isin(names)])


def stands(store: EventStore, ranking: Ranking, period: Period, companies: Collection[str]) -> dict[str, Stand]:
    """Returns where companies stand in a period (`tracker.leads.over_time.standing`), by name; of others as well. Not to be changed."""
    of, together = ranking.of, list(_leading(ranking)["company"])
    if set(companies) <= set(together):
        question = ("stands of leading", period, *of.key)
        return once_of_present(
            store, of.scope, question, lambda page: standing.stands(page, of, period, companies=together)
        )
    return standing.stands(store, of, period, companies=companies)


def _leading(ranking: Ranking) -> pd.DataFrame:
    """The scores that come first, the certain companies before others; none where only one company was asked for."""
    scores = ranking.scores if ranking.of_all else ranking.scores[:0]
    if len(scores) > _TOGETHER:
        place = (scores["score"] + _MORE_THAN_ANY_SCORE * scores["sure"]).to_numpy()
        scores = scores[place >= np.partition(place, -_TOGETHER)[-_TOGETHER]]
    # By name in the end, so that the same ones are asked whatever the order in which they were read.
    ordered = scores.sort_values(["sure", "score", "company"], ascending=[False, False, True])
    return ordered[:_TOGETHER]
