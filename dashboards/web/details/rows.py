"""The rows of the page of all values: figures of each, and what it brought, put together for one page or for a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from dashboards.web.details.asked import COMPANIES, FIGURES, GOAL_RATE, LEAD, REVENUE, WORKED_OUT, Listing
from dashboards.web.panels import codes_that_read
from dashboards.web.workflow.loading import companies_of, listed_of
from tracker.leads.by_value.companies import companies_by_value
from tracker.leads.confirmations import confirmed_names
from tracker.leads.ranking import rank
from tracker.leads.score_rules import rules_of
from tracker.service.context import Context
from tracker.stats.breakdowns import titles
from tracker.stats.details import Asked, details
from tracker.stats.dimensions import Dimension
from tracker.stats.goals import goals_of
from tracker.stats.goals.rate_by_value import Values, Visits, reached_by_value, visits_made_of
from tracker.stats.goals.revenue_by_value import Revenue, main_currency, revenue_by_value

# So many values are put in order by what is worked out of them.
_MOST_ORDERED = 2000
# Of a file of thousands of pages the first have their titles, each of which is looked for.
_MOST_TITLED = 500
# Columns that are ordered by another one.
_ORDERED_BY = {LEAD: "score", REVENUE: "paid"}


@dataclass(frozen=True)
class Rows:
    """`frame` has `value`, `title` (of pages, else None), FIGURES, goal_rate, revenue (a dict by currency), companies, lead and score; `number` is of all pages."""

    frame: pd.DataFrame
    number: int


class _Reading:
    """The questions about one dimension of a selection."""

    def __init__(self, context: Context, listing: Listing, language: str) -> None:
        self._context, self._listing = context, listing
        self._store, self._scope = context.event_store, listing.selection.scope
        self._dimension = listing.dimension
        codes = codes_that_read(language, listing.dimension, listing.search) if listing.search else ()
        of_rate = [visits_made_of(listing.dimension)] if GOAL_RATE in listing.columns else []
        names = tuple(dict.fromkeys([*FIGURES, *of_rate]))
        self._asked = Asked(names, search=listing.search, codes=codes)

    def rows(self, limit: int, offset: int) -> Rows:
        if self._listing.sort in WORKED_OUT:
            return self._by_what_is_worked_out(limit, offset)
        asked = replace(
            self._asked, order_by=self._listing.sort, descending=self._listing.descending, limit=limit, offset=offset
        )
        found = details(self._store, self._scope, self._dimension, asked)
        return Rows(self._complete(found.rows), found.number)

    def _by_what_is_worked_out(self, limit: int, offset: int) -> Rows:
        """Of the values that have some of it, the most first."""
        asked = replace(self._asked, limit=_MOST_ORDERED)
        if self._listing.sort == GOAL_RATE:
            values = list(self._reached(Values(most=_MOST_ORDERED)))
        elif self._listing.sort == REVENUE:
            values = list(self._revenue)
        else:
            counted = self._companies(None)
            values = list(counted["value"][:_MOST_ORDERED])
        named = replace(asked, named=tuple(values), search="")
        if self._listing.search:
            within = details(self._store, self._scope, self._dimension, replace(asked, names=("visitors",))).rows
            named = replace(named, named=tuple(value for value in values if value in set(within["value"])))
        frame = self._complete(details(self._store, self._scope, self._dimension, named).rows)
        key = _ORDERED_BY.get(self._listing.sort, self._listing.sort)
        ordered = frame.sort_values([key, "visitors"], ascending=not self._listing.descending, kind="stable")
        return Rows(ordered.iloc[offset : offset + limit].reset_index(drop=True), len(frame))

    @cached_property
    def _revenue(self) -> dict[str | None, Revenue]:
        goals = goals_of(self._listing.selection.site)
        return revenue_by_value(self._store, self._scope, self._dimension, goals)

    def _reached(self, values: Values) -> Visits:
        """The visits that reached a goal."""
        return reached_by_value(
            self._store, self._scope, self._dimension, goals_of(self._listing.selection.site), values
        )

    def _complete(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows with what their values brought."""
        values = list(frame["value"])
        for name in ("visitors", "visits", "pageviews"):
            frame[name] = frame[name].fillna(0).astype("int64")
        frame["title"] = self._titles(values)
        if GOAL_RATE in self._listing.columns:
            reached, visits = self._reached(Values(named=tuple(values))), frame[visits_made_of(self._dimension)]
            frame[GOAL_RATE] = [
                # What came since figures of a moment before were counted may have reached some.
                min(1.0, reached.get(value, 0) / number) if number > 0 else None
                for value, number in zip(values, visits, strict=True)
            ]
        if REVENUE in self._listing.columns:
            currency = main_currency(self._revenue)
            of_values = [self._revenue.get(value, {}) for value in values]
            frame[REVENUE] = pd.Series(of_values, dtype=object)
            frame["paid"] = pd.Series([one.get(currency, 0.0) for one in of_values], dtype="float64")
        counted = self._companies(values if len(values) <= _MOST_ORDERED else None).set_index("value")
        rows = counted.to_dict("records")
        by_value = dict(zip(counted.index, rows, strict=True))
        none: dict[str, Any] = {COMPANIES: 0, LEAD: None, "score": 0}
        for name, kind in {COMPANIES: "int64", LEAD: "object", "score": "int64"}.items():
            frame[name] = pd.Series([by_value.get(value, none)[name] for value in values], dtype=kind)
        return frame

    def _titles(self, values: list[str | None]) -> pd.Series:
        paths = [value for value in values[:_MOST_TITLED] if value is not None]
        known = titles(self._store, self._scope, paths) if self._dimension is Dimension.PAGE and paths else {}
        return pd.Series([known.get(value or "") for value in values], dtype=object)

    def _companies(self, values: list[str | None] | None) -> pd.DataFrame:
        context, selection = self._context, self._listing.selection
        listed = (*self._scope.filters, *listed_of(context, selection.site, selection.filters))
        scope, confirmed = replace(self._scope, filters=listed), confirmed_names(self._store, selection.site)
        ranking = rank(self._store, scope, now=context.now(), confirmed=confirmed, rules=rules_of(selection.site))
        rows = companies_of(context, selection.site).without_others(ranking.rows)
        return companies_by_value(
            self._store, scope, self._dimension, rows[rows["sure"]], confirmed=confirmed, values=values
        )


def read_rows(context: Context, listing: Listing, language: str, *, limit: int, offset: int = 0) -> Rows:
    """Returns the rows of a listing, at most `limit` of them."""
    return _Reading(context, listing, language).rows(limit, offset)
