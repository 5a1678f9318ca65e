"""The sites: their list, adding one, its snippet with the wait for the first hit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.core import get_global
from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from dashboards.presentation import dates
from dashboards.presentation.embed_code import tags
from dashboards.presentation.not_counted_rows import by_reason
from dashboards.web.chart import sparkline
from dashboards.web.domains.removed import removed_rows
from dashboards.web.language import current_language
from dashboards.web.pages import page_number
from dashboards.web.sign_in.permission import require
from dashboards.web.site import unknown_sites
from dashboards.web.site.forms import describe_problem, time_zone_names
from dashboards.web.site.hosts import SEEN_DAYS, seen_hosts
from dashboards.web.site.pages import head, selection_or_404, site_or_404
from dashboards.web.site.site_order import site_order
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.enrichment.text import visible_text
from tracker.enrichment.text.urls import is_development_host
from tracker.service.context import Context
from tracker.sites.sites import ListedSite, add_site, find_sites
from tracker.stats import traffic
from tracker.stats.periods import Period, parse_period

_PAGE = 100
# With fewer, whoever looks for one sees it.
_SEARCHED_FROM = 10
_LONGEST_SEARCH = 253


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("sites", __name__)

    @blueprint.get("/sites")
    def index() -> str | BaseResponse:
        require(Action.LIST_SITES)
        search, page = request.args.get("q", "").strip()[:_LONGEST_SEARCH], page_number(request.args)
        found = find_sites(context.app_db, search=search)
        removed = removed_rows(context)
        if not found and not search and not removed:
            return redirect(url_for("sites.add"))
        if len(found) <= (page - 1) * _PAGE and page > 1:
            return redirect(url_for("sites.index", q=search or None))
        return render_template(
            "sites.html",
            summaries=_summaries(found, page),
            removed=removed,
            search=search,
            searchable=bool(search) or len(found) > _SEARCHED_FROM,
            page=page,
            has_more=len(found) > page * _PAGE,
        )

    @blueprint.route("/sites/add", methods=["GET", "POST"])
    def add() -> tuple[str, int] | str | BaseResponse:
        require(Action.ADD_SITE)
        if request.method != "POST":
            return _add_form()
        try:
            site = add_site(
                context.app_db,
                request.form.get("domain", ""),
                now=context.now(),
                time_zone=request.form.get("time_zone", ""),
                language=current_language(),
            )
        except Invalid as problem:
            return _add_form(problem), 422
        return redirect(url_for("sites.setup", site=site.domain))

    @blueprint.get("/<domain:site>/setup")
    def setup(site: str) -> str:
        selection = selection_or_404(context, site, Action.VIEW_SETTINGS)
        return render_template(
            "setup.html",
            tags=tags(context.settings, selection.site.domain),
            first=_first_hit(context, selection.site),
            is_local=is_development_host(urlsplit(context.settings.public_url).hostname or ""),
            seen_hosts=seen_hosts(context, selection.site),
            seen_days=SEEN_DAYS,
            **head(context, selection),
        )

    @blueprint.get("/<domain:site>/first-hit")
    def first_hit(site: str) -> Response:
        """What the setup page waits for: {"received", "page", "when", "problem"}."""
        answer = jsonify(_first_hit(context, site_or_404(context, site, Action.VIEW_REPORTS)))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return blueprint


def _summaries(sites: Sequence[ListedSite], page: int) -> list[dict[str, Any]]:
    """A page of the sites with their visitors of a week, the busiest first; one is waited for until its first event."""
    figures = site_order().figures(sites)
    ordered = sorted(sites, key=lambda site: (-figures[site.stored_as].visitors, site.domain))
    shown = ordered[(page - 1) * _PAGE : page * _PAGE]
    return [
        {
            "domain": site.domain,
            "name": site.name,
            "visitors": figures[site.stored_as].visitors,
            "spark": sparkline(_whole_days(figures[site.stored_as].by_day)),
            "is_waiting": not figures[site.stored_as].has_events,
        }
        for site in shown
    ]


def _whole_days(by_day: Sequence[float]) -> Sequence[float]:
    """The days that are over, since the line would fall towards today's few; all on the first day of a site."""
    return by_day[:-1] if any(by_day[:-1]) else by_day


def _period(context: Context, site: Site, text: str) -> Period:
    zone = ZoneInfo(site.time_zone)
    return parse_period(text, today=context.now().astimezone(zone).date(), time_zone=zone)


def _first_hit(context: Context, site: Site) -> dict[str, Any]:
    """Whether a hit of the site is stored and which page came last; else why the last hits were not counted."""
    zone = ZoneInfo(site.time_zone)
    last_at = traffic.last_event_at(context.event_store, site.stored_as)
    if last_at is None:
        return {"received": False, "page": None, "when": None, "problem": _problem(context, site)}
    page = visible_text(traffic.last_page(context.event_store, site.stored_as) or "/")
    when = dates.ago(current_language(), last_at, context.now(), zone)
    return {"received": True, "page": page, "when": when, "problem": None}


def _problem(context: Context, site: Site) -> str | None:
    """Returns why a site's hits are not counted: another name in the snippet, or a rule; None while no hit has arrived."""
    language, since = current_language(), context.now().date() - timedelta(days=1)
    misnamed = unknown_sites.of_site(context, site, since=since, waits=True)
    refused = by_reason(
        language, traffic.not_counted(context.event_store, site.stored_as, _period(context, site, "7d"))
    )
    if misnamed:
        return misnamed[0].words
    return refused[0].words(language) if refused else None


def _add_form(problem: Invalid | None = None) -> str:
    return render_template(
        "add_site.html",
        domain=request.form.get("domain") or request.args.get("domain", "")[:_LONGEST_SEARCH],
        time_zone=request.form.get("time_zone") or _time_zone_of_the_language(),
        is_typed="time_zone" in request.form,
        time_zones=time_zone_names(),
        problem=None if problem is None else describe_problem(problem),
    )


def _time_zone_of_the_language() -> str:
    """That of the browser's language, for those without JavaScript: its country's, where that has only one."""
    for asked in request.accept_languages.values():
        zones = get_global("territory_zones").get(asked.partition("-")[2].upper(), [])
        if len(zones) == 1:
            return str(zones[0])
    return "Europe/Paris" if current_language() == "fr" else "Etc/UTC"
