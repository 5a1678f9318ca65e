"""The log of what was sent: a report is claimed for a recipient before it is sent, so that nobody gets it twice.

A delivery goes `claimed` → `sending` → `sent`, or to `failed` and later again to `claimed`. A process that died while
`claimed` had sent nothing, so its claim is taken over; one that died while `sending` may have sent, so it is left until
a person says that it is sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Select, select, update
from sqlalchemy.exc import IntegrityError

from tracker.db.engine import AppDatabase
from tracker.db.models import Delivery

STALE_CLAIM = timedelta(minutes=10)
_RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720, 1440))


@dataclass(frozen=True)
class DeliveryKey:
    """One report to one recipient."""

    site_id: int
    report: str
    period: str
    recipient: str


def claim(
    database: AppDatabase, key: DeliveryKey, *, now: datetime, retry_early: bool = False, again: bool = False
) -> int | None:
    """The delivery's id when the caller is the one to send it now; None when it was sent or is not due.

    `again` takes over one that was cut off while it was sent, which nobody does without being told to.
    """
    with database.transaction() as session:
        found = session.scalar(_select(key))
    if found is None:
        try:
            with database.transaction() as session:
                made = Delivery(**vars(key), status="claimed", attempts=1, claimed_at=now)
                session.add(made)
                session.flush()
                return made.id
        except IntegrityError:
            return None  # another process claimed it in this moment
    may_be_stale = {"claimed", "sending"} if again else {"claimed"}
    stale = found.status in may_be_stale and found.claimed_at < now - STALE_CLAIM
    due = found.status == "failed" and (retry_early or found.retry_at is None or found.retry_at <= now)
    if not stale and not due:
        return None
    return _take_over(database, found, now)


def _take_over(database: AppDatabase, found: Delivery, now: datetime) -> int | None:
    with database.transaction() as session:
        taken: CursorResult[object] = session.execute(  # type: ignore[assignment]
            update(Delivery)
            .where(Delivery.id == found.id, Delivery.status == found.status, Delivery.attempts == found.attempts)
            .values(status="claimed", attempts=found.attempts + 1, claimed_at=now)
        )
        return found.id if taken.rowcount == 1 else None


def mark_sending(database: AppDatabase, delivery_id: int) -> None:
    _set(database, delivery_id, status="sending")


def mark_sent(database: AppDatabase, delivery_id: int, *, now: datetime) -> None:
    _set(database, delivery_id, status="sent", sent_at=now, retry_at=None, error=None)


def mark_failed(database: AppDatabase, delivery_id: int, *, error: str, now: datetime) -> None:
    """Notes the failure and when to try again; after the last wait it is tried once a day."""
    with database.transaction() as session:
        delivery = session.get_one(Delivery, delivery_id)
        wait = _RETRY_AFTER[min(delivery.attempts, len(_RETRY_AFTER)) - 1]
        delivery.status, delivery.error, delivery.retry_at = "failed", error[:500], now + wait


def status_of(database: AppDatabase, key: DeliveryKey) -> Delivery | None:
    with database.transaction() as session:
        return session.scalar(_select(key))


def latest(database: AppDatabase, site_id: int, *, limit: int = 20) -> Sequence[Delivery]:
    """A site's deliveries, newest first."""
    with database.transaction() as session:
        statement = select(Delivery).where(Delivery.site_id == site_id).order_by(Delivery.claimed_at.desc())
        return session.scalars(statement.limit(limit)).all()


def _select(key: DeliveryKey) -> Select[Delivery]:
    return select(Delivery).where(
        Delivery.site_id == key.site_id,
        Delivery.report == key.report,
        Delivery.period == key.period,
        Delivery.recipient == key.recipient,
    )


def _set(database: AppDatabase, delivery_id: int, **values: object) -> None:
    with database.transaction() as session:
        session.execute(update(Delivery).where(Delivery.id == delivery_id).values(**values))
