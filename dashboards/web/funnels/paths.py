"""The page of paths: what visits view before and after one page. Each row follows them to the next page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from dashboards.presentation import numbers
from dashboards.translations import translate_plural
from dashboards.web.funnels.words import companies_counted
from dashboards.web.language import current_language
from dashboards.web.site.pages import head, selection_or_404
from tracker.service.context import Context
from tracker.stats.breakdowns import breakdown, titles
from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.moment import moment
from tracker.stats.site_pages.paths import Neighbour, paths

_ROWS = 12
_OFFERED = 20
_LONGEST_PAGE = 2000


@dataclass(frozen=True)
class PathRow:
    """A page before or after in words; without `page`, visits began or ended there."""

    page: str
    title: str
    visits: str
    share: str
    companies: str
    width: float


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("paths", __name__, url_prefix="/<domain:site>/paths")

    @blueprint.get("")
    def show(site: str) -> str:
        selection, language = selection_or_404(context, site), current_language()
        with moment(context.event_store) as store:
            viewed = breakdown(store, selection.scope, Dimension.PAGE, limit=_OFFERED)["value"]
            offered = [path for path in viewed if path]
            page = request.args.get("page", "").strip()[:_LONGEST_PAGE] or next(iter(offered), "")
            found = paths(store, selection.scope, page)
            sides = (found.before[:_ROWS], found.after[:_ROWS])
            named = {page, *(one.page for side in sides for one in side if one.page)}
            title_of = titles(store, selection.scope, sorted(named)) if found.visits else {}
        shown: dict[str, Any] = {
            name: _rows(language, side, found.visits, title_of)
            for name, side in zip(("before", "after"), sides, strict=True)
        }
        return render_template(
            "paths.html",
            page=page,
            page_dimension=Dimension.PAGE,
            page_title=title_of.get(page, ""),
            offered=offered,
            number=found.visits,
            visits=translate_plural(
                language,
                "%(count)s visit",
                "%(count)s visits",
                found.visits,
                count=numbers.count(language, found.visits),
            ),
            companies=companies_counted(language, found.companies),
            **shown,
            **head(context, selection),
        )

    return blueprint


def _rows(language: str, side: Sequence[Neighbour], visits: int, title_of: dict[str, str]) -> list[PathRow]:
    most = max((one.visits for one in side), default=1)
    return [
        PathRow(
            page=one.page or "",
            title=title_of.get(one.page or "", ""),
            visits=numbers.count(language, one.visits),
            share=numbers.percent(language, one.visits / visits),
            companies=companies_counted(language, one.companies) if one.companies else "",
            width=round(100 * one.visits / most, 1),
        )
        for one in side
    ]
