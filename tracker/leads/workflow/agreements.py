"""What the people of a site agreed on for their work: statuses, rules for kinds, the view of the weekly email."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.seen_version import require_seen, version_of
from tracker.db.workflow_models import WorkflowSettings
from tracker.leads.workflow.kind_rules import MOST_RULES, KindRule, read_rules, write_rules
from tracker.leads.workflow.vocabulary import STATUS_NAMES, STATUSES, Status
from tracker.sites.trash import Removed, Thing, throw_away
from tracker.stats.filters import Comparison

MOST_STATUSES = 20
_LONGEST_STATUS = 40


@dataclass(frozen=True)
class Agreements:
    """The statuses in their order, of which the first is that of a company nobody has touched; the email's view, if any."""

    statuses: Sequence[Status] = STATUSES
    email_view: str | None = None
    kind_rules: tuple[KindRule, ...] = ()
    counts_all_companies: bool = True


def agreements(database: AppDatabase, site_id: int) -> Agreements:
    """Reads them; a site that set nothing has the program's own."""
    return database.kept(("agreements", site_id), lambda: _read(database, site_id))


def _read(database: AppDatabase, site_id: int) -> Agreements:
    with database.transaction() as session:
        found = session.get(WorkflowSettings, site_id)
    return Agreements() if found is None else _agreements(found)


def _agreements(found: WorkflowSettings) -> Agreements:
    statuses = [_status(one) for one in json.loads(found.statuses)] or STATUSES
    return Agreements(statuses, found.email_view, read_rules(found.kind_rules), found.counts_all_companies)


def agree(
    database: AppDatabase,
    site_id: int,
    *,
    statuses: Sequence[str],
    email_view: str | None,
    counts_all_companies: bool = True,
    seen: str | None = None,
) -> None:
    """Replaces the statuses, the email's view, and whether traffic has internal and ignored companies. Raises Invalid.

    `statuses` are codes of those that there are, and names of new ones. `seen` is the version that the person edited
    (`version`). Raises ChangedMeanwhileError for another one.
    """
    with _settings(database, site_id) as found:
        before = _agreements(found)
        require_seen(seen, *_texts(before), present="\n".join(one.name or one.code for one in before.statuses))
        known = {one.code: one for one in before.statuses}
        codes = dict.fromkeys([STATUSES[0].code, *(code for one in statuses if (code := " ".join(one.split())))])
        _save_statuses(found, [known.get(code) or _status(code) for code in codes])
        found.email_view, found.counts_all_companies = email_view or None, counts_all_companies


def rename_status(database: AppDatabase, site_id: int, code: str, name: str) -> None:
    """Gives a status another name: the companies that have it keep it. Raises Invalid."""
    plain = " ".join(name.split())
    with _settings(database, site_id) as found:
        statuses = list(_agreements(found).statuses)
        with about("status_name"):
            if not plain or code not in {one.code for one in statuses}:
                raise Invalid("Choose a status, and give it a name.")
            if any(plain.casefold() == (one.name or one.code).casefold() for one in statuses if one.code != code):
                raise Invalid("There is such a status already: %(name)s.", name=plain)
        _save_statuses(found, [Status(code, plain) if one.code == code else one for one in statuses])


def version(agreed: Agreements) -> str:
    """The version of the statuses and the email's view, as a page shows them."""
    return version_of(*_texts(agreed))


def add_rule(database: AppDatabase, site_id: int, rule: KindRule) -> None:
    """Adds a rule for kinds after the others. Raises Invalid."""
    with _settings(database, site_id) as found:
        rules = [*(one for one in read_rules(found.kind_rules) if one != rule), rule]
        if len(rules) > MOST_RULES:
            raise Invalid("A site has at most %(most)s rules; remove one first.", most=str(MOST_RULES))
        found.kind_rules = write_rules(rules)


def remove_rule(database: AppDatabase, site_id: int, written: str, *, by: str | None, now: datetime) -> Removed | None:
    """Throws away the rule that is written so; None if it is gone already."""
    with database.transaction() as session:
        found = _row(session, site_id)
        rules = list(read_rules(found.kind_rules))
        place = next((place for place, one in enumerate(rules) if write_rules([one]) == written), None)
        if place is None:
            return None
        gone = rules.pop(place)
        found.kind_rules = write_rules(rules)
        kept = {"rule": written, "place": place}
        return throw_away(session, site_id, Thing.KIND_RULE, _name(gone), kept, by=by, now=now)


def put_rule_back(session: Session, site_id: int, kept: Mapping[str, Any], _now: datetime) -> None:
    """Puts a rule for kinds back in its place among the others: the first that matches holds. Raises Invalid."""
    found = _row(session, site_id)
    back = read_rules(kept["rule"])
    rules = [one for one in read_rules(found.kind_rules) if one not in back]
    if len(rules) >= MOST_RULES:
        raise Invalid("A site has at most %(most)s rules; remove one first.", most=str(MOST_RULES))
    rules[kept["place"] : kept["place"]] = back
    found.kind_rules = write_rules(rules)


def _name(rule: KindRule) -> str:
    """What a rule is called where its words are not to be had: what it looks for."""
    return ", ".join(rule.filter.values) if isinstance(rule.filter, Comparison) else rule.kind.value


@contextmanager
def _settings(database: AppDatabase, site_id: int) -> Iterator[WorkflowSettings]:
    """The row of a site within a transaction."""
    with database.transaction() as session:
        yield _row(session, site_id)


def _row(session: Session, site_id: int) -> WorkflowSettings:
    """The row of a site, which is that of the program's own where there is none yet."""
    found = session.get(WorkflowSettings, site_id)
    if found is None:
        found = WorkflowSettings(site_id=site_id, statuses="[]", kind_rules="[]", counts_all_companies=True)
        session.add(found)
    return found


def _save_statuses(found: WorkflowSettings, statuses: Sequence[Status]) -> None:
    with about("statuses"):
        if len(statuses) > MOST_STATUSES:
            raise Invalid("A site has at most %(most)s statuses.", most=str(MOST_STATUSES))
        if any(len(one.name or one.code) > _LONGEST_STATUS for one in statuses):
            raise Invalid("A status has at most %(most)s characters.", most=str(_LONGEST_STATUS))
    written = [one.code if one == _status(one.code) else [one.code, one.name] for one in statuses]
    found.statuses = json.dumps(written, ensure_ascii=False)


def _texts(agreed: Agreements) -> tuple[str, str, str]:
    statuses = json.dumps([[one.code, one.name] for one in agreed.statuses])
    return statuses, agreed.email_view or "", str(agreed.counts_all_companies)


def _status(stored: str | Sequence[str]) -> Status:
    """A status as it is kept: its code, with its name if that is another one."""
    if not isinstance(stored, str):
        code, name = stored
        return Status(code, name)
    return Status(stored) if stored in STATUS_NAMES else Status(stored, stored)
