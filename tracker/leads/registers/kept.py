"""The facts that registers have of a site's companies, as they were matched last: read by lists, filters, files and emails.

All who ask read the same rows, so that a fact is the same in a list, a filter and a file. Nothing is matched here
(tracker.leads.registers.matching does, beside the pages).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select

from tracker.db.engine import AppDatabase
from tracker.db.register_models import RegisterMatch, RegisterMatches
from tracker.enrichment.source.channels import without_accents
from tracker.leads.registers.facts import CompanyFacts, from_text
from tracker.leads.workflow.resolving import CompanyValues
from tracker.reference.registers.labels import activity_label
from tracker.stats.dimensions import Dimension


@dataclass(frozen=True, eq=False)
class KeptFacts:
    """The facts of each company of a site that a register has, by the name that pages show."""

    by_name: Mapping[str, CompanyFacts] = field(default_factory=dict)
    _values: dict[Dimension, CompanyValues] = field(default_factory=dict)
    _own: dict[Dimension, Mapping[str, str]] = field(default_factory=dict)

    def of(self, name: str) -> CompanyFacts | None:
        return self.by_name.get(name)

    def values(self, dimension: Dimension) -> CompanyValues:
        """What each company has of a dimension of RULED, as a filter asks for it."""
        if dimension not in self._values:
            read = OF_REGISTERS[dimension]
            found = {name: read(facts) for name, facts in self.by_name.items()}
            self._values[dimension] = CompanyValues({name: values for name, values in found.items() if values}, "")
        return self._values[dimension]

    def own(self, dimension: Dimension) -> Mapping[str, str]:
        """The one value that each company has of a dimension, as a form offers it; a company without one is left out."""
        if dimension not in self._own:
            read = _OWN[dimension]
            self._own[dimension] = {name: value for name, facts in self.by_name.items() if (value := read(facts))}
        return self._own[dimension]

    def found(self, words: str, language: str) -> set[str]:
        """The names of the companies whose name, number, seat or activity in a register contains the text."""
        wanted = words.casefold()
        digits = "".join(words.split())
        return {
            name
            for name, facts in self.by_name.items()
            if any(wanted in text.casefold() for text in _searched(facts, language)) or digits == facts.entry.number
        }


def kept_facts(database: AppDatabase, site_id: int) -> KeptFacts:
    """Reads the facts of a site's companies."""
    revision = database.kept(("register matches", site_id), lambda: _revision(database, site_id))
    return _read(database, site_id, revision) if revision else KeptFacts()


def _revision(database: AppDatabase, site_id: int) -> str | None:
    with database.transaction() as session:
        return session.scalar(select(RegisterMatches.revision).where(RegisterMatches.site_id == site_id))


# What was read is kept until a match changes.
@lru_cache(maxsize=16)
def _read(database: AppDatabase, site_id: int, revision: str) -> KeptFacts:
    del revision
    rows = select(RegisterMatch.company, RegisterMatch.facts).where(
        RegisterMatch.site_id == site_id, RegisterMatch.facts.is_not(None)
    )
    with database.transaction() as session:
        return KeptFacts({name: from_text(text) for name, text in session.execute(rows) if text})


def _activity(facts: CompanyFacts) -> frozenset[str]:
    """Its codes with all that they are part of, so that `28` finds 28.99B."""
    codes = (facts.entry.activity, facts.entry.activity_2025)
    return frozenset(code[:length] for code in codes for length in (2, 4, 5, 6) if len(code) >= length)


def _town(facts: CompanyFacts) -> frozenset[str]:
    """With its accents and without, since those of some are lost."""
    town = facts.entry.seat.town
    return frozenset({town, without_accents(town)}) if town else frozenset()


def _alone(read: Callable[[CompanyFacts], str]) -> Callable[[CompanyFacts], frozenset[str]]:
    return lambda facts: frozenset({text}) if (text := read(facts)) else frozenset()


_OWN: Mapping[Dimension, Callable[[CompanyFacts], str]] = {
    Dimension.COMPANY_SECTOR: lambda facts: facts.section,
    Dimension.COMPANY_ACTIVITY: lambda facts: facts.entry.activity,
    Dimension.COMPANY_SIZE: lambda facts: facts.size,
    Dimension.COMPANY_TOWN: lambda facts: facts.entry.seat.town,
    Dimension.COMPANY_REGION: lambda facts: facts.region,
    Dimension.COMPANY_STATE: lambda facts: facts.state,
}
# What each dimension has of a company: a filter finds it by all of these.
OF_REGISTERS: Mapping[Dimension, Callable[[CompanyFacts], frozenset[str]]] = {
    **{one: _alone(read) for one, read in _OWN.items()},
    Dimension.COMPANY_ACTIVITY: _activity,
    Dimension.COMPANY_TOWN: _town,
}


def _searched(facts: CompanyFacts, language: str) -> tuple[str, ...]:
    entry, activity = facts.entry, activity_label(facts.entry, language)
    return entry.name, entry.seat.town, entry.activity, activity.words if activity else ""
