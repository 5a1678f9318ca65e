"""The fit of each company of a site: an integer 0 to 100, and which rules hold. It is apart from the score.

The fit is the weight of the rules that hold in per cent of the weight of all; a rule that rules out makes it 0. Where all
rules rule out, all other companies fit by 100.

An example: *country is France* counts much (2) and *in the list Targets* is decisive (3). A French company in no list
has 100 × 2 / 5 = 40, one of the list from Belgium 60, a French one of the list 100. With *relationship is competitor* as a
rule that rules out, a French competitor in the list has 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import case, func, select

from tracker.leads.fit.rules import FitRule, Origin, Weight
from tracker.leads.workflow.resolving import CompanyValues, holds_for, holds_for_values
from tracker.leads.workflow.site_work import SiteWork
from tracker.stats.dimensions import Dimension
from tracker.stats.filters.sql import as_condition
from tracker.store.protocol import EventStore
from tracker.store.reading import Reading, reads
from tracker.store.schema import events

HIGH, MIDDLE = 70, 40
_BEGINNING, _END = datetime(1, 1, 1), datetime(9999, 1, 1)  # noqa: DTZ001 - as the store has moments


class Held(NamedTuple):
    """For which companies a rule holds: for these, or for all but these."""

    names: frozenset[str] = frozenset()
    all_but: bool = False

    def of(self, name: str) -> bool:
        return (name in self.names) != self.all_but


class Fit(NamedTuple):
    """A company's fit: its points, and of each rule whether it holds."""

    points: int
    held: tuple[bool, ...]

    @property
    def band(self) -> str:
        """`high` from 70, `middle` from 40, else `low`: the values of the dimension `company:fit`."""
        return "high" if self.points >= HIGH else "middle" if self.points >= MIDDLE else "low"


@dataclass(frozen=True)
class Fits:
    """What the rules of a site make of its companies."""

    rules: tuple[FitRule, ...] = ()
    held: tuple[Held, ...] = ()

    def of(self, name: str) -> Fit | None:
        """The fit of a company; None where there is no rule."""
        if not self.rules:
            return None
        held = tuple(one.of(name) for one in self.held)
        return Fit(_points(self.rules, held), held)

    @cached_property
    def bands(self) -> CompanyValues:
        """The bands by company, as a filter asks for them."""
        names = frozenset[str]().union(*(one.names for one in self.held))
        of_others = tuple(one.all_but for one in self.held)
        found = {name: one.band for name in names if (one := self.of(name)) is not None}
        others = Fit(_points(self.rules, of_others), of_others).band if self.rules else ""
        return CompanyValues(found, others)


def _points(rules: Sequence[FitRule], held: Sequence[bool]) -> int:
    holding = [rule for rule, holds in zip(rules, held, strict=True) if holds]
    if any(rule.weight is Weight.RULES_OUT for rule in holding):
        return 0
    whole = sum(rule.weight for rule in rules)
    return round(100 * sum(rule.weight for rule in holding) / whole) if whole else 100


def fits(
    store: EventStore,
    site: str,
    rules: tuple[FitRule, ...],
    work: SiteWork,
    *,
    today: date,
    of_registers: Callable[[Dimension], CompanyValues] = lambda _: CompanyValues({}, ""),
) -> Fits:
    """Works out for which companies each rule holds; the events are read once for all rules about them.

    `of_registers` returns what registers say of a dimension.
    """
    of_events = _held_in_events(store, site, [one for one in rules if one.origin is Origin.EVENTS])

    def held(one: FitRule) -> Held:
        if one.origin is Origin.EVENTS:
            return of_events[one]
        if one.origin is Origin.REGISTERS:
            names, all_but = holds_for_values(one.filter, of_registers(one.filter.dimension))
            return Held(frozenset(names), all_but)
        return _held_in_work(one, work, today)

    return Fits(rules, tuple(map(held, rules)))


def _held_in_events(store: EventStore, site: str, rules: Sequence[FitRule]) -> Mapping[FitRule, Held]:
    if not rules:
        return {}
    own = events.c.site == site
    marks = [
        func.max(case((as_condition(one.filter, own), 1), else_=0)).label(f"r{index}")
        for index, one in enumerate(rules)
    ]
    statement = select(events.c.company, *marks).where(own, events.c.company.is_not(None)).group_by(events.c.company)
    rows = store.rows(reads(statement, Reading(site, _BEGINNING, _END)))
    return {one: Held(frozenset(row.company for row in rows if row[index + 1])) for index, one in enumerate(rules)}


def _held_in_work(rule: FitRule, work: SiteWork, today: date) -> Held:
    names, all_but = holds_for(rule.filter, work, today)
    return Held(frozenset(names), all_but)
