"""All that is set for a site's companies, by the names that its events have: made for filters, columns and sorting.

A company's kind is the one set by hand, else that of a list that it is on, else that of a rule, else *prospect*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from sqlalchemy import select

from tracker.db.engine import AppDatabase
from tracker.db.models import Site, User
from tracker.leads.workflow.agreements import agreements
from tracker.leads.workflow.kind_rules import kinds_by_rule
from tracker.leads.workflow.lists import Memberships, memberships
from tracker.leads.workflow.names import Identity, KnownNames, known_names
from tracker.leads.workflow.states import UNTOUCHED, State, set_rows, united
from tracker.leads.workflow.vocabulary import DEFAULT_KIND, LEFT_OUT, Kind
from tracker.store.protocol import EventStore


@dataclass(frozen=True)
class Facts:
    """What is set for one company. `owner` is an email; `lists` are the names of the lists that it is on."""

    state: State = UNTOUCHED
    kind: Kind = DEFAULT_KIND
    owner: str = ""
    lists: tuple[str, ...] = ()


NOTHING_SET = Facts()


@dataclass(frozen=True)
class SiteWork:
    """The facts of all companies for which something is set, or that are on a list, by the name that pages show.

    `ids` are those of the companies for which something is set.
    """

    by_name: Mapping[str, Facts]
    ids: Mapping[str, Identity] = field(default_factory=dict)

    def of(self, name: str) -> Facts:
        return self.by_name.get(name, NOTHING_SET)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The names of the companies that were hidden."""
        return frozenset(name for name, facts in self.by_name.items() if facts.state.is_hidden)

    @cached_property
    def not_leads(self) -> frozenset[str]:
        """The names of the companies that are internal or ignored."""
        return frozenset(name for name, facts in self.by_name.items() if facts.kind in LEFT_OUT)


def site_work(database: AppDatabase, store: EventStore, site: Site) -> SiteWork:
    """Reads what is set for the companies of a site. The event store is asked only if something is."""
    rows, listed = set_rows(database, site.id), memberships(database, site.id)
    rules = agreements(database, site.id).kind_rules
    if not (rows or listed or rules):
        return SiteWork({})
    known = known_names(store, site.stored_as)
    ids = known.identities(rows)
    lists = _on_lists(listed, known)
    by_rule = kinds_by_rule(store, site.stored_as, rules, known.corrections)
    facts = _facts({name: united(one, rows) for name, one in ids.items()}, lists, by_rule, _emails(database))
    return SiteWork({name: one for name, one in facts if one != NOTHING_SET}, ids)


def _facts(
    set_states: Mapping[str, State],
    lists: Mapping[str, tuple[tuple[str, Kind | None], ...]],
    by_rule: Mapping[str, Kind],
    emails: Mapping[int, str],
) -> Iterator[tuple[str, Facts]]:
    for name in dict.fromkeys((*set_states, *lists, *by_rule)):
        on, state = lists.get(name, ()), set_states.get(name)
        if state is None:
            yield name, _untouched(on, by_rule.get(name, DEFAULT_KIND))
            continue
        kind = state.kind or _kind_of_lists(on) or by_rule.get(name, DEFAULT_KIND)
        yield name, Facts(state, kind, emails.get(state.owner_id or 0, ""), tuple(one for one, _ in on))


@lru_cache(maxsize=8)
def _on_lists(listed: Memberships, known: KnownNames) -> Mapping[str, tuple[tuple[str, Kind | None], ...]]:
    """The lists of each company by the name that pages show: those of all its names."""
    found = listed.of_companies(known.names_and_domains())
    if not known.corrections:
        return found
    every: dict[str, dict[tuple[str, Kind | None], None]] = {}
    for name, on in found.items():
        every.setdefault(known.corrections.shown(name), {}).update(dict.fromkeys(on))
    return {name: tuple(on) for name, on in every.items()}


@lru_cache(maxsize=1000)
def _untouched(on: tuple[tuple[str, Kind | None], ...], by_rule: Kind) -> Facts:
    return Facts(kind=_kind_of_lists(on) or by_rule, lists=tuple(name for name, _ in on))


def _kind_of_lists(on: tuple[tuple[str, Kind | None], ...]) -> Kind | None:
    return next((kind for _, kind in on if kind is not None), None)


def _emails(database: AppDatabase) -> dict[int, str]:
    with database.transaction() as session:
        return {user.id: user.email for user in session.scalars(select(User))}
