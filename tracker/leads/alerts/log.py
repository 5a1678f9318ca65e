"""The log of a site's messages, as the publisher sees it: where each is, what the last attempt came to; and once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import aliased

from tracker.db.alert_models import AlertRule, OutgoingAttempt, OutgoingMessage
from tracker.db.engine import AppDatabase

# Where a message is (tracker.delivery.outbox.messages).
WAITING, SENDING, DELIVERED, FAILED = "waiting", "sending", "delivered", "failed"
_MOST_SHOWN = 100


def replay(database: AppDatabase, site_id: int, uid: str, *, now: datetime) -> bool:
    """Delivers a message once more, under its id, with all attempts. False where it is not the site's or is being sent.

    Whoever asks for it says that its URL answers again: what waits there after a failure is due now as well.
    """
    with database.transaction() as session:
        taken: CursorResult[object] = session.execute(  # type: ignore[assignment]
            update(OutgoingMessage)
            .where(OutgoingMessage.uid == uid, OutgoingMessage.site_id == site_id, OutgoingMessage.status != SENDING)
            .values(status=WAITING, due_at=now, attempts=0)
        )
        if taken.rowcount != 1:
            return False
        of_message = select(OutgoingMessage.rule_id).where(OutgoingMessage.uid == uid)
        target = select(AlertRule.target).where(AlertRule.id == of_message.scalar_subquery()).scalar_subquery()
        rules = select(AlertRule.id).where(AlertRule.site_id == site_id, AlertRule.target == target)
        failed = (OutgoingMessage.status == WAITING) & (OutgoingMessage.attempts > 0)
        session.execute(update(OutgoingMessage).where(failed, OutgoingMessage.rule_id.in_(rules)).values(due_at=now))
        return True


class Logged(NamedTuple):
    """A message with its rule and its last attempt."""

    message: OutgoingMessage
    rule: AlertRule
    last: OutgoingAttempt | None


def log_of(database: AppDatabase, site_id: int) -> Sequence[Logged]:
    """The site's newest messages, the newest first."""
    each = aliased(OutgoingAttempt)
    last = select(func.max(each.id)).where(each.message_id == OutgoingMessage.id).scalar_subquery()
    statement = (
        select(OutgoingMessage, AlertRule, OutgoingAttempt)
        .join(AlertRule, AlertRule.id == OutgoingMessage.rule_id)
        .outerjoin(OutgoingAttempt, OutgoingAttempt.id == last)
        .where(OutgoingMessage.site_id == site_id)
        .order_by(OutgoingMessage.id.desc())
        .limit(_MOST_SHOWN)
    )
    with database.transaction() as session:
        return [Logged(*row) for row in session.execute(statement)]
