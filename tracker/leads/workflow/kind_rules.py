"""Rules that say what companies are to the publisher: each is a kind and a comparison, the first that matches holds.

A rule is asked of all events of the site, so that a company that comes later has its kind from its first visit on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from tracker.db.invalid import Invalid
from tracker.leads.corrections.corrected_store import stored
from tracker.leads.corrections.shown_names import NO_CORRECTIONS, ShownNames
from tracker.leads.workflow.vocabulary import Kind
from tracker.stats.dimensions import BY_NAME, Dimension
from tracker.stats.filters import Comparison, Filter, FilterError
from tracker.stats.filters.json import read_stored, write_stored
from tracker.stats.filters.sql import as_condition
from tracker.store.protocol import EventStore
from tracker.store.schema import events

# What a rule may compare, and how.
RULED = (Dimension.COMPANY, Dimension.COMPANY_DOMAIN, Dimension.COUNTRY, Dimension.NETWORK_KIND)
MOST_RULES = 20
_LONGEST_VALUE = 200


class KindRule(NamedTuple):
    """Companies with an event that the filter keeps are of this kind."""

    kind: Kind
    filter: Filter


def make_rule(kind: str, dimension: str, operator: str, value: str) -> KindRule:
    """Returns the rule that a form asks for. Raises Invalid."""
    plain, compared = " ".join(value.split()), BY_NAME.get(dimension)
    if not plain or len(plain) > _LONGEST_VALUE:
        raise Invalid("Write what the rule looks for, with at most %(most)s characters.", most=str(_LONGEST_VALUE))
    if kind not in list(Kind) or compared not in RULED or operator not in ("is", "contains"):
        raise Invalid("This choice is no longer there. Reload the page and choose again.")
    return KindRule(Kind(kind), Comparison(compared, "is" if operator == "is" else "contains", (plain,)))


def write_rules(rules: Sequence[KindRule]) -> str:
    """The rules as a text to keep."""
    return json.dumps([[rule.kind.value, write_stored((rule.filter,))] for rule in rules], ensure_ascii=False)


def read_rules(text: str) -> tuple[KindRule, ...]:
    """The rules of a text that this or an earlier version kept; one that this version cannot read is left out."""
    found = []
    for kind, filter_text in json.loads(text):
        try:
            (one,) = read_stored(filter_text)
            found.append(KindRule(Kind(kind), one))
        except (FilterError, ValueError):
            continue
    return tuple(found)


def kinds_by_rule(
    store: EventStore, site: str, rules: Sequence[KindRule], corrections: ShownNames = NO_CORRECTIONS
) -> dict[str, Kind]:
    """Returns the kind of each company of a site that a rule matches, by the name that pages show.

    A rule that was written for a name holds on after that name was corrected.
    """
    found: dict[str, Kind] = {}
    own = events.c.site == site
    for rule in rules:
        named = select(events.c.company).where(own, events.c.company.is_not(None), as_condition(rule.filter, own))
        for source in (stored(store), store) if corrections else (store,):
            for (name,) in source.rows(named.distinct()):
                found.setdefault(corrections.shown(name), rule.kind)
    return found
