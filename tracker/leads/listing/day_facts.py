"""What is said of ranked companies on the day of their scores, whatever the filters are: the reasons, and where they stand.

Where a site has few companies, all of them are asked, and the answers kept: they serve each filter of a page.
"""

from __future__ import annotations

from collections.abc import Collection

from tracker.leads.over_time import standing
from tracker.leads.over_time.standing import Stand
from tracker.leads.ranking import Ranking
from tracker.leads.reasons import reasons_of
from tracker.leads.scoring import Reason
from tracker.stats.periods import Period
from tracker.stats.rollups.moment import once_of_present
from tracker.store.protocol import EventStore

# So many companies are asked at once for little more than a few of them.
_FEW = 200


def reasons(store: EventStore, ranking: Ranking) -> dict[str, tuple[Reason, ...]]:
    """Returns the reasons of the ranking's rows, by company; of others as well. Not to be changed."""
    of, scores = ranking.of, ranking.scores
    if _are_few(ranking):
        return once_of_present(store, of.scope, ("reasons", *of.key), lambda page: reasons_of(page, of, scores))
    return reasons_of(store, of, scores[scores["company"].isin(ranking.rows["company"])])


def stands(store: EventStore, ranking: Ranking, period: Period, companies: Collection[str]) -> dict[str, Stand]:
    """Returns where companies stand in a period (`tracker.leads.over_time.standing`), by name; of others as well. Not to be changed."""
    of, scored = ranking.of, list(ranking.scores["company"])
    if _are_few(ranking) and set(companies) <= set(scored):
        question = ("stands of scored", period, *of.key)
        return once_of_present(
            store, of.scope, question, lambda page: standing.stands(page, of, period, companies=scored)
        )
    return standing.stands(store, of, period, companies=companies)


def _are_few(ranking: Ranking) -> bool:
    return ranking.of_all and len(ranking.scores) <= _FEW
