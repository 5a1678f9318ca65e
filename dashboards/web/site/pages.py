"""What every page of one site needs: the site in the URL, or 404, and what its head shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, redirect, request, url_for

from dashboards.presentation import dates
from dashboards.translations import message, translate
from dashboards.web.language import current_language
from dashboards.web.sign_in.permission import allowed, require
from dashboards.web.site.selection import Selection, read_selection
from dashboards.web.site.site_order import site_order
from tracker.accounts.permissions import Action
from tracker.db.models import Site
from tracker.service.context import Context
from tracker.sites.sites import find_site, find_sites

PERIODS = (
    ("today", message("Today")),
    ("yesterday", message("Yesterday")),
    ("7d", message("Last 7 days")),
    ("30d", message("Last 30 days")),
    ("91d", message("Last 91 days")),
    ("month", message("This month")),
    ("last-month", message("Last month")),
    ("year", message("This year")),
    ("12mo", message("Last 12 months")),
    ("all", message("All time")),
)


# The switcher lists these, and beyond them offers a search.
_MOST_IN_SWITCHER = 20


def site_or_404(context: Context, domain: str, action: Action) -> Site:
    """Returns the URL's site for an action on it. A URL with another form of the domain, or a former one, is redirected.

    A user who may not do the action is refused here, before a redirect shows the site's present domain.
    """
    found = find_site(context.app_db, domain)
    if found is None:
        abort(404)
    require(action, found)
    if found.domain != domain:
        values = {**(request.view_args or {}), "site": found.domain, **request.args.to_dict(flat=False)}
        abort(redirect(url_for(request.endpoint or "sites.index", **values), 308))
    return found


def selection_or_404(context: Context, domain: str, action: Action = Action.VIEW_REPORTS) -> Selection:
    """Returns the selection in the URL, for an action on its site."""
    return read_selection(context, site_or_404(context, domain, action), request.args)


def head(context: Context, selection: Selection) -> dict[str, Any]:
    """The template variables of the sticky head: sites, periods and the period's name in words."""
    language = current_language()
    period = selection.period
    return {
        "selection": selection,
        "site": selection.site,
        "zone": selection.zone,
        **_switcher(context, selection.site),
        "periods": [(text, translate(language, label)) for text, label in PERIODS],
        "period_name": period_name(language, selection),
        "period_days": dates.span(language, period.start, period.end),
        "last_day": period.end - timedelta(days=1),
    }


def _switcher(context: Context, site: Site) -> dict[str, Any]:
    """The sites that the switcher lists, the busiest first and this one in any case, and how many there are in all."""
    if not allowed(Action.LIST_SITES):
        return {"sites": [site], "number_of_sites": 1}
    found = site_order().by_busyness(find_sites(context.app_db))
    listed = found[:_MOST_IN_SWITCHER]
    if all(one.domain != site.domain for one in listed):
        listed = [*(one for one in found if one.domain == site.domain), *listed[:-1]]
    return {"sites": listed, "number_of_sites": len(found)}


def period_name(language: str, selection: Selection) -> str:
    """What the period is called: its name where it has one, else its days."""
    label = dict(PERIODS).get(selection.period_text)
    return translate(language, label) if label else dates.span(language, selection.period.start, selection.period.end)
