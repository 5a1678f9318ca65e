"""One look at a site for its alerts: what came lately, and which companies a rule watches. Read once, for all rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from tracker.db.alert_models import AlertRule
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.companies.ids import ids_among
from tracker.leads.companies.known import known_companies
from tracker.leads.ranking import rank
from tracker.leads.registers.facts import CompanyFacts
from tracker.leads.score_rules import rules_of
from tracker.leads.segments.asked import KnownCompanies
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison, Filter
from tracker.stats.periods import Period
from tracker.stats.scope import Scope, naive
from tracker.store.protocol import EventStore
from tracker.store.schema import events

# What a view's filters of visits are asked of: the days that a score looks at.
DAYS = 30
_LONGEST_VISIT = timedelta(hours=12)


@dataclass(frozen=True)
class Watched:
    """A company that a rule watches, as it is today; `facts` is what public registers say of it."""

    id: str
    name: str
    score: int
    facts: CompanyFacts | None = None


@dataclass(frozen=True)
class CompanyVisit:
    """One visit of a company; times are aware UTC."""

    company: str
    visit_id: int
    first_at: datetime
    last_at: datetime
    source: str | None


@dataclass(frozen=True)
class Look:
    """What the rules of a site are evaluated against at a moment (`now`, aware): hits that happened since `since`.

    `is_caught_up` is whether all hits that had arrived by then are stored.
    """

    database: AppDatabase
    store: EventStore
    site: Site
    since: datetime
    now: datetime
    is_caught_up: bool = True
    _watched: dict[tuple[str | None, str | None], Mapping[str, Watched]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.time_zone)

    def day(self, moment: datetime) -> date:
        """The site's local day of a moment."""
        return moment.astimezone(self.zone).date()

    @cached_property
    def scope(self) -> Scope:
        """The last days of the site, today among them."""
        end = self.day(self.now) + timedelta(days=1)
        return Scope(self.site.stored_as, Period(end - timedelta(days=DAYS), end, self.zone, "watched"))

    @cached_property
    def known(self) -> KnownCompanies:
        return KnownCompanies(self.database, self.store, self.site, self.now)

    @cached_property
    def activity(self) -> tuple[int, datetime | None]:
        """How many events of companies there are of the time that is looked at, and the last one: it changes with each hit."""
        own = events.c
        lately = own.occurred_at >= naive(self.since - _LONGEST_VISIT)
        counted: list[ColumnElement[Any]] = [func.count(), func.max(own.occurred_at)]
        statement = select(*counted).where(own.site == self.site.stored_as, lately, own.company.is_not(None))
        number, last = self.store.rows(statement)[0]
        return int(number), last

    @cached_property
    def visits(self) -> Sequence[CompanyVisit]:
        """The visits of companies that began since then, the earliest first.

        One that began before is left out, which later looks could not tell from one that begins within them.
        """
        own = events.c
        statement = (
            select(
                own.company, own.visit_id, func.min(own.occurred_at), func.max(own.occurred_at), func.max(own.source)
            )
            .where(
                own.site == self.site.stored_as,
                own.occurred_at >= naive(self.since - _LONGEST_VISIT),
                own.company.is_not(None),
            )
            .group_by(own.company, own.visit_id)
            .having(func.min(own.occurred_at) >= naive(self.since))
            .order_by(func.min(own.occurred_at), own.visit_id)
        )
        return [
            CompanyVisit(name, visit, first.replace(tzinfo=UTC), last.replace(tzinfo=UTC), source)
            for name, visit, first, last, source in self.store.rows(statement)
        ]

    def watched(self, rule: AlertRule) -> Mapping[str, Watched]:
        """The companies that a rule watches, by name: those of its view or list, else all that are listed as leads."""
        key = rule.view_key, rule.list_name
        if key not in self._watched:
            self._watched[key] = self._listed(rule)
        return self._watched[key]

    @cached_property
    def all_watched(self) -> Mapping[str, Watched]:
        """All companies that are listed as leads, by name."""
        return self.watched(AlertRule(view_key=None, list_name=None))

    def _listed(self, rule: AlertRule) -> Mapping[str, Watched]:
        filters = self._filters(rule)
        if filters is None:
            return {}
        scope, known = self.scope, self.known
        confirmed = known.counted_as_listed(filters, scope)
        scope = Scope(scope.site, scope.period, known.of_list(filters, scope.period))
        found = rank(self.store, scope, now=self.now, confirmed=confirmed, rules=rules_of(self.site))
        rows = known.without_others(found.rows)
        rows = rows[rows["sure"]]
        ids = self._ids(confirmed, frozenset(rows["company"]))
        return {
            name: Watched(ids[name], name, int(score), known.facts.of(name))
            for name, score in zip(rows["company"], rows["score"], strict=True)
            if name in ids
        }

    def _ids(self, confirmed: frozenset[str], names: frozenset[str]) -> Mapping[str, str]:
        every = known_companies(self.store, self.scope, confirmed=confirmed)
        companies = [one for one in every if one.name in names]
        return ids_among(self.store, self.scope, companies, confirmed=confirmed)

    def _filters(self, rule: AlertRule) -> tuple[Filter, ...] | None:
        """None where the view was removed: then nothing is watched until somebody chooses another."""
        if rule.view_key is not None:
            view = self.known.view(rule.view_key)
            return view.filters if view is not None else None
        if rule.list_name is not None:
            return (Comparison(Dimension.COMPANY_LIST, "is", (rule.list_name,)),)
        return ()
