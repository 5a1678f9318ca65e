"""The list of who gets a site's reports: added and removed here; what each gets is `tracker.recipients`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.db.engine import AppDatabase
from tracker.db.invalid import about
from tracker.db.models import ReportRecipient, User
from tracker.sites import site_settings


def new_recipient(session: Session, email: str, *, now: datetime) -> ReportRecipient:
    """A new recipient. Who has an account is known; anybody else confirms by email first."""
    has_account = session.scalar(select(User.id).where(User.email == email)) is not None
    return ReportRecipient(email=email, created_at=now, confirmed_at=now if has_account else None)


def add_recipients(database: AppDatabase, site_id: int, texts: Sequence[str], *, now: datetime) -> list[str]:
    """Adds those who are not on the list yet, and returns them, all or none. Raises Invalid, about `emails`."""
    with about("emails"):
        emails = site_settings.emails(texts)
    with database.transaction() as session:
        known = set(session.scalars(select(ReportRecipient.email).where(ReportRecipient.site_id == site_id)))
        added = [email for email in emails if email not in known]
        for email in added:
            recipient = new_recipient(session, email, now=now)
            recipient.site_id = site_id
            session.add(recipient)
    return added


def remove_recipient(database: AppDatabase, site_id: int, number: int) -> None:
    """Takes a recipient off the site's list, with what they chose. Somebody else may have done so before."""
    of_site = (ReportRecipient.id == number, ReportRecipient.site_id == site_id)
    with database.transaction() as session:
        session.execute(delete(ReportRecipient).where(*of_site))
