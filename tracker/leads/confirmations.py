"""The companies of a site that its publisher has confirmed: confirms them, and takes confirmations back.

What is confirmed are names that events have, so that it holds whatever corrections call the company.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from tracker.db.engine import AppDatabase
from tracker.db.models import CompanyConfirmation, Site
from tracker.leads.corrections.corrected_store import shown_names
from tracker.leads.workflow.names import known_names
from tracker.store.protocol import EventStore


def confirmed_names(store: EventStore, site: Site) -> frozenset[str]:
    """The names of the companies that the publisher has confirmed, as they are shown."""
    return shown_names(store, site.stored_as).mapped(site.confirmed_names)


def names_in_events(store: EventStore, site: Site, shown: str) -> list[str]:
    """The names that events have for the company that is shown by a name."""
    known = known_names(store, site.stored_as)
    return [name for name in known.corrections.names_of(shown) if name in known.domains] or [shown]


def confirm_company(database: AppDatabase, site_id: int, *names: str, by: str, now: datetime) -> None:
    """Confirms a company by its names in events; an earlier confirmation stays as it is. `by` is the user's email."""
    for name in names:
        _confirm(database, site_id, name, by, now)


def _confirm(database: AppDatabase, site_id: int, company: str, by: str, now: datetime) -> None:
    made = CompanyConfirmation(site_id=site_id, company=company, confirmed_by=by, confirmed_at=now)
    try:
        with database.transaction() as session:
            session.add(made)
    except IntegrityError:
        return  # two people confirmed it at the same time


def take_back_confirmation(database: AppDatabase, site_id: int, *names: str) -> None:
    """Removes the confirmation of a company's names: it is again as certain as its events are."""
    of_company = (CompanyConfirmation.site_id == site_id, CompanyConfirmation.company.in_(names))
    with database.transaction() as session:
        session.execute(delete(CompanyConfirmation).where(*of_company))
