"""What corrections there are, and what they make of an event's company, as SQL.

A name that is renamed or merged counts under another one. One that was only a possible company's is certain once it is merged
into a certain company, since somebody said whose it is; merged into another possible one it stays as it is. One that the publisher of a site has confirmed is certain on that site.
What is not theirs counts for no company: the events of a network's owner, by its name or its AS number, those of a reverse
domain, or all events of a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, FromClause, and_, case, func, null, or_, true

from tracker.leads.corrections.shown_names import ShownNames, Step
from tracker.stats.companies.tiers import SURE

_BY_NETWORK = ("as_organisation", "isp", "company_database")
_BY_OWNER = "as_organisation"
_BY_REVERSE_NAME = "reverse_dns"
_OF_COMPANY = frozenset({"company", "company_domain", "company_method", "company_evidence", "company_confidence"})


class Kind(StrEnum):
    """What a correction says. The value is stored."""

    RENAME = "rename"
    MERGE = "merge"
    MERGE_POSSIBLE = "merge_possible"  # into a company that was not certain then
    NOT_A_COMPANY = "not_a_company"
    NOT_ORGANISATION = "not_organisation"
    NOT_ASN = "not_asn"
    NOT_DOMAIN = "not_domain"


MERGES = (Kind.MERGE, Kind.MERGE_POSSIBLE)
NAMINGS = (Kind.RENAME, *MERGES)


class Rule(NamedTuple):
    """A correction as it is applied; `site` is the site's name in the event store, None for all."""

    site: str | None
    kind: Kind
    subject: str
    target: str | None = None


class Confirmed(NamedTuple):
    """A company that the publisher of a site has confirmed, by a name that events have."""

    site: str
    name: str


class Rules:
    """The corrections and confirmations of all sites. Falsy where there are none."""

    def __init__(self, rules: Iterable[Rule] = (), confirmed: Iterable[Confirmed] = ()) -> None:
        self._rules = tuple(rules)
        self._confirmed = tuple(confirmed)

    def __bool__(self) -> bool:
        return bool(self.all)

    @property
    def all(self) -> tuple[Rule | Confirmed, ...]:
        """What people said, which is the same where what is read is."""
        return (*self._rules, *self._confirmed)

    def concern(self, site: str) -> bool:
        """Whether any of them is about a site."""
        return any(one.site in (None, site) for one in self.all)

    def corrected(self, table: FromClause) -> dict[str, ColumnElement[Any]]:
        """The columns of a table of events that are read otherwise, by name."""
        own = table.c
        not_theirs = [
            condition for one in self._rules if (condition := _is_not_theirs(one, own, self._called(one))) is not None
        ]
        refused = or_(*(func.coalesce(one, False) for one in not_theirs)) if not_theirs else None
        columns: dict[str, ColumnElement[Any]] = {}
        for name in _OF_COMPANY:
            value: ColumnElement[Any] = own[name]
            if name == "company":
                value = self._named(own)
            elif name == "company_confidence":
                value = self._certain(own)
            columns[name] = value if refused is None else case((refused, null()), else_=value)
        return columns

    def _called(self, one: Rule) -> list[str]:
        """The names in events of what a correction calls by its subject: pages show what a name counts as."""
        return [one.subject, *(name for name, shown in self.names_of(one.site).items() if shown == one.subject)]

    def _named(self, own: Any) -> ColumnElement[Any]:
        cases = self._cases(own.site, own.company)
        return case(*cases, else_=own.company) if cases else own.company

    def _certain(self, own: Any) -> ColumnElement[Any]:
        """The confidence, at least that of a certain company where a person said that it is one, or whose it is."""
        merged = [one for one in self._rules if one.kind is Kind.MERGE]
        said = [and_(_at(one, own.site), own.company == one.subject, own.company_method == _BY_OWNER) for one in merged]
        said += [and_(own.site == site, self._named(own).in_(names)) for site, names in self._confirmed_names().items()]
        if not said:
            return cast("ColumnElement[Any]", own.company_confidence)
        return case((and_(or_(*said), own.company_confidence < SURE), SURE), else_=own.company_confidence)

    def _confirmed_names(self) -> dict[str, list[str]]:
        """The names of confirmed companies as they are shown, by site."""
        names: dict[str, set[str]] = {}
        for one in self._confirmed:
            names.setdefault(one.site, set()).add(self.shown_names(one.site).shown(one.name))
        return {site: sorted(own) for site, own in names.items()}

    def _cases(self, site: ColumnElement[Any], name: ColumnElement[Any]) -> list[tuple[ColumnElement[bool], Any]]:
        """What each name counts as, a site's own corrections first."""
        sites = sorted({one.site for one in self._rules if one.site is not None})
        cases: list[tuple[ColumnElement[bool], Any]] = []
        for asked in (*sites, None):
            for subject, target in self.names_of(asked).items():
                cases.append((and_(true() if asked is None else site == asked, name == subject), target))
        return cases

    def names_of(self, site: str | None) -> Mapping[str, str]:
        """What the names of a site count as; a chain of names ends at its last."""
        names = self.shown_names(site)
        return {subject: names.shown(subject) for subject in names.steps}

    def shown_names(self, site: str | None) -> ShownNames:
        """The corrections of the names of a site.

        Where names would go round, the later correction holds: its target keeps its own name. A site's own corrections
        count as later than those of all sites.
        """
        steps: dict[str, Step] = {}
        for own in (False, True):
            for one in self._rules:
                if one.target is not None and (one.site is not None) is own and one.site in (None, site):
                    steps[one.subject] = Step(one.target, one.kind in MERGES)
                    if _last(steps, one.target, but=one.subject) == one.subject:
                        del steps[one.target]
        return ShownNames(steps)


def _last(steps: Mapping[str, Step], name: str, *, but: str) -> str:
    """The name at which a chain ends, or the name `but` where it comes by that one."""
    while name in steps and name != but:
        name = steps[name].target
    return name


def _at(one: Rule, site: ColumnElement[Any]) -> ColumnElement[bool]:
    return true() if one.site is None else site == one.site


def _is_not_theirs(one: Rule, own: Any, called: Sequence[str]) -> ColumnElement[bool] | None:
    by_network = own.company_method.in_(_BY_NETWORK)
    conditions: dict[Kind, ColumnElement[bool]] = {
        Kind.NOT_A_COMPANY: and_(own.company.in_(called), own.company_method.in_((*_BY_NETWORK, _BY_REVERSE_NAME))),
        Kind.NOT_ORGANISATION: and_(by_network, own.organisation == one.subject),
        Kind.NOT_DOMAIN: and_(own.company_method == _BY_REVERSE_NAME, own.company_domain == one.subject),
    }
    if one.kind is Kind.NOT_ASN:
        conditions[Kind.NOT_ASN] = and_(by_network, own.asn == int(one.subject))
    found = conditions.get(one.kind)
    return None if found is None else and_(_at(one, own.site), found)
