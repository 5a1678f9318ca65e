"""What is said of companies out of rows that are kept of days is what their events say, to the last digit, whatever came when."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from tests.databases import new_event_store
from tests.stats.rollups.histories import DAYS, History, history
from tracker.leads.activity import ScoredDay, scores
from tracker.leads.by_value.companies import companies_by_value
from tracker.leads.companies.known import known_companies
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.leads.corrections.rules import Kind, Rule
from tracker.leads.corrections.rules import Rules as Corrections
from tracker.leads.over_time.standing import stands
from tracker.leads.over_time.trend import score_trend
from tracker.leads.possible.companies import possible_companies
from tracker.leads.report import leads
from tracker.leads.score_rules import Rules
from tracker.leads.search import companies_found
from tracker.leads.visit_days import most_visitors_on_a_day
from tracker.leads.visits import company_visits
from tracker.leads.workflow.names import known_names
from tracker.reports.advice.window import visits_of_companies
from tracker.reports.brought import brought
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.goals import Goal, condition_of
from tracker.stats.goals import Kind as GoalKind
from tracker.stats.goals.buying_pages import BuyingPages
from tracker.stats.goals.keeping import keep_goals
from tracker.stats.periods import Period
from tracker.stats.rollups import exact_days
from tracker.stats.rollups.keeping import Keeper, seal, unsealed_days
from tracker.stats.scope import Scope
from tracker.store.batch import Batch
from tracker.store.protocol import EventStore

# `WEBLEADS_HISTORIES=10000 pytest tests/leads/test_leads_of_kept_days.py` tries more of them.
HISTORIES = int(os.environ.get("WEBLEADS_HISTORIES", "4"))
A_TEST = 2
# A goal that actions reach, those that views and what was read of them do, and a page that somebody reads who thinks of buying.
RULES = Rules(
    (
        Goal("1", "Signed up", GoalKind.EVENT, "Signup", 30, condition_of(GoalKind.EVENT, "Signup")),
        Goal("2", "Page b", GoalKind.PAGE, "/b", 20, condition_of(GoalKind.PAGE, "/b")),
        Goal("3", "Half read", GoalKind.SCROLL, "50", 5, condition_of(GoalKind.SCROLL, "50")),
        Goal("4", "Read for long", GoalKind.TIME, "5", 5, condition_of(GoalKind.TIME, "5")),
    ),
    BuyingPages((("/c", 1.0),)),
)
_METHODS = [("as_organisation", 0.8), ("as_organisation", 0.3), ("given", 0.4), ("given", 0.95), ("reverse_dns", 0.6)]
# What is told of a visit beside its source, and the dimensions by which companies are asked for.
_FACTS = {
    "channel": ["Organic Social", "Direct"],
    "social_kind": ["networking", None],
    "campaign": [None, "spring"],
    "entry_page": ["/a", "/b"],
    "browser": ["Firefox", "Chrome"],
}
_BY = [Dimension.SOURCE, Dimension.CHANNEL, Dimension.SOCIAL_KIND, Dimension.CAMPAIGN, Dimension.ENTRY_PAGE, Dimension.BROWSER]  # fmt: skip
_SOCIAL = Comparison(Dimension.CHANNEL, "is", ("Organic Social",))


@pytest.fixture(autouse=True)
def puts_open_days_beside_kept_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few events there are."""
    monkeypatch.setattr(exact_days, "FEWEST_EVENTS", 0)


@pytest.fixture(scope="module")
def kept() -> Iterator[EventStore]:
    yield from _opened()


@pytest.fixture(scope="module")
def by_events() -> Iterator[EventStore]:
    yield from _opened()


def _opened() -> Iterator[EventStore]:
    with new_event_store() as opened:
        yield opened


def with_companies(one: History) -> Iterator[Batch]:
    """The batches of a history, in which companies are known in several ways."""
    chance = random.Random(-one.seed)
    for batch in one.batches:
        if batch.columns:
            facts = [chance.choice(_METHODS) for _ in batch.columns["site"]]
            of_visit = {visit: chance.choice(_METHODS) for visit in batch.columns["visit_id"]}
            told = [
                chance.choice([one, of_visit[visit]])
                for one, visit in zip(facts, batch.columns["visit_id"], strict=True)
            ]
            is_named = [company is not None for company in batch.columns["company"]]
            more = {
                "company_method": [
                    method if named else None for (method, _), named in zip(told, is_named, strict=True)
                ],
                "company_confidence": [
                    sure if named else None for (_, sure), named in zip(told, is_named, strict=True)
                ],
                "company_domain": [
                    f"{company.lower()}.example" if named and chance.random() < 0.5 else None
                    for company, named in zip(batch.columns["company"], is_named, strict=True)
                ],
                "organisation": [chance.choice(["Alpha SA", "Beta Ltd"]) for _ in is_named],
                **_came(one, batch),
            }
            yield Batch(dict(batch.columns) | more, retracted=batch.retracted)
        else:
            yield batch


def _came(one: History, batch: Batch) -> dict[str, list[Any]]:
    """How each visit of a batch came, the same on all of its events."""
    told = {visit: random.Random(f"{one.seed} {visit}") for visit in batch.columns["visit_id"]}
    of_visit = {visit: [chance.choice(values) for values in _FACTS.values()] for visit, chance in told.items()}
    rows = [of_visit[visit] for visit in batch.columns["visit_id"]]
    return dict(zip(_FACTS, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}


def corrections(one: History, chance: random.Random) -> Corrections:
    rules = [
        Rule(one.site, Kind.MERGE, "Alpha", "Beta"),
        Rule(None, Kind.RENAME, "Gamma", "Gamma & Co"),
        Rule(one.site, Kind.NOT_ORGANISATION, "Alpha SA"),
        Rule(one.site, Kind.NOT_DOMAIN, "beta.example"),
    ]
    return Corrections(chance.sample(rules, chance.choice([0, 0, 1, 2])))


def said(store: EventStore, scope: Scope, confirmed: list[str]) -> list[Any]:
    """All that is said of a site's companies, in an order of its own."""
    of = ScoredDay(scope.site, scope.period.last_day, scope.period.time_zone, confirmed, RULES)
    what = brought(store, scope, {"Alpha", "Beta", "Gamma"}, confirmed=confirmed)
    return [
        _rows(leads(store, scope, confirmed=confirmed, rules=RULES)),
        _rows(leads(store, scope, confirmed=confirmed, rules=RULES, limit=1)),
        _rows(scores(store, of)),
        sorted(stands(store, of, scope.period).items()),
        sorted(known_companies(store, scope, confirmed=confirmed)),
        [score_trend(store, of, company, sure=True, days=3) for company in ("Alpha", "Beta")],
        _rows(possible_companies(store, scope, confirmed=confirmed, goals=RULES.goals)),
        sorted(known_names(store, scope.site).owners.items()),
        [company_visits(store, scope, "Beta"), companies_found(store, scope, "gam")],
        [most_visitors_on_a_day(store, scope, company) for company in ("Alpha", "Beta")],
        *(_brought(store, scope, dimension, confirmed) for dimension in _BY),
        _brought(store, replace(scope, filters=(_SOCIAL,)), Dimension.SOURCE, confirmed),
        _rows(visits_of_companies(store, scope, confirmed)),
        [_rows(getattr(what, name)) for name in ("sources", "pages", "pairs")],
    ]


def _brought(store: EventStore, scope: Scope, dimension: Dimension, confirmed: list[str]) -> list[str]:
    ranked = pd.DataFrame({"company": ["Alpha", "Beta", "Gamma", "Gamma & Co"], "score": [40, 30, 20, 10]})
    return _rows(companies_by_value(store, scope, dimension, ranked, confirmed=confirmed))


def _rows(frame: pd.DataFrame) -> list[str]:
    return sorted(repr(row) for row in frame.astype(object).where(frame.notna(), None).to_dict("records"))


def play(kept: EventStore, by_events: EventStore, seed: int) -> int:
    """Stores a history in both, counts some days of one in between; returns how many answers came from kept rows."""
    one, chance, from_rows = history(seed), random.Random(seed), 0
    days = Period(one.first - timedelta(days=1), one.first + timedelta(days=DAYS + 1), one.zone, "")
    for batch in with_companies(one):
        for store in (kept, by_events):
            store.append(batch)
        for day in list(unsealed_days(kept, one.site, days)):
            if chance.random() < 0.7:
                seal(kept, one.site, day, one.zone)
        while chance.random() < 0.8 and keep_goals(kept, one.site, one.zone, RULES.goals):
            pass
        if chance.random() < 0.3:
            Keeper(kept).refresh(one.site, one.zone, today=days.last_day)
        rules = corrections(one, chance)
        first = one.first + timedelta(days=chance.randint(-1, 1))
        scope = Scope(one.site, Period(first, first + timedelta(days=chance.randint(1, DAYS)), one.zone, ""))
        confirmed = chance.choice([[], [], ["Beta"]])
        answers = [
            said(CorrectedStore(store, lambda rules=rules: rules), scope, confirmed) for store in (kept, by_events)
        ]  # type: ignore[misc,arg-type]
        assert answers[0] == answers[1], (seed, scope, confirmed)
        with company_rows(kept, scope) as did:
            from_rows += did.scope is None
    return from_rows


@pytest.mark.parametrize("first", range(0, HISTORIES, A_TEST))
def test_what_is_said_of_companies_is_what_their_events_say(
    kept: EventStore, by_events: EventStore, first: int
) -> None:
    assert sum(play(kept, by_events, seed) for seed in range(first, min(HISTORIES, first + A_TEST)))
