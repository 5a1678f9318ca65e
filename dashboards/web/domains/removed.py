"""What goes with a site that is removed, and the removed sites that can be taken back, in words."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

from dashboards.presentation import dates
from dashboards.translations import message, translate
from dashboards.web.language import current_language
from dashboards.web.sign_in.permission import allowed
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action
from tracker.service.context import Context
from tracker.sites.removal import find_removed, removed_sites, rows_of
from tracker.stats import traffic

# The tables of the app database that people know by a name.
_NAMES = {
    "report_recipients": message("Recipients of the report"),
    "goals": message("Goals"),
    "alert_rules": message("Alerts"),
    "company_work": message("Companies with a status, owner or reminder"),
    "company_notes": message("Notes on companies"),
    "company_lists": message("Lists"),
    "saved_views": message("Saved views"),
    "annotations": message("Annotations"),
    "funnels": message("Funnels"),
    "shared_links": message("Shared links"),
    "api_tokens": message("API tokens"),
    "company_corrections": message("Corrections of companies"),
}


class Gone(NamedTuple):
    """One kind of things that go, and how many: a number, or a text."""

    name: str
    number: int
    text: str = ""


class RemovedRow(NamedTuple):
    """A removed site that can be taken back by the one who looks."""

    domain: str
    name: str
    by: str | None
    gone_at: str


def what_goes(context: Context, selection: Selection) -> list[Gone]:
    """What goes with a site."""
    language, site = current_language(), selection.site
    rows = rows_of(context.app_db, site.id)
    found = [Gone(translate(language, name), rows[table]) for table, name in _NAMES.items() if table in rows]
    first = traffic.first_day(context.event_store, site.stored_as, selection.zone)
    if first is None:
        return found
    return [Gone(translate(language, "Figures since"), 0, dates.full_day(language, first)), *found]


def removed_rows(context: Context) -> list[RemovedRow]:
    """The removed sites that the one who looks may take back."""
    language, rows = current_language(), []
    for one in removed_sites(context.app_db):
        site = find_removed(context.app_db, one.domain)
        if site is not None and allowed(Action.REMOVE_SITE, site):
            gone_at = dates.absolute(language, one.gone_at, ZoneInfo(site.time_zone))
            rows.append(RemovedRow(one.domain, one.name, one.removed_by, gone_at))
    return rows
