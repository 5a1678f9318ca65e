"""What companies did in a period: the sums and facts of each, the pages that it read the most and the sources that it came by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple, cast

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, null, or_, select

from tracker.leads.certainty import best_first, confidence, is_sure
from tracker.leads.ranking import Ranking
from tracker.stats.companies.visit_rows import Rows, company_rows, page_rows
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore

_PAGES_SHOWN = 5
# For more companies than these, all of the scope are read in one pass instead of comparing each.
_MOST_LISTED = 500
_FACTS = (
    "company_domain",
    "network_kind",
    "country",
    "city",
    "company_method",
    "company_evidence",
)
_SUMMED = ("pageviews", "engaged_ms", "first_at", "last_at")

# A company's name, and whether it is certain. Its events are found by both.
Key = tuple[str, bool]


class Read(NamedTuple):
    """The pages and sources of companies, the most frequent first."""

    pages: dict[Key, list[str]]
    sources: dict[Key, list[str]]


def _which(rows: pd.DataFrame, confirmed: Collection[str], own: Any) -> ColumnElement[bool]:
    """Returns the condition for what the rows' companies did; what all did if there are many rows."""
    if len(rows) > _MOST_LISTED:
        return cast("ColumnElement[bool]", own.company.is_not(None))
    certain, others = (sorted(rows.loc[rows["sure"] == sure, "company"]) for sure in (True, False))
    either: list[ColumnElement[bool]] = []
    if certain:
        either.append(and_(functions.is_one_of(own.company, certain), is_sure(confirmed, own)))
    if others:
        either.append(functions.is_one_of(own.company, others))
    return or_(*either)


def facts(store: EventStore, scope: Scope, ranking: Ranking) -> dict[Key, dict[str, Any]]:
    """Returns the sums of each company over the period, and its facts from its most certain events."""
    confirmed = ranking.of.confirmed
    with company_rows(store, scope) as did:
        own = _judged(did, confirmed, _which(ranking.rows, confirmed, did.c)).c
        statement = select(
            own.company,
            own.sure,
            func.count(own.visit_id.distinct()).label("visits"),
            func.count(own.visitor_id.distinct()).label("visitors"),
            func.sum(own.pageviews).label("pageviews"),
            func.sum(own.engaged_ms).label("engaged_ms"),
            func.min(own.first_at).label("first_seen"),
            func.max(own.last_at).label("last_seen"),
            func.max(own.confidence).label("confidence"),
            *(functions.arg_max(own[name], own.best_first).label(name) for name in _FACTS),
        ).group_by(own.company, own.sure)
        names = statement.selected_columns.keys()
        return {(row.company, bool(row.sure)): dict(zip(names, row, strict=True)) for row in did.rows(statement)}


def _judged(did: Rows, confirmed: Collection[str], which: ColumnElement[bool]) -> Any:
    """The rows with how certain each is, worked out once for all facts."""
    own = did.c
    columns = [own[name] for name in ("company", "visit_id", "visitor_id", *_SUMMED, *_FACTS)]
    judged = (
        is_sure(confirmed, own).label("sure"),
        confidence(own).label("confidence"),
        best_first(own).label("best_first"),
    )
    return select(*columns, *judged).where(which).subquery("judged")


def read(store: EventStore, scope: Scope, ranking: Ranking) -> Read:
    """Returns the first pages and all sources of each company."""
    rows, confirmed = ranking.rows, ranking.of.confirmed
    with page_rows(store, scope) as did:
        views, which = func.sum(did.c.views), _which(rows, confirmed, did.c)
        ranked = _ranked(did, confirmed, did.c.path, views, func.max(did.c.title), which)
        pages = did.rows(select(ranked).where(ranked.c.place <= _PAGES_SHOWN).order_by(ranked.c.place))
    with company_rows(store, scope) as did:
        visits, which = func.count(did.c.visit_id.distinct()), _which(rows, confirmed, did.c)
        ranked = _ranked(did, confirmed, did.c.source, visits, null(), and_(which, did.c.source.is_not(None)))
        sources = did.rows(select(ranked).order_by(ranked.c.place))
    return Read(_by_key(pages, lambda row: row.title or row.value or ""), _by_key(sources, lambda row: row.value))


def _by_key(rows: Iterable[Any], text: Callable[[Any], str]) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = {}
    for row in rows:
        found.setdefault((row.company, bool(row.sure)), []).append(text(row))
    return found


def _ranked(
    did: Rows, confirmed: Collection[str], value: ColumnElement[Any], amount: ColumnElement[Any], title: Any, where: Any
) -> Any:
    """Returns the values of each company with their `place`: 1 for the largest amount."""
    sure = is_sure(confirmed, did.c)
    place = func.row_number().over(partition_by=[did.c.company, sure], order_by=[amount.desc(), value])
    columns = (
        did.c.company,
        sure.label("sure"),
        value.label("value"),
        title.label("title"),
        place.label("place"),
    )
    return select(*columns).where(where).group_by(did.c.company, sure, value).subquery()
