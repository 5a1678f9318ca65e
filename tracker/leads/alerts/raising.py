"""Raises alerts: each once, in one transaction with the message that tells it, or to wait for the day's or week's.

What a look finds is found again by the next one. The key of what was raised is unique, so that a second look, a restart or a
second process adds nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tracker.db.alert_models import Alert, AlertMember, AlertRule, OutgoingMessage
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.alerts.log import WAITING
from tracker.leads.alerts.look import Look
from tracker.leads.alerts.occurrence import Occurrence, of_day
from tracker.leads.alerts.pace import digest_due, due_at
from tracker.leads.alerts.payload import DIGEST, PUSHED, RAISED, TEST, facts_of, payload_of
from tracker.leads.alerts.rules_vocabulary import CRMS, Pace, Trigger
from tracker.leads.alerts.triggers import EVENTS, meets

_AT_ONCE = 500
# So many of one look are a message each; of more, as many as these go into one.
_MOST_SINGLE = 10
_MOST_TOGETHER = 100
_MOST_IN_DIGEST = 1000
_MOST_PUSHED = 1000


def raise_alerts(look: Look, rule: AlertRule) -> int:
    """Raises what a rule finds. Returns how many."""
    found, entered, left = _found(look, rule)
    with look.database.transaction() as session:
        if session.get(AlertRule, rule.id) is None:
            return 0  # it was removed meanwhile
        _keep_members(session, rule, entered, left)
        new = _not_raised(session, rule, found)
        made = [_made(rule, one, look.now) for one in new]
        session.add_all(made)
        if rule.pace == Pace.AT_ONCE:
            size = 1 if len(made) <= _MOST_SINGLE or rule.channel in CRMS else _MOST_TOGETHER
            for some in _in_parts(made, size):
                _tell(session, look, rule, some, kind=RAISED)
        if look.is_caught_up:
            session.execute(update(AlertRule).where(AlertRule.id == rule.id).values(looked_at=look.now))
    return len(new)


def tell_digest(look: Look, rule: AlertRule) -> bool:
    """Puts what a rule has raised up to this day or week into one message, once. Returns whether there was some."""
    if rule.pace == Pace.AT_ONCE:
        return False
    key, until = digest_due(rule, look.now, look.zone)
    with look.database.transaction() as session:
        wanted = select(Alert).where(Alert.rule_id == rule.id, Alert.message_id.is_(None), Alert.raised_at <= until)
        alerts = session.scalars(wanted.order_by(Alert.happened_at, Alert.id).limit(_MOST_IN_DIGEST)).all()
        told = select(OutgoingMessage.id).where(OutgoingMessage.rule_id == rule.id, OutgoingMessage.key == key)
        if not alerts or session.scalar(told) is not None:
            return False
        if rule.channel in CRMS:  # it takes one company at a time
            for number, one in enumerate(alerts):
                _tell(session, look, rule, [one], kind=DIGEST, key=f"{key} {number}" if number else key)
        else:
            _tell(session, look, rule, alerts, kind=DIGEST, key=key)
    return True


def send_test(database: AppDatabase, site: Site, rule: AlertRule, *, now: datetime) -> None:
    """Puts a message into the outbox that says it is a test."""
    with database.transaction() as session:
        session.add(_message(site, rule, [], now=now, due=now, kind=TEST))


def push_companies(look: Look, rule: AlertRule, company_id: str | None = None) -> int:
    """Puts the companies that a rule watches into the outbox, or one company whatever it watches. Returns how many."""
    if company_id is None:
        companies = sorted(look.watched(rule).values(), key=lambda one: -one.score)[:_MOST_PUSHED]
    else:
        companies = [one for one in look.all_watched.values() if one.id == company_id]
    facts = [facts_of(Occurrence(one.id, look.now, one)) for one in companies]
    with look.database.transaction() as session:
        session.add_all(_message(look.site, rule, [one], now=look.now, due=look.now, kind=PUSHED) for one in facts)
    return len(facts)


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
    for some in _in_parts(sorted(left), _AT_ONCE):
        session.execute(delete(AlertMember).where(AlertMember.rule_id == rule.id, AlertMember.company_id.in_(some)))


def _not_raised(session: Session, rule: AlertRule, found: Sequence[Occurrence]) -> list[Occurrence]:
    raised: set[str] = set()
    for some in _in_parts([one.key for one in found], _AT_ONCE):
        raised.update(session.scalars(select(Alert.key).where(Alert.rule_id == rule.id, Alert.key.in_(some))))
    return [one for one in found if one.key not in raised]


def _made(rule: AlertRule, one: Occurrence, now: datetime) -> Alert:
    return Alert(
        rule_id=rule.id,
        key=one.key,
        company_id=one.company.id if one.company else None,
        facts=json.dumps(facts_of(one), ensure_ascii=False),
        happened_at=one.happened_at,
        raised_at=now,
    )


def _tell(
    session: Session, look: Look, rule: AlertRule, alerts: Sequence[Alert], *, kind: str, key: str | None = None
) -> None:
    """Writes the message of some alerts, due now or when the quiet hours end."""
    facts = [json.loads(one.facts) for one in alerts]
    due = due_at(rule, look.now, look.zone)
    message = _message(look.site, rule, facts, now=look.now, due=due, kind=kind, key=key)
    session.add(message)
    session.flush()
    for one in alerts:
        one.message_id = message.id


def _message(
    site: Site,
    rule: AlertRule,
    facts: Sequence[dict[str, Any]],
    *,
    now: datetime,
    due: datetime,
    kind: str,
    key: str | None = None,
) -> OutgoingMessage:
    """A message with an id that the receiver sees in each attempt."""
    return OutgoingMessage(
        uid="msg_" + secrets.token_urlsafe(18),
        site_id=site.id,
        rule_id=rule.id,
        key=key,
        payload=payload_of(site, rule, facts, now, kind=kind),
        status=WAITING,
        made_at=now,
        due_at=due,
    )


def _in_parts(values: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (values[start : start + size] for start in range(0, len(values), size))
