"""Raises alerts: each once, in one transaction with the message that tells it.

What a look finds is found again by the next one. The key of what was raised is unique, so that a second look, a restart or a
second process adds nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tracker.db.alert_models import Alert, AlertMember, AlertRule, OutgoingMessage
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.alerts.log import WAITING
from tracker.leads.alerts.look import Look
from tracker.leads.alerts.payload import RAISED, TEST, facts_of, payload_of
from tracker.leads.alerts.rules import Trigger
from tracker.leads.alerts.triggers import EVENTS, Occurrence, meets, of_day

_AT_ONCE = 500


def raise_alerts(look: Look, rule: AlertRule, looked_until: datetime | None) -> int:
    """Raises what a rule finds, and notes `looked_until` if all that had arrived by then was looked at. Returns how many."""
    found, entered, left = _found(look, rule)
    with look.database.transaction() as session:
        if session.get(AlertRule, rule.id) is None:
            return 0  # it was removed meanwhile
        _keep_members(session, rule, entered, left)
        new = _not_raised(session, rule, found)
        for one in new:
            _raise(session, look.site, rule, one, look.now)
        if looked_until is not None:
            session.execute(update(AlertRule).where(AlertRule.id == rule.id).values(looked_at=looked_until))
    return len(new)


def _found(look: Look, rule: AlertRule) -> tuple[Sequence[Occurrence], Collection[str], Collection[str]]:
    """What a rule finds, with the ids of the companies that began and that ceased to meet its condition."""
    now = meets(look, rule)
    if now is None:
        return EVENTS[Trigger(rule.trigger)](look, rule), (), ()
    with look.database.transaction() as session:
        before = set(session.scalars(select(AlertMember.company_id).where(AlertMember.rule_id == rule.id)))
    entered = [now[one] for one in now.keys() - before]
    # What is so when a rule is made is no news.
    told = entered if rule.looked_at is not None else []
    found = [Occurrence(of_day(look, one, look.now), look.now, one) for one in told]
    return found, {one.id for one in entered}, before - now.keys()


def _keep_members(session: Session, rule: AlertRule, entered: Collection[str], left: Collection[str]) -> None:
    if entered:
        session.execute(insert(AlertMember), [{"rule_id": rule.id, "company_id": one} for one in sorted(entered)])
    for some in _in_parts(sorted(left)):
        session.execute(delete(AlertMember).where(AlertMember.rule_id == rule.id, AlertMember.company_id.in_(some)))


def _not_raised(session: Session, rule: AlertRule, found: Sequence[Occurrence]) -> list[Occurrence]:
    raised: set[str] = set()
    for some in _in_parts([one.key for one in found]):
        raised.update(session.scalars(select(Alert.key).where(Alert.rule_id == rule.id, Alert.key.in_(some))))
    return [one for one in found if one.key not in raised]


def _raise(session: Session, site: Site, rule: AlertRule, one: Occurrence, now: datetime) -> None:
    facts = facts_of(one)
    made = Alert(
        rule_id=rule.id,
        key=one.key,
        company_id=one.company.id if one.company else None,
        facts=json.dumps(facts, ensure_ascii=False),
        happened_at=one.happened_at,
        raised_at=now,
    )
    message = new_message(site, rule, [facts], now=now)
    session.add(message)
    session.flush()
    made.message_id = message.id
    session.add(made)


def send_test(database: AppDatabase, site: Site, rule: AlertRule, *, now: datetime) -> None:
    """Puts a message into the outbox that says it is a test."""
    with database.transaction() as session:
        session.add(new_message(site, rule, [], now=now, kind=TEST))


def new_message(
    site: Site, rule: AlertRule, alerts: Sequence[dict[str, object]], *, now: datetime, kind: str = RAISED
) -> OutgoingMessage:
    """The message that tells alerts, with an id that the receiver sees in each attempt."""
    return OutgoingMessage(
        uid="msg_" + secrets.token_urlsafe(18),
        site_id=site.id,
        rule_id=rule.id,
        payload=payload_of(site, rule, alerts, now, kind=kind),
        status=WAITING,
        made_at=now,
        due_at=now,
    )


def _in_parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
