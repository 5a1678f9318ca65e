"""Who may get alerts by email: whoever has an account, and whoever has confirmed that they want a site's emails."""

from __future__ import annotations

from sqlalchemy import select

from tracker.db.engine import AppDatabase
from tracker.db.models import ReportRecipient, User


def may_get_alerts(database: AppDatabase, site_id: int, email: str) -> bool:
    """Whether an alert of a site may go to an email address: neither to a stranger's nor to one that is paused."""
    with database.transaction() as session:
        entries = session.scalars(select(ReportRecipient).where(ReportRecipient.email == email)).all()
        if any(one.paused_at is not None for one in entries):
            return False
        if any(one.site_id == site_id and one.confirmed_at is not None for one in entries):
            return True
        return session.scalar(select(User.id).where(User.email == email)) is not None
