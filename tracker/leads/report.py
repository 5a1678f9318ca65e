"""Leads: the rows of a ranking with further facts of each company, such as its network, pages and sources."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    and_,
    func,
    null,
    or_,
    select,
)

from tracker.leads.activity import ScoredDay
from tracker.leads.certainty import best_first, confidence, is_sure
from tracker.leads.companies import ListedCompany, ids_among
from tracker.leads.over_time.standing import Stand, stands
from tracker.leads.ranking import Ranking, rank, scored_day
from tracker.leads.reasons import reasons_of
from tracker.leads.rules import DEFAULT_RULES, Rules
from tracker.stats.companies.visit_rows import Rows, company_rows, page_rows
from tracker.stats.rollups.moment import once_of_present
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
COLUMNS = (
    "company", "company_id", "company_domain", "network_kind", "score", "reasons", "visits", "visitors", "pageviews",
    "engaged_seconds", "first_seen", "last_seen", "sources", "pages", "country", "city", "method", "evidence",
    "confidence", "sure", "last_seen_ever", "standing", "standing_values",
)  # fmt: skip

# A company's name, and whether it is certain. Its events are found by both.
_Key = tuple[str, bool]


class _Read(NamedTuple):
    """The pages and sources of companies, the most frequent first."""

    pages: dict[_Key, list[str]]
    sources: dict[_Key, list[str]]


def leads(
    store: EventStore,
    scope: Scope,
    *,
    now: datetime | None = None,
    confirmed: Collection[str] = (),
    rules: Rules = DEFAULT_RULES,
    limit: int | None = None,
) -> pd.DataFrame:
    """Returns the leads, one row a company: the certain ones first, then by score, then by the last visit.

    The columns are COLUMNS. `company_id` is the id (tracker.leads.companies). `reasons` are scoring.Reason. `sources` are
    names by visits, without Direct. `pages` are titles or paths by views. `first_seen` (of all time), `last_seen`
    (of the period) and `last_seen_ever` (up to the day of the score) are aware UTC. `standing` is a
    tracker.leads.over_time.standing.Standing or None, with the `standing_values` of a sentence about it.
    `engaged_seconds` is the sum over all visits. The score is of the period's last day, or of today where the period goes on
    at `now` (ranking.scored_day): the same whatever the period and its filters are. `sure` is whether the company is certain
    (tracker.leads.certainty); those that the publisher has `confirmed` are. If a company is certain, only its certain
    visits count.
    """

    def work(page: EventStore) -> pd.DataFrame:
        return described(page, scope, rank(page, scope, now=now, confirmed=confirmed, rules=rules, first=limit))

    of = ScoredDay(scope.site, scored_day(scope.period, now), scope.period.time_zone, confirmed, rules)
    return once_of_present(store, scope, ("leads", limit, *of.key), work).copy()


def one_lead(
    store: EventStore,
    scope: Scope,
    name: str,
    *,
    now: datetime | None = None,
    confirmed: Collection[str] = (),
    rules: Rules = DEFAULT_RULES,
) -> pd.DataFrame:
    """Returns the row of one company as `leads` does, or no row."""

    def work(page: EventStore) -> pd.DataFrame:
        ranking = rank(page, scope, now=now, confirmed=confirmed, rules=rules, company=name)
        return described(page, scope, ranking)

    of = ScoredDay(scope.site, scored_day(scope.period, now), scope.period.time_zone, confirmed, rules)
    return once_of_present(store, scope, ("one lead", name, *of.key), work).copy()


def described_once(store: EventStore, scope: Scope, ranking: Ranking) -> pd.DataFrame:
    """Returns what `described` does, for a page from what another one saw if nothing changed since. `ranking` has a page's rows."""
    rows = ranking.rows
    shown = tuple(zip(rows["company"], rows["sure"], rows["score"], strict=True))
    question = ("described", shown, *ranking.of.key)
    return once_of_present(store, scope, question, lambda page: described(page, scope, ranking)).copy()


def described(store: EventStore, scope: Scope, ranking: Ranking) -> pd.DataFrame:
    """Returns the rows of a ranking as `leads` does."""
    if ranking.rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    confirmed = ranking.of.confirmed
    facts, read = _facts(store, scope, ranking), _read(store, scope, ranking)
    reasons = reasons_of(store, ranking.of, ranking.scores[ranking.scores["company"].isin(ranking.rows["company"])])
    rows = [
        _lead(one, facts[one["company"], one["sure"]], read) | {"reasons": list(reasons.get(one["company"], ()))}
        for one in ranking.rows.to_dict("records")
        if (one["company"], one["sure"]) in facts  # its events may have been taken back since it was ranked
    ]
    companies = [_as_company(row) for row in rows]
    found = stands(store, ranking.of, scope.period, companies=[one.name for one in companies])
    ids = ids_among(store, scope, companies, confirmed=confirmed)
    return _frame([row | _standing(row, found.get(row["company"])) for row in rows], ids)


def _as_company(row: Mapping[str, Any]) -> ListedCompany:
    first_seen, last_seen = (row[name].replace(tzinfo=None) for name in ("first_seen", "last_seen"))
    return ListedCompany(row["company"], row["company_domain"], row["sure"], first_seen, last_seen)


def _standing(row: Mapping[str, Any], stand: Stand | None) -> dict[str, Any]:
    if stand is None:
        return {"last_seen_ever": row["last_seen"], "standing": None, "standing_values": {}}
    return {
        "first_seen": stand.first_seen,
        "last_seen_ever": stand.last_seen,
        "standing": stand.standing,
        "standing_values": stand.figures,
    }


def _frame(rows: Sequence[dict[str, Any]], ids: Mapping[str, str]) -> pd.DataFrame:
    named = [row | {"company_id": ids[row["company"]]} for row in rows]
    frame = pd.DataFrame(named, columns=list(COLUMNS), dtype=object)
    return frame.astype(dict.fromkeys(("score", "visits", "visitors", "pageviews"), "int64") | {"sure": "bool"})


def _lead(row: Mapping[Any, Any], facts: Mapping[str, Any], read: _Read) -> dict[str, Any]:
    key = row["company"], row["sure"]
    return {
        "company": row["company"],
        "company_domain": facts["company_domain"],
        "network_kind": facts["network_kind"],
        "score": row["score"],
        "visits": int(facts["visits"]),
        "visitors": int(facts["visitors"]),
        "pageviews": int(facts["pageviews"]),
        "engaged_seconds": float(facts["engaged_ms"]) / 1000,
        "first_seen": facts["first_seen"].replace(tzinfo=UTC),
        "last_seen": facts["last_seen"].replace(tzinfo=UTC),
        "sources": read.sources.get(key, []),
        "pages": read.pages.get(key, []),
        "country": facts["country"],
        "city": facts["city"],
        "method": facts["company_method"],
        "evidence": facts["company_evidence"],
        "confidence": facts["confidence"],
        "sure": row["sure"],
    }


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


def _facts(store: EventStore, scope: Scope, ranking: Ranking) -> dict[_Key, dict[str, Any]]:
    """Returns the sums of each company over the period, and its facts from its most certain events."""
    confirmed = ranking.of.confirmed
    with company_rows(store, scope) as did:
        own, sure = did.c, is_sure(confirmed, did.c).label("sure")
        statement = (
            select(
                own.company,
                sure,
                func.count(own.visit_id.distinct()).label("visits"),
                func.count(own.visitor_id.distinct()).label("visitors"),
                func.sum(own.pageviews).label("pageviews"),
                func.sum(own.engaged_ms).label("engaged_ms"),
                func.min(own.first_at).label("first_seen"),
                func.max(own.last_at).label("last_seen"),
                func.max(confidence(own)).label("confidence"),
                *(functions.arg_max(own[name], best_first(own)).label(name) for name in _FACTS),
            )
            .where(_which(ranking.rows, confirmed, own))
            .group_by(own.company, sure)
        )
        names = statement.selected_columns.keys()
        return {(row.company, bool(row.sure)): dict(zip(names, row, strict=True)) for row in did.rows(statement)}


def _read(store: EventStore, scope: Scope, ranking: Ranking) -> _Read:
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
    return _Read(_by_key(pages, lambda row: row.title or row.value or ""), _by_key(sources, lambda row: row.value))


def _by_key(rows: Iterable[Any], text: Callable[[Any], str]) -> dict[_Key, list[str]]:
    found: dict[_Key, list[str]] = {}
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
