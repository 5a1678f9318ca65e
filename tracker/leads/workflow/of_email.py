"""Which companies the weekly email of a site lists: those of the view that recipient or site chose, without what is left out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.workflow.agreements import agreements
from tracker.leads.workflow.resolving import listed, resolved
from tracker.leads.workflow.site_work import site_work
from tracker.leads.workflow.views import find_view
from tracker.stats.filters import Filter
from tracker.store.protocol import EventStore


def leads_of_email(
    database: AppDatabase, store: EventStore, site: Site, *, now: datetime, view_key: str | None = None
) -> tuple[Filter, ...]:
    """Returns the filters as events are asked, of a recipient's view where there is one, else of the site's.

    A view that was removed since leaves all companies in.
    """
    key = view_key or agreements(database, site.id).email_view
    view = find_view(database, site.id, key) if key else None
    filters, work = view.filters if view else (), site_work(database, store, site)
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    return (*resolved(filters, work, today=today), *listed(work, filters))
