"""What is set for a site's companies, read once for each request."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import g

from tracker.db.models import Site
from tracker.leads.workflow.resolving import listed, resolved
from tracker.leads.workflow.site_work import SiteWork, site_work
from tracker.service.context import Context
from tracker.stats.filters import Filter


def work_of(context: Context, site: Site) -> SiteWork:
    """Returns what is set for the companies of a site."""
    kept: dict[int, SiteWork] = g.setdefault("site_work", {})
    if site.id not in kept:
        kept[site.id] = site_work(context.app_db, context.event_store, site)
    return kept[site.id]


def of_events(context: Context, site: Site, filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """The filters as events are asked: of the companies that are meant by what is set for them."""
    today = context.now().astimezone(ZoneInfo(site.time_zone)).date()
    return resolved(filters, work_of(context, site), today=today)


def listed_of(context: Context, site: Site, filters: tuple[Filter, ...] = ()) -> tuple[Filter, ...]:
    """The filters that leave out of a list what is hidden, internal or ignored, but for what `filters` ask for."""
    return listed(work_of(context, site), filters)
