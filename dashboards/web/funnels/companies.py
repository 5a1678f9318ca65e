"""Which companies a step of a funnel lists: the best leads first, as everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.web.site.selection import Selection
from dashboards.web.workflow.loading import listed_of
from tracker.leads.activity import ScoredDay, scores
from tracker.leads.confirmations import confirmed_names
from tracker.leads.ranking import scored_day
from tracker.leads.score_rules import rules_of
from tracker.service.context import Context
from tracker.stats.filters import Comparison


class CompaniesInOrder:
    """The order of a site's companies on the day of a selection, and which of them no list has."""

    def __init__(self, context: Context, selection: Selection) -> None:
        store, site, period = context.event_store, selection.site, selection.period
        rules, confirmed = rules_of(site), confirmed_names(context.event_store, site)
        day = ScoredDay(site.stored_as, scored_day(period, context.now()), period.time_zone, confirmed, rules)
        found = scores(store, day)
        self._score = dict(zip(found["company"], found["score"], strict=True))
        left_out = listed_of(context, site, selection.filters)
        self._left_out = {name for one in left_out if isinstance(one, Comparison) for name in one.values}

    def __call__(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are listed, the highest score first; equal ones by name."""
        listed = (name for name in names if name not in self._left_out)
        return sorted(listed, key=lambda name: (-self._score.get(name, 0), name))
