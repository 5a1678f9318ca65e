"""The links that lead to no page, with where they stand, so that somebody can put them right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template

from dashboards.web.site.pages import head, selection_or_404
from tracker.reports.broken_links import BrokenLink, Origin, broken_links
from tracker.service.context import Context
from tracker.stats.breakdowns import titles
from tracker.stats.rollups.moment import moment

_MOST = 200


@dataclass(frozen=True)
class LinkRow:
    """A broken link; `origins` are the places with the link: its words, whether it is a page of the site, and how often."""

    path: str
    times: int
    visitors: int
    last_at: datetime
    origins: list[tuple[str, bool, int]]


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("broken_links", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/broken-links")
    def show(site: str) -> str:
        selection = selection_or_404(context, site)
        with moment(context.event_store) as store:
            found = broken_links(store, selection.scope)[:_MOST]
            pages = sorted({origin.page for one in found for origin, _ in one.origins if origin.page})
            named = titles(store, selection.scope, pages)
        return render_template(
            "broken_links.html", rows=[_row(one, named) for one in found], **head(context, selection)
        )

    return blueprint


def _row(one: BrokenLink, named: dict[str, str]) -> LinkRow:
    origins = [(_words(origin, named), origin.page is not None, times) for origin, times in one.origins]
    assert one.last_at is not None  # it was met at least once
    return LinkRow(one.path, one.times, one.visitors, one.last_at.replace(tzinfo=UTC), origins)


def _words(origin: Origin, named: dict[str, str]) -> str:
    if origin.page is not None:
        title = named.get(origin.page)
        return f"{title} ({origin.page})" if title else origin.page
    return origin.referrer or ""
