"""The page of the last 30 minutes: by minute, with the pages, sources, places and companies of now."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, make_response, render_template, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from dashboards.web.language import current_language
from dashboards.web.panels import read_panels
from dashboards.web.realtime.board import Answer, Board
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection, read_selection
from tracker.accounts.permissions import Action
from tracker.db.models import Site
from tracker.service.context import Context
from tracker.stats import traffic
from tracker.stats.periods import Period

MINUTES = 30
_PANELS = ("pages", "sources", "places", "companies")


class Minute(NamedTuple):
    """One minute: its clock time, its visitors and page views, and the height of its bar, 0 to 100."""

    clock: str
    visitors: int
    pageviews: int
    height: float


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("realtime", __name__, url_prefix="/<domain:site>/realtime")
    board = Board(time.monotonic)

    def answer(site: Site) -> Answer:
        return board.answer(
            site.id, current_language(), lambda: render_template("realtime_now.html", **_now(context, site))
        )

    @blueprint.get("")
    def show(site: str) -> str:
        selection = selection_or_404(context, site, Action.VIEW_REPORTS)
        html = Markup(answer(selection.site).html)  # noqa: S704 - a template made it
        return render_template("realtime.html", now_html=html, **head(context, selection))

    @blueprint.get("/now")
    def now(site: str) -> Response:
        """What moves on the page, for its script: 304 for one that has it."""
        found = answer(selection_or_404(context, site, Action.VIEW_REPORTS).site)
        response = make_response(found.html)
        response.set_etag(found.etag)
        response.headers["Cache-Control"] = "private, no-cache"
        return response.make_conditional(request.environ)

    return blueprint


def _now(context: Context, site: Site) -> dict[str, Any]:
    """The template variables of the half hour up to now."""
    selection = _selection(context, site)
    totals, course = traffic.course(context.event_store, selection.scope, "minute")
    visitors, pageviews = int(totals["visitors"].iloc[0]), int(totals["pageviews"].iloc[0])
    panels = read_panels(context, selection, _PANELS, current_language(), everybody=visitors)
    most = max(int(course["visitors"].max()), 1) if len(course) else 1
    return {
        "selection": selection,
        "site": site,
        "minutes": [
            Minute(f"{start:%H:%M}", int(by), int(views), round(100 * int(by) / most, 1))
            for start, by, views in zip(course["start"], course["visitors"], course["pageviews"], strict=True)
        ],
        "visitors": visitors,
        "pageviews": pageviews,
        "live": traffic.live_visitors(context.event_store, site.stored_as, context.now()),
        "panels": panels,
        # Asked only where the page says it instead of figures.
        "last_event_at": None if visitors else traffic.last_event_at(context.event_store, site.stored_as),
    }


def _selection(context: Context, site: Site) -> Selection:
    selection = read_selection(context, site, MultiDict())
    return replace(selection, period=_half_hour(selection, context.now()))


def _half_hour(selection: Selection, now: datetime) -> Period:
    """The running minute and those before it."""
    after = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    since, zone = after - timedelta(minutes=MINUTES), selection.zone
    first, last = since.astimezone(zone).date(), (after - timedelta(seconds=1)).astimezone(zone).date()
    return Period(first, last + timedelta(days=1), zone, "realtime", moments=(since, after))
