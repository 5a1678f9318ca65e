"""What is known of a site's companies beyond single events, worked out once and only when asked; and filters of it.

The list, overview, email, files, commands and queries turn filters of companies into filters of events here, so that a
filter means the same for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property, partial
from zoneinfo import ZoneInfo

import pandas as pd

from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.activity import ScoredDay
from tracker.leads.companies.known import known_companies
from tracker.leads.confirmations import confirmed_names
from tracker.leads.fit.fits import Fits, fits
from tracker.leads.fit.rules import fit_rules
from tracker.leads.over_time.standing import stands
from tracker.leads.ranking import scored_day
from tracker.leads.registers.kept import OF_REGISTERS, KeptFacts, kept_facts
from tracker.leads.score_rules import rules_of
from tracker.leads.segments.work_columns import with_work
from tracker.leads.workflow.agreements import agreements
from tracker.leads.workflow.resolving import CompanyValues, asks_for_companies, listed, resolved
from tracker.leads.workflow.site_work import SiteWork, site_work
from tracker.leads.workflow.views import View, find_view
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison, Filter
from tracker.stats.goals import goals_of
from tracker.stats.goals.filtering import with_goals
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

# Where a list of possible companies has none: no company has this name.
_NONE = frozenset({""})
_POSSIBLE = Comparison(Dimension.IDENTIFICATION, "is", ("possible",))


class KnownCompanies:
    """What is known of the companies of a site at a moment (`now`, aware)."""

    def __init__(self, database: AppDatabase, store: EventStore, site: Site, now: datetime) -> None:
        self._database, self._store, self._site, self._now = database, store, site, now
        self._standings: dict[Period, CompanyValues] = {}
        self._possible: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        return self._now.astimezone(ZoneInfo(self._site.time_zone)).date()

    @cached_property
    def work(self) -> SiteWork:
        """What the publisher set."""
        return site_work(self._database, self._store, self._site)

    @cached_property
    def fits(self) -> Fits:
        """How well each fits."""
        rules = fit_rules(self._database, self._site.id)
        if not rules:
            return Fits()
        values = self._of_registers
        return fits(self._store, self._site.stored_as, rules, self.work, today=self.today, of_registers=values)

    @cached_property
    def facts(self) -> KeptFacts:
        """What public registers say of them."""
        return kept_facts(self._database, self._site.id)

    def _of_registers(self, dimension: Dimension) -> CompanyValues:
        return self.facts.values(dimension)

    def standings(self, period: Period) -> CompanyValues:
        """Where each stands in a period, by name."""
        if period not in self._standings:
            site = self._site
            day = scored_day(period, self._now)
            of = ScoredDay(site.stored_as, day, period.time_zone, confirmed_names(self._store, site), rules_of(site))
            found = stands(self._store, of, period)
            by_name = {name: one.standing.value for name, one in found.items() if one.standing is not None}
            self._standings[period] = CompanyValues(by_name, "")
        return self._standings[period]

    def of_events(self, filters: tuple[Filter, ...], period: Period) -> tuple[Filter, ...]:
        """The filters as events are asked: those of companies name the companies that they mean in the period, goals the events."""
        filters = with_goals(filters, goals_of(self._site))
        if not asks_for_companies(filters):
            return filters
        known: dict[Dimension, Callable[[], CompanyValues]] = {
            Dimension.COMPANY_FIT: lambda: self.fits.bands,
            Dimension.COMPANY_STANDING: lambda: self.standings(period),
            **{one: partial(self._of_registers, one) for one in OF_REGISTERS},
        }
        return resolved(filters, self.work, today=self.today, known=known)

    def of_traffic(self, filters: tuple[Filter, ...], period: Period) -> tuple[Filter, ...]:
        """The same for figures of traffic: without internal and ignored companies, if the site says so."""
        return (*self.of_events(filters, period), *self.not_counted(filters))

    def not_counted(self, filters: tuple[Filter, ...] = ()) -> tuple[Filter, ...]:
        """The filter that leaves them out of traffic; none where `filters` ask for relationships or companies themselves."""
        asked = asks_for_companies(filters, Dimension.COMPANY_KIND, Dimension.COMPANY)
        if asked or agreements(self._database, self._site.id).counts_all_companies:
            return ()
        names = tuple(sorted(self.work.not_leads))
        return (Comparison(Dimension.COMPANY, "is_not", names),) if names else ()

    def of_list(self, filters: tuple[Filter, ...], period: Period) -> tuple[Filter, ...]:
        """The same for a list of companies: without those that are hidden, internal or ignored, unless they are asked for."""
        return (*self.of_events(filters, period), *listed(self.work, filters))

    def counted_as_listed(self, filters: tuple[Filter, ...], scope: Scope) -> frozenset[str]:
        """The names that a list counts as certain: those that the publisher confirmed, and possible companies if it asks for them."""
        confirmed = frozenset(confirmed_names(self._store, self._site))
        if not any(one == _POSSIBLE for one in filters):
            return confirmed
        found = known_companies(self._store, scope, confirmed=confirmed)
        self._possible = frozenset(one.name for one in found if one.is_possible) - confirmed or _NONE
        return confirmed | self._possible

    def without_others(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of a list without companies that are confirmed, if `counted_as_listed` was asked for possible ones."""
        return rows[rows["company"].isin(self._possible)] if self._possible else rows

    def of_email(self, period: Period, view: str | None = None) -> tuple[Filter, ...]:
        """Which companies a report lists: those of the view with this key, else of the one that the site chose for its email.

        A view that was removed since leaves all companies in.
        """
        found = self.view(view or agreements(self._database, self._site.id).email_view)
        return self.of_list(found.filters if found else (), period)

    def described(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Leads with what is set for them and how well they fit (tracker.leads.segments.work_columns).

        Possible companies that a list counted as certain are not.
        """
        if self._possible:
            frame = frame.assign(sure=frame["sure"].astype(bool) & ~frame["company"].isin(self._possible))
        return with_work(frame, self.work, self.fits, self.facts)

    def view(self, key: str | None) -> View | None:
        """The saved or ready-made view with this key."""
        return find_view(self._database, self._site.id, key) if key else None
