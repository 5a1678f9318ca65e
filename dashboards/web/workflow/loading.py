"""What is known of a site's companies, worked out once for each request."""

from __future__ import annotations

from flask import g

from tracker.db.models import Site
from tracker.leads.segments.asked import KnownCompanies
from tracker.leads.workflow.resolving import listed
from tracker.leads.workflow.site_work import SiteWork
from tracker.service.context import Context
from tracker.stats.filters import Filter
from tracker.stats.periods import Period


def companies_of(context: Context, site: Site) -> KnownCompanies:
    """Returns what is known of the companies of a site."""
    kept: dict[int, KnownCompanies] = g.setdefault("known_companies", {})
    if site.id not in kept:
        kept[site.id] = KnownCompanies(context.app_db, context.event_store, site, context.now())
    return kept[site.id]


def work_of(context: Context, site: Site) -> SiteWork:
    """Returns what is set for the companies of a site."""
    return companies_of(context, site).work


def of_events(context: Context, site: Site, filters: tuple[Filter, ...], period: Period) -> tuple[Filter, ...]:
    """The filters as events are asked: of the companies that are meant by what is known of them."""
    return companies_of(context, site).of_events(filters, period)


def listed_of(context: Context, site: Site, filters: tuple[Filter, ...] = ()) -> tuple[Filter, ...]:
    """The filters that leave out of a list what is hidden, internal or ignored, but for what `filters` ask for."""
    return listed(work_of(context, site), filters)
