"""Whether a recipient gets reports: confirmed or not, unsubscribed, paused; and the changes from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from tracker.db.engine import AppDatabase
from tracker.db.models import Delivery, ReportRecipient, User
from tracker.recipients.choices import NONE


class State(StrEnum):
    """What a recipient gets: `active` is reports, `unconfirmed` only the request to confirm, the others nothing."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    PAUSED = "paused"


def state_of(recipient: ReportRecipient) -> State:
    if recipient.paused_at is not None:
        return State.PAUSED
    if recipient.rhythm == NONE:
        return State.UNSUBSCRIBED
    return State.UNCONFIRMED if recipient.confirmed_at is None else State.ACTIVE


def gets_reports_since(recipient: ReportRecipient) -> datetime | None:
    """Returns the moment from which reports that become due are sent; None where none is."""
    if state_of(recipient) != State.ACTIVE or recipient.confirmed_at is None:
        return None
    return max(recipient.created_at, recipient.confirmed_at, recipient.chosen_at or recipient.created_at)


def confirm(database: AppDatabase, number: int, *, now: datetime) -> bool:
    """Notes that the recipient wants the reports. Returns whether that is news."""
    unconfirmed = (ReportRecipient.id == number, ReportRecipient.confirmed_at.is_(None))
    with database.transaction() as session:
        changed = update(ReportRecipient).where(*unconfirmed).values(confirmed_at=now).returning(ReportRecipient.id)
        return session.scalar(changed) is not None


def confirm_those_with_accounts(database: AppDatabase, *, now: datetime) -> None:
    """Confirms whoever has been given an account since: the invitation reached them."""
    with database.transaction() as session:
        has_account = ReportRecipient.email.in_(select(User.email))
        session.execute(
            update(ReportRecipient)
            .where(ReportRecipient.confirmed_at.is_(None), has_account)
            .values(confirmed_at=now)
            .execution_options(synchronize_session=False)
        )


def unsubscribe(database: AppDatabase, number: int, *, now: datetime) -> None:
    """Ends the reports to a recipient. The entry stays, so that its link can bring them back and the publisher sees it."""
    subscribed = (ReportRecipient.id == number, ReportRecipient.rhythm != NONE)
    with database.transaction() as session:
        session.execute(update(ReportRecipient).where(*subscribed).values(rhythm=NONE, chosen_at=now))


def pause(database: AppDatabase, email: str, reason: str, detail: str, *, now: datetime) -> int:
    """Pauses an email address on all sites: it bounces, or its holder complained. Returns how many entries that changed."""
    with database.transaction() as session:
        paused = (
            update(ReportRecipient)
            .where(ReportRecipient.email == email, ReportRecipient.paused_at.is_(None))
            .values(paused_at=now, pause_reason=reason, pause_detail=" ".join(detail.split())[:500])
            .returning(ReportRecipient.id)
        )
        return len(session.scalars(paused).all())


def resume(database: AppDatabase, number: int) -> None:
    """Ends the pause of a recipient, and of the same email on other sites; what was refused meanwhile is tried again."""
    with database.transaction() as session:
        found = session.get(ReportRecipient, number)
        if found is not None:
            again = {"paused_at": None, "pause_reason": None, "pause_detail": None}
            session.execute(update(ReportRecipient).where(ReportRecipient.email == found.email).values(again))
            refused = (Delivery.recipient == found.email, Delivery.status == "refused")
            session.execute(update(Delivery).where(*refused).values(status="failed", retry_at=None))


def list_paused(database: AppDatabase) -> Sequence[ReportRecipient]:
    """The paused recipients of all sites, each with its site, by email."""
    paused = select(ReportRecipient).where(ReportRecipient.paused_at.is_not(None)).order_by(ReportRecipient.email)
    with database.transaction() as session:
        return session.scalars(paused.options(joinedload(ReportRecipient.site))).all()
