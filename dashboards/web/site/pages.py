"""What every page of one site needs: the site in the URL, or 404, and what its head shows."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, request, url_for

from dashboards.presentation import dates
from dashboards.translations import message, translate
from dashboards.web.filters.goals import goal_names
from dashboards.web.language import current_language
from dashboards.web.sign_in.permission import allowed, require
from dashboards.web.site.asked_periods import Problem
from dashboards.web.site.selection import Selection, read_selection
from dashboards.web.site.site_order import site_order
from tracker.accounts.permissions import Action
from tracker.db.models import Site
from tracker.service.context import Context
from tracker.sites.sites import find_site, find_sites, site_to_show
from tracker.stats.comparisons import Mode
from tracker.stats.periods import Unread, beside, parse_period

PERIODS = (
    ("today", message("Today")),
    ("yesterday", message("Yesterday")),
    ("week", message("This week")),
    ("7d", message("Last 7 days")),
    ("30d", message("Last 30 days")),
    ("91d", message("Last 91 days")),
    ("month", message("This month")),
    ("last-month", message("Last month")),
    ("year", message("This year")),
    ("12mo", message("Last 12 months")),
    ("all", message("All time")),
)

COMPARISONS = {Mode.PREVIOUS: message("Previous period"), Mode.YEAR: message("Same period a year before")}
_COMPARED_WITH = {Mode.PREVIOUS: message("vs previous period"), Mode.YEAR: message("vs a year before")}
# The keys of the keyboard that choose a period.
KEYS = {"today": "d", "yesterday": "e", "week": "w", "30d": "t", "month": "m", "year": "y", "all": "a"}
_PROBLEMS = {
    Unread.UNKNOWN: message("“%(text)s” is not a period."),
    Unread.BACKWARDS: message("“%(text)s” ends before it begins."),
    Unread.OUT_OF_RANGE: message("“%(text)s” lies outside of the years that can be shown."),
}
# The pages whose figures filters narrow.
_FILTERED = frozenset(
    (
        "overview.show",
        "overview.breakdown",
        "timing.show",
        "funnels.show",
        "paths.show",
        "broken_links.show",
        "leads.show",
        "company.show",
        "sharing.show",
    )
)
# The switcher lists these, and beyond them offers a search.
_MOST_IN_SWITCHER = 20


def site_or_404(context: Context, domain: str, action: Action) -> Site:
    """Returns the URL's site for an action on it. A URL with another form of the domain, or a former one, is redirected.

    A user who may not do the action is refused here, before a redirect shows the site's present domain.
    """
    # A page that shows a site changes nothing of it.
    found = (site_to_show if request.method == "GET" else find_site)(context.app_db, domain)
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
    g.goal_names = goal_names(language, selection.site)
    return {
        "selection": selection,
        "can_filter": request.endpoint in _FILTERED,
        "site": selection.site,
        "zone": selection.zone,
        **_switcher(context, selection.site),
        "periods": [(text, translate(language, label), KEYS.get(text)) for text, label in PERIODS],
        "earlier": beside(period, -1),
        "later": _not_after(beside(period, 1), context, selection),
        "compared_name": compared_name(language, selection),
        "compared_days": compared_days(language, selection),
        "has_not_begun": period.start_at > context.now(),
        "period_problem": selection.unread_period and _problem(language, selection.unread_period),
        "against_problem": selection.unread_against and _problem(language, selection.unread_against),
        "period_name": period_name(language, selection),
        "period_days": dates.span(language, period.start, period.end),
        "last_day": period.last_day,
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


def compared_days(language: str, selection: Selection) -> str | None:
    """The days of the period that is compared with, as far as it goes."""
    other = selection.compared
    return None if other is None else dates.span(language, other.start, other.end)


def compared_name(language: str, selection: Selection) -> str:
    """What is compared with, in words."""
    if selection.against is None:
        return translate(language, "No comparison")
    if selection.against.days is not None:
        return translate(language, "vs %(period)s", period=dates.span(language, *selection.against.days))
    return translate(language, _COMPARED_WITH[selection.against.mode])


def _problem(language: str, problem: Problem) -> str:
    return translate(language, _PROBLEMS[problem.reason], text=problem.text)


def _not_after(text: str | None, context: Context, selection: Selection) -> str | None:
    """A period beside the selection's, unless it has not begun."""
    if text is None:
        return None
    today = context.now().astimezone(selection.zone).date()
    later = parse_period(text, today=today, time_zone=selection.zone)
    return text if later.start <= today else None
