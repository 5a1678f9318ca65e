"""The companies of a site that its publisher has confirmed: confirms them, and takes confirmations back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from tracker.db.engine import AppDatabase
from tracker.db.models import CompanyConfirmation


def confirm_company(database: AppDatabase, site_id: int, company: str, *, by: str, now: datetime) -> None:
    """Confirms a company by its name; an earlier confirmation stays as it is. `by` is the user's email."""
    made = CompanyConfirmation(site_id=site_id, company=company, confirmed_by=by, confirmed_at=now)
    try:
        with database.transaction() as session:
            session.add(made)
    except IntegrityError:
        return  # two people confirmed it at the same time


def take_back_confirmation(database: AppDatabase, site_id: int, company: str) -> None:
    """Removes the confirmation: the company is again as certain as its events are."""
    of_company = (CompanyConfirmation.site_id == site_id, CompanyConfirmation.company == company)
    with database.transaction() as session:
        session.execute(delete(CompanyConfirmation).where(*of_company))
