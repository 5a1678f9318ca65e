"""Rules of fit: what a publisher looks for in companies, and how much each counts. Without a rule no company has a fit.

A rule is a comparison with a weight. What can be compared is RULED: an entry there is all that one more kind of rule takes
in the settings, the command and the score of fit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum, IntEnum
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid
from tracker.db.seen_version import require_seen, version_of
from tracker.db.workflow_models import WorkflowSettings
from tracker.sites.trash import Removed, Thing, throw_away
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison, Filter, FilterError
from tracker.stats.filters.json import read_stored, write_stored

MOST_RULES = 30
_LONGEST_VALUE = 200


class Weight(IntEnum):
    """How much a rule counts."""

    RULES_OUT = 0
    """A company for which it holds has a fit of 0, whatever else holds."""
    A_LITTLE = 1
    MUCH = 2
    DECISIVE = 3


class Origin(Enum):
    """Where it is known whether a rule holds for a company."""

    EVENTS = "in the site's events: it holds for a company with at least one such event"
    WORK = "in what the publisher set"
    REGISTERS = "in what public registers say"


# What a rule may compare.
RULED = {
    Dimension.COUNTRY: Origin.EVENTS,
    Dimension.NETWORK_KIND: Origin.EVENTS,
    Dimension.COMPANY_DOMAIN: Origin.EVENTS,
    Dimension.COMPANY_KIND: Origin.WORK,
    Dimension.COMPANY_LIST: Origin.WORK,
    Dimension.COMPANY_TAG: Origin.WORK,
    Dimension.COMPANY_SECTOR: Origin.REGISTERS,
    Dimension.COMPANY_ACTIVITY: Origin.REGISTERS,
    Dimension.COMPANY_SIZE: Origin.REGISTERS,
    Dimension.COMPANY_REGION: Origin.REGISTERS,
}


class FitRule(NamedTuple):
    """Companies for which the comparison holds fit by this weight."""

    weight: Weight
    filter: Comparison

    @property
    def origin(self) -> Origin:
        return RULED[self.filter.dimension]


def make_rule(weight: int, asked: Filter) -> FitRule:
    """Returns the rule that somebody asks for. Raises Invalid."""
    is_weight = weight in list(Weight)
    if not (is_weight and isinstance(asked, Comparison) and asked.dimension in RULED and not asked.is_negative):
        raise Invalid("This choice is no longer there. Reload the page and choose again.")
    if not asked.values or not all(0 < len(value) <= _LONGEST_VALUE for value in asked.values):
        raise Invalid("Write what the rule looks for, with at most %(most)s characters.", most=str(_LONGEST_VALUE))
    return FitRule(Weight(weight), asked)


def fit_rules(database: AppDatabase, site_id: int) -> tuple[FitRule, ...]:
    """Reads the rules of a site; one that this version cannot read is left out."""
    return _read(database.kept(("fit rules", site_id), lambda: _stored(database, site_id)))


def _stored(database: AppDatabase, site_id: int) -> str:
    with database.transaction() as session:
        found = session.get(WorkflowSettings, site_id)
        return (found.fit_rules if found is not None else None) or "[]"


def agree_on_fit(database: AppDatabase, site_id: int, rules: Sequence[FitRule]) -> None:
    """Replaces the rules; of two about the same the later one holds. Raises Invalid."""
    change_fit(database, site_id, lambda _present: rules)


def change_fit(
    database: AppDatabase,
    site_id: int,
    change: Callable[[Sequence[FitRule]], Sequence[FitRule]],
    *,
    seen: str | None = None,
) -> None:
    """Replaces the rules by what `change` makes of them, in one step, so that no rule of somebody else's is lost.

    `seen` is the version that the person had before them (`version_of_fit`). Raises ChangedMeanwhileError for another one,
    and Invalid.
    """
    with database.transaction() as session:
        found = session.get(WorkflowSettings, site_id)
        found = found or WorkflowSettings(site_id=site_id, statuses="[]", kind_rules="[]")
        present = _read(found.fit_rules or "[]")
        require_seen(seen, _write(present), present=_write(present))
        once = {one.filter: one for one in change(present)}
        if len(once) > MOST_RULES:
            raise Invalid("A site has at most %(most)s rules; remove one first.", most=str(MOST_RULES))
        found.fit_rules = _write(tuple(once.values()))
        session.add(found)


def remove_from_fit(
    database: AppDatabase,
    site_id: int,
    is_gone: Callable[[FitRule], bool],
    *,
    by: str | None,
    now: datetime,
) -> Removed | None:
    """Throws away the rule for which `is_gone` is true; None where none is. What it raises, it raises before anything is removed."""
    with database.transaction() as session:
        found = session.get(WorkflowSettings, site_id)
        rules = _read(found.fit_rules or "[]") if found is not None else ()
        gone = next((one for one in rules if is_gone(one)), None)
        if found is None or gone is None:
            return None
        found.fit_rules = _write([one for one in rules if one is not gone])
        kept, name = {"rules": _write([gone])}, ", ".join(gone.filter.values)
        return throw_away(session, site_id, Thing.FIT_RULE, name, kept, by=by, now=now)


def put_fit_rule_back(session: Session, site_id: int, kept: Mapping[str, Any], _now: datetime) -> None:
    """Puts a rule back that was thrown away; one that looks for the same by now stays. Raises Invalid."""
    found = session.get(WorkflowSettings, site_id)
    assert found is not None  # it had the rule
    rules = [*_read(found.fit_rules or "[]"), *_read(kept["rules"])]
    once = {one.filter: one for one in reversed(rules)}
    if len(once) > MOST_RULES:
        raise Invalid("A site has at most %(most)s rules; remove one first.", most=str(MOST_RULES))
    found.fit_rules = _write(tuple(reversed(once.values())))


def with_rule(rules: Sequence[FitRule], made: FitRule) -> list[FitRule]:
    """The rules with one more, which replaces that of the same comparison."""
    return [*(one for one in rules if one.filter != made.filter), made]


def version_of_fit(rules: Sequence[FitRule]) -> str:
    """The version of the rules, for whoever changes them."""
    return version_of(_write(rules))


def _write(rules: Sequence[FitRule]) -> str:
    return json.dumps([[int(rule.weight), write_stored((rule.filter,))] for rule in rules], ensure_ascii=False)


def _read(text: str) -> tuple[FitRule, ...]:
    found = []
    for weight, stored in json.loads(text):
        try:
            (one,) = read_stored(stored)
            found.append(make_rule(weight, one))
        except (FilterError, Invalid, ValueError):
            continue
    return tuple(found)
