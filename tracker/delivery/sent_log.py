"""The log of what was sent: a report is claimed for a recipient before it is sent, so that nobody gets it twice.

A delivery goes `claimed` → `sending` → `sent`, or to `failed` and later again to `claimed`, or to `refused` where the server
takes nothing for this recipient. A process that died while `claimed` had sent nothing, so its claim is taken over; one that
died while `sending` may have sent, so it is in doubt, `unsure`, until a person says that it is sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Select, and_, or_, select, update
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
    by_hand = (found.status == "unsure" and again) or (found.status == "refused" and retry_early)
    if not stale and not due and not by_hand:
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


def mark_refused(database: AppDatabase, delivery_id: int, *, error: str) -> None:
    """Notes that the server takes nothing for this recipient; it is not tried again by itself."""
    _set(database, delivery_id, status="refused", error=error[:500], retry_at=None)


def mark_unsure(database: AppDatabase, delivery_id: int, *, error: str) -> None:
    """Notes that the message may have arrived and nobody can tell; it is not sent again by itself."""
    _set(database, delivery_id, status="unsure", error=error[:500])


def settle_after_stop(database: AppDatabase) -> None:
    """Settles what a process left behind that was killed. Only for the one process that sends, before it begins."""
    killed = "the service was stopped while it was sent"
    with database.transaction() as session:
        session.execute(update(Delivery).where(Delivery.status == "claimed").values(status="failed", retry_at=None))
        session.execute(update(Delivery).where(Delivery.status == "sending").values(status="unsure", error=killed))


def not_to_claim(database: AppDatabase, site_id: int, report: str, period: str, *, now: datetime) -> set[str]:
    """The recipients of a report for whom there is nothing to do now: they had it, wait, or are in doubt."""
    with database.transaction() as session:
        found = session.execute(
            select(Delivery.recipient, Delivery.status, Delivery.claimed_at, Delivery.retry_at).where(
                Delivery.site_id == site_id, Delivery.report == report, Delivery.period == period
            )
        ).all()
    return {
        recipient
        for recipient, status, claimed_at, retry_at in found
        if not (status == "failed" and (retry_at is None or retry_at <= now))
        and not (status == "claimed" and claimed_at < now - STALE_CLAIM)
    }


def list_unsure(database: AppDatabase, *, now: datetime) -> Sequence[Delivery]:
    """The deliveries in doubt, the newest first."""
    stale = and_(Delivery.status == "sending", Delivery.claimed_at < now - STALE_CLAIM)
    with database.transaction() as session:
        wanted = select(Delivery).where(or_(Delivery.status == "unsure", stale))
        return session.scalars(wanted.order_by(Delivery.claimed_at.desc(), Delivery.id)).all()


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
