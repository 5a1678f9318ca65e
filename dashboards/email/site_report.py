"""The report of a site as emails, previews and commands have it: the companies of a view, and what would name more."""

from __future__ import annotations

from tracker.db.models import Site
from tracker.leads.segments.asked import KnownCompanies
from tracker.reference.naming_sources import missing_sources
from tracker.reports.report import Report, report_on
from tracker.service.context import Context


def site_report(context: Context, site: Site, kind: str, label: str, view_key: str | None = None) -> Report:
    """Returns a week's or month's report with the companies of a view; without one, of the view that the site chose."""
    now = context.now()
    known = KnownCompanies(context.app_db, context.event_store, site, now)
    missing = missing_sources(context.settings)
    return report_on(context.event_store, site, kind, label, now=now, known=known, view=view_key, missing=missing)
