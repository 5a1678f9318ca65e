"""Which record of a CRM a domain's company has: found there or added by us, and kept so that it is not searched again.

The search of HubSpot finds a company only some moments after it was added, and Pipedrive's reads an index as well. A second
push within that time would add a second company.
Source: https://help.okta.com/wf/en-us/content/Topics/Workflows/connector-reference/hubspotcrm/actions/searchcontacts.htm,
which says to wait ten seconds after a record was added and sixty after a change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, delete, select

from tracker.db.alert_models import AlertRule, CrmRecord
from tracker.db.engine import AppDatabase
from tracker.delivery.outbox.crm.calls import CallFailed

_GONE = {404, 410}
_FOUND_AFTER_SECONDS = 60.0


@dataclass(frozen=True)
class Records:
    """The records of the CRM that a rule names."""

    database: AppDatabase
    rule: AlertRule

    def upsert(
        self, domain: str, *, search: Callable[[], str | None], update: Callable[[str], object], add: Callable[[], str]
    ) -> tuple[str, bool]:
        """Brings the record of a domain up to date, or adds it. Returns its number and whether it is new. Raises CallFailed."""
        number = self._kept(domain)
        if number is not None:
            try:
                update(number)
            except CallFailed as failed:
                if failed.answer.status not in _GONE:
                    raise
                self._forget(domain)  # somebody removed or merged it there
            else:
                return number, False
        number = search()
        if number is not None:
            update(number)
        is_new, number = number is None, number or _added(add)
        self._keep(domain, number)
        return number, is_new

    def _kept(self, domain: str) -> str | None:
        with self.database.transaction() as session:
            return session.scalar(select(CrmRecord.number).where(*self._of(domain)))

    def _keep(self, domain: str, number: str) -> None:
        rule = self.rule
        with self.database.transaction() as session:
            session.merge(CrmRecord(site_id=rule.site_id, target=rule.target, domain=domain, number=number))

    def _forget(self, domain: str) -> None:
        with self.database.transaction() as session:
            session.execute(delete(CrmRecord).where(*self._of(domain)))

    def _of(self, domain: str) -> tuple[ColumnElement[bool], ...]:
        rule = self.rule
        return CrmRecord.site_id == rule.site_id, CrmRecord.target == rule.target, CrmRecord.domain == domain


def _added(add: Callable[[], str]) -> str:
    """Adds a record. Whether one was added whose answer is missing, only a search says, once it can find it."""
    try:
        return add()
    except CallFailed as failed:
        if failed.answer.is_for_good:
            raise
        asked = max(failed.answer.retry_after or 0, _FOUND_AFTER_SECONDS)
        raise CallFailed(replace(failed.answer, retry_after=asked)) from failed
