"""The companies with the most visitors, from the rows that are kept of what visits did as companies."""

from __future__ import annotations

from typing import cast

import pandas as pd
from sqlalchemy import func, select, true

from tracker.stats.companies.visit_rows import kept_company_rows, read_from
from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.counting import Counting
from tracker.stats.rollups.wanted import Wanted
from tracker.store.protocol import Snapshot


def leading_companies(counted: Counting, wanted: Wanted) -> pd.DataFrame | None:
    """The wanted companies, without those that have no name, as `value` and `visitors`; None where the rows do not tell."""
    if counted.is_of_store or None in (wanted.named or {}).get(Dimension.COMPANY, ()):
        return None
    rows = kept_company_rows(cast(Snapshot, counted.source), counted.scope)
    if rows is None:
        return None
    value = read_from(Dimension.COMPANY.event_column, rows).label("value")
    visitors = func.count(rows.c.visitor_id.distinct()).label("visitors")
    is_wanted = true() if wanted.named is None else wanted.is_named(value, Dimension.COMPANY)
    statement = select(value, visitors).where(value.is_not(None), is_wanted).group_by(value)
    ordered = statement.order_by(visitors.desc(), value)
    return counted.frame(ordered if wanted.named is not None else ordered.limit(wanted.first))
