"""What brought a period's companies: the sources from which their visits came, and the articles on which they began."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import func, select

from tracker.leads.certainty import is_sure
from tracker.stats.breakdowns import titles
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

_KEPT = 50


@dataclass(frozen=True)
class Brought:
    """What brought companies, the most companies first, then the most visits.

    `sources` has the columns value (None is Direct), companies and visits; `pages` has value (a path), title (or None),
    companies and visits; `pairs` has source, page, title and companies, without Direct. Counts are int64.
    """

    sources: pd.DataFrame
    pages: pd.DataFrame
    pairs: pd.DataFrame


def brought(store: EventStore, scope: Scope, companies: Collection[str], *, confirmed: Collection[str] = ()) -> Brought:
    """Returns what brought these companies, given by name, in a scope. Only their certain visits count."""
    with company_rows(store, scope, with_visit_facts=True) as did:
        key = did.c.company, did.c.source, did.c.entry_page
        visits = func.count(did.c.visit_id.distinct())
        asked = did.rows(select(*key, visits).where(is_sure(confirmed, did.c)).group_by(*key))
    rows = [tuple(row) for row in asked if row[0] in companies]
    found = pd.DataFrame(rows, columns=["company", "source", "page", "visits"], dtype=object)
    found["visits"] = found["visits"].astype("int64")
    sources = _counted(found, ["source"]).rename(columns={"source": "value"})
    pages = _counted(found[found["page"].notna()], ["page"]).rename(columns={"page": "value"})
    named = found[found["source"].notna() & found["page"].notna()]
    pairs = _counted(named, ["source", "page"]).drop(columns="visits")
    named_as = titles(store, scope, sorted({*pages["value"], *pairs["page"]}))
    pages["title"] = pd.Series([named_as.get(one) for one in pages["value"]], dtype=object)
    pairs["title"] = pd.Series([named_as.get(one) for one in pairs["page"]], dtype=object)
    return Brought(sources, pages, pairs)


def _counted(found: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    grouped = found.groupby(by, dropna=False, sort=True, as_index=False)
    counted = grouped.agg(companies=("company", "nunique"), visits=("visits", "sum"))
    counted = counted.sort_values(["companies", "visits"], ascending=False, kind="stable").head(_KEPT)
    for name in by:
        counted[name] = counted[name].astype(object).where(counted[name].notna(), None)
    return counted.astype({"companies": "int64", "visits": "int64"}).reset_index(drop=True)
