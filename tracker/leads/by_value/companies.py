"""The companies that each value of a dimension brought, and the best lead among them.

From rows that are kept of days where these know the dimension, else from the events. Which companies count, and their
scores, are the ranking's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, select, true

from tracker.leads.certainty import is_sure
from tracker.stats.companies.visit_rows import company_rows, page_rows
from tracker.stats.details import is_among
from tracker.stats.dimensions import Dimension
from tracker.stats.filters.sql import exit_pages
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import COMPANY_FACTS, VISIT_FACTS, events

COLUMNS = ("value", "companies", "lead", "score")
_KEPT = {*COMPANY_FACTS, "region", *VISIT_FACTS}


def companies_by_value(
    store: EventStore,
    scope: Scope,
    dimension: Dimension,
    ranked: pd.DataFrame,
    *,
    confirmed: Collection[str] = (),
    values: Sequence[str | None] | None = None,
) -> pd.DataFrame:
    """Returns the values with companies, the most companies first and then the best lead's score.

    `ranked` are the companies that count, in their order, with `company` and `score`. The columns are COLUMNS: `value` (None
    for none), `companies` (int64), `lead`, the name of the best one, and its `score`. Only of `values`, where some are given.
    """
    asked = None if values is None else tuple(values)
    question = ("companies by value", dimension, asked, tuple(sorted(confirmed)))
    pairs = once_of_present(store, scope, question, lambda page: _pairs(page, scope, dimension, asked, confirmed))
    known = ranked[["company", "score"]].assign(place=range(len(ranked)))
    found = pairs.merge(known, on="company").sort_values("place", kind="stable")
    grouped = found.groupby("value", dropna=False, sort=False)
    counted = grouped.agg(companies=("company", "size"), lead=("company", "first"), score=("score", "first"))
    counted = counted.reset_index().sort_values(["companies", "score"], ascending=False, kind="stable")
    counted["value"] = counted["value"].astype(object).where(counted["value"].notna(), None)
    return counted.astype({"companies": "int64", "score": "int64"})[list(COLUMNS)].reset_index(drop=True)


def _pairs(
    store: EventStore,
    scope: Scope,
    dimension: Dimension,
    values: Sequence[str | None] | None,
    confirmed: Collection[str],
) -> pd.DataFrame:
    """Each value with each company that it brought with certainty: `value` and `company`."""
    column = dimension.definition.column or dimension.value
    if dimension is Dimension.PAGE:
        with page_rows(store, scope) as read:
            return _frame(read.frame(_selected(read.c.path, read.c, values, confirmed)))
    if column in _KEPT and not (dimension.is_event_level or dimension.definition.worked_out):
        with company_rows(store, scope, with_visit_facts=column in VISIT_FACTS) as did:
            return _frame(did.frame(_selected(did.c[column], did.c, values, confirmed)))
    if dimension.definition.of_last_page_view:
        return _of_last_pages(store, scope, values, confirmed)
    statement = _selected(dimension.event_column, events.c, values, confirmed).where(scope.where())
    return _frame(store.frame(scope.asked(statement)))


def _of_last_pages(
    store: EventStore, scope: Scope, values: Sequence[str | None] | None, confirmed: Collection[str]
) -> pd.DataFrame:
    """By the last page of each visit, which is only looked for in the few visits of companies."""
    with company_rows(store, scope) as did:
        certain = select(did.c.visit_id, did.c.company).where(did.c.company.is_not(None), is_sure(confirmed, did.c))
        visits = certain.distinct().cte("visits").prefix_with("MATERIALIZED")
        exits = exit_pages(and_(scope.around(), events.c.visit_id.in_(select(visits.c.visit_id))))
        wanted = true() if values is None else is_among(exits.c.exit_page, values)
        pairs = select(exits.c.exit_page.label("value"), visits.c.company.label("company")).where(wanted).distinct()
        return _frame(did.frame(pairs.select_from(visits.join(exits, exits.c.visit_id == visits.c.visit_id))))


def _selected(
    value: ColumnElement[str | None], own: object, values: Sequence[str | None] | None, confirmed: Collection[str]
) -> Select[tuple[str | None, str]]:
    company = own.company  # type: ignore[attr-defined]
    wanted = true() if values is None else is_among(value, values)
    return select(value.label("value"), company.label("company")).where(company.is_not(None), is_sure(confirmed, own), wanted).distinct()  # fmt: skip


def _frame(found: pd.DataFrame) -> pd.DataFrame:
    return found.astype({"value": object, "company": object})
