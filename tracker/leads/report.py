"""Leads: the rows of a ranking with further facts of each company, such as its network, pages and sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from tracker.leads.activity import ScoredDay
from tracker.leads.companies.ids import ids_among
from tracker.leads.companies.known import ListedCompany
from tracker.leads.listing import day_facts, period_facts
from tracker.leads.over_time.standing import Stand
from tracker.leads.ranking import Ranking, rank, scored_day
from tracker.leads.score_rules import DEFAULT_RULES, Rules
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

COLUMNS = (
    "company", "company_id", "company_domain", "network_kind", "score", "reasons", "visits", "visitors", "pageviews",
    "engaged_seconds", "first_seen", "last_seen", "sources", "pages", "country", "city", "method", "evidence",
    "confidence", "sure", "last_seen_ever", "standing", "standing_values",
)  # fmt: skip


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

    The columns are COLUMNS. `company_id` is the id (tracker.leads.companies.ids). `reasons` are scoring.Reason. `sources` are
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
    facts, read = period_facts.facts(store, scope, ranking), period_facts.read(store, scope, ranking)
    reasons = day_facts.reasons(store, ranking)
    rows = [
        _lead(one, facts[one["company"], one["sure"]], read) | {"reasons": list(reasons.get(one["company"], ()))}
        for one in ranking.rows.to_dict("records")
        if (one["company"], one["sure"]) in facts  # its events may have been taken back since it was ranked
    ]
    companies = [_as_company(row) for row in rows]
    found = day_facts.stands(store, ranking, scope.period, [one.name for one in companies])
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


def _lead(row: Mapping[Any, Any], facts: Mapping[str, Any], read: period_facts.Read) -> dict[str, Any]:
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
