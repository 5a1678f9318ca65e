"""What the people of a site agreed on for their work: statuses, rules for kinds, the view of the weekly email."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.db.engine import AppDatabase
from tracker.db.invalid import Invalid, about
from tracker.db.workflow_models import WorkflowSettings
from tracker.leads.workflow.kind_rules import MOST_RULES, KindRule, read_rules, write_rules
from tracker.leads.workflow.vocabulary import STATUS_NAMES, STATUSES, Status

MOST_STATUSES = 20
_LONGEST_STATUS = 40


@dataclass(frozen=True)
class Agreements:
    """The statuses in their order, of which the first is that of a company nobody has touched; the email's view, if any."""

    statuses: Sequence[Status] = STATUSES
    email_view: str | None = None
    kind_rules: tuple[KindRule, ...] = ()


def agreements(database: AppDatabase, site_id: int) -> Agreements:
    """Reads them; a site that set nothing has the program's own."""
    with database.transaction() as session:
        found = session.get(WorkflowSettings, site_id)
    if found is None:
        return Agreements()
    statuses = [_status(code) for code in json.loads(found.statuses)] or STATUSES
    return Agreements(statuses, found.email_view, read_rules(found.kind_rules))


def agree(database: AppDatabase, site_id: int, *, statuses: Sequence[str], email_view: str | None) -> None:
    """Replaces them. `statuses` are codes of the program's own and names of the publisher's. Raises Invalid."""
    with about("statuses"):
        codes = [STATUSES[0].code, *(code for one in statuses if (code := " ".join(one.split())))]
        codes = list(dict.fromkeys(codes))
        if len(codes) > MOST_STATUSES:
            raise Invalid("A site has at most %(most)s statuses.", most=str(MOST_STATUSES))
        if any(len(code) > _LONGEST_STATUS for code in codes):
            raise Invalid("A status has at most %(most)s characters.", most=str(_LONGEST_STATUS))
    with database.transaction() as session:
        found = session.get(WorkflowSettings, site_id) or WorkflowSettings(site_id=site_id, kind_rules="[]")
        found.statuses, found.email_view = json.dumps(codes, ensure_ascii=False), email_view or None
        session.add(found)


def agree_on_rules(database: AppDatabase, site_id: int, rules: Sequence[KindRule]) -> None:
    """Replaces the rules for kinds. Raises Invalid."""
    if len(rules) > MOST_RULES:
        raise Invalid("A site has at most %(most)s rules; remove one first.", most=str(MOST_RULES))
    with database.transaction() as session:
        found = session.get(WorkflowSettings, site_id) or WorkflowSettings(site_id=site_id, statuses="[]")
        found.kind_rules = write_rules(rules)
        session.add(found)


def _status(code: str) -> Status:
    return Status(code) if code in STATUS_NAMES else Status(code, code)
