"""The messages of the outbox in the app database: which is due, who delivers it, and what became of each attempt.

A message goes `waiting` → `sending` → `delivered`, or back to `waiting` for another attempt, or to `failed` after the
last. A process that is killed while it sends cannot say whether it was taken, so that it is sent again under the same id.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from random import uniform
from typing import NamedTuple

from sqlalchemy import CursorResult, Select, delete, select, update

from tracker.db.alert_models import AlertRule, OutgoingAttempt, OutgoingMessage
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.delivery.outbox.posting import Answer
from tracker.leads.alerts.log import DELIVERED, FAILED, SENDING, WAITING

STALE = timedelta(minutes=5)
# After each attempt that failed; with jitter, so that a service that comes back is not asked by all at once. 27 hours in all.
_WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 300, 1800, 7200, 18_000, 36_000, 36_000))
MOST_ATTEMPTS = len(_WAITS) + 1
_JITTER = 0.2
_LONGEST_ANSWER = 500
_LONGEST_WAIT = timedelta(hours=12)
# Neither attempts nor quiet hours put a message off so long: it was put off by a clock that was ahead.
AHEAD = timedelta(days=2)
KEPT = timedelta(days=30)


class Due(NamedTuple):
    """A message that this process is to deliver now, with its rule."""

    message: OutgoingMessage
    rule: AlertRule


def claim_due(database: AppDatabase, *, now: datetime, but: Collection[str] = (), limit: int = 1) -> list[Due]:
    """The messages that are due, the oldest first, one for each URL; none for those in `but`.

    Those of a rule that is paused and of a site that is removed wait until it goes on or is taken back.
    """
    own = OutgoingMessage
    waiting = (own.status == WAITING) & ((own.due_at <= now) | (own.due_at > now + AHEAD))
    stale = (own.status == SENDING) & ((own.claimed_at < now - STALE) | (own.claimed_at > now + AHEAD))
    statement = (
        select(OutgoingMessage, AlertRule)
        .join(AlertRule, AlertRule.id == OutgoingMessage.rule_id)
        .join(Site, Site.id == OutgoingMessage.site_id)
        .where(
            waiting | stale,
            AlertRule.paused_at.is_(None),
            Site.removed_at.is_(None),
            AlertRule.target.not_in(_resting(now)),
        )
        .order_by(OutgoingMessage.due_at, OutgoingMessage.id)
    )
    if but:
        statement = statement.where(AlertRule.target.not_in(sorted(but)))
    with database.transaction() as session:
        found: dict[str, Due] = {}
        for message, rule in session.execute(statement.limit(500)):
            found.setdefault(rule.target, Due(message, rule))
    return [one for one in list(found.values())[:limit] if _claimed(database, one.message, now)]


def _resting(now: datetime) -> Select[str]:
    """The URLs that failed: they are left alone until their next attempt is due, with all that waits for them."""
    own = OutgoingMessage
    failed = (own.status == WAITING) & (own.attempts > 0) & (own.due_at > now) & (own.due_at <= now + AHEAD)
    return select(AlertRule.target).join(own, own.rule_id == AlertRule.id).where(failed)


def find(database: AppDatabase, uid: str) -> Due | None:
    """The message with an id, whether it is due or not; None if its rule was removed."""
    statement = select(OutgoingMessage, AlertRule).join(AlertRule, AlertRule.id == OutgoingMessage.rule_id)
    with database.transaction() as session:
        row = session.execute(statement.where(OutgoingMessage.uid == uid)).one_or_none()
    return None if row is None else Due(*row)


def _claimed(database: AppDatabase, message: OutgoingMessage, now: datetime) -> bool:
    same = (OutgoingMessage.status == message.status) & (OutgoingMessage.attempts == message.attempts)
    with database.transaction() as session:
        taken: CursorResult[object] = session.execute(  # type: ignore[assignment]
            update(OutgoingMessage)
            .where(OutgoingMessage.id == message.id, same)
            .values(status=SENDING, claimed_at=now, attempts=message.attempts + 1)
        )
        return taken.rowcount == 1


def settle(database: AppDatabase, one: OutgoingMessage, answer: Answer, *, now: datetime, took_ms: int) -> None:
    """Notes what an attempt came to, and when the next one is."""
    attempts = one.attempts + 1
    text = answer.text[:_LONGEST_ANSWER]
    if answer.is_good:
        values: dict[str, object] = {"status": DELIVERED, "delivered_at": now, "error": None}
    elif answer.is_for_good or attempts >= MOST_ATTEMPTS:
        values = {"status": FAILED, "error": _reason(answer)}
    else:
        due_at = now + wait_after(attempts, answer.retry_after)
        values = {"status": WAITING, "due_at": due_at, "error": _reason(answer)}
    with database.transaction() as session:
        if session.get(OutgoingMessage, one.id) is None:
            return  # its rule was removed meanwhile
        session.execute(update(OutgoingMessage).where(OutgoingMessage.id == one.id).values(**values))
        session.add(OutgoingAttempt(message_id=one.id, at=now, status_code=answer.status, answer=text, took_ms=took_ms))


def wait_after(attempts: int, retry_after: float | None = None) -> timedelta:
    """How long to wait after so many attempts: longer each time, a little more or less, and as long as was asked for."""
    wait = _WAITS[min(attempts, len(_WAITS)) - 1] * uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret
    asked = timedelta(seconds=retry_after or 0)
    return max(wait, min(asked, _LONGEST_WAIT))


def settle_after_stop(database: AppDatabase) -> None:
    """What a killed process was sending is due again. Only for the one process that sends, before it begins."""
    with database.transaction() as session:
        session.execute(update(OutgoingMessage).where(OutgoingMessage.status == SENDING).values(status=WAITING))


def forget_old(database: AppDatabase, *, now: datetime) -> None:
    """Deletes what was delivered or given up a month ago, with its attempts."""
    with database.transaction() as session:
        session.execute(
            delete(OutgoingMessage).where(
                OutgoingMessage.status.in_((DELIVERED, FAILED)), OutgoingMessage.due_at < now - KEPT
            )
        )


def _reason(answer: Answer) -> str:
    return answer.text[:_LONGEST_ANSWER] if answer.status is None else f"HTTP {answer.status}"
