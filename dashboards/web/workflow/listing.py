"""What the list of leads shows, read from its URL: the view, the search, the order, the columns and the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import request, session

from dashboards.web.pages import page_number
from dashboards.web.site.links import selection_url
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.columns import SORTS, chosen_columns
from dashboards.web.workflow.loading import companies_of, listed_of, of_events
from tracker.leads.workflow.views import View, find_view
from tracker.service.context import Context
from tracker.stats.filters import Filter
from tracker.stats.scope import Scope

_LONGEST_SEARCH = 100
# The columns that somebody chose stay chosen on their device.
_COLUMNS = "lead_columns"


@dataclass(frozen=True)
class Listing:
    """`filters` are those of the view and of the selection; `scope` has them as events are asked."""

    selection: Selection
    view: View | None
    unknown_view: str
    filters: tuple[Filter, ...]
    scope: Scope
    search: str
    sort: str
    backwards: bool
    columns: tuple[str, ...]
    page: int

    @property
    def kept(self) -> dict[str, Any]:
        """The arguments of the URL beyond the selection's."""
        usual = self.view.sort if self.view else "score"
        return {
            "view": self.view.key if self.view else None,
            "q": self.search or None,
            "sort": self.sort if self.sort != usual else None,
            "order": "reversed" if self.backwards else None,
        }

    def url(self, **changes: Any) -> str:
        """The URL of the list with changes to single arguments."""
        here = {"page": self.page if self.page > 1 else None}
        return selection_url(self.selection, "leads.show", **(self.kept | here | changes))


def read_listing(context: Context, selection: Selection) -> Listing:
    """Reads the list's own arguments of the request's URL. An unknown view shows all companies, and is told."""
    arguments, site = request.args, selection.site
    key = arguments.get("view", "")
    view = find_view(context.app_db, site.id, key) if key else None
    sort = arguments.get("sort", view.sort if view else "score")
    filters = (*(view.filters if view else ()), *selection.filters)
    asked = of_events(context, site, view.filters, selection.period) if view else ()
    events_filters = (*asked, *selection.events_filters, *listed_of(context, site, filters))
    return Listing(
        selection=selection,
        view=view,
        unknown_view=key[:60] if key and view is None else "",
        filters=filters,
        scope=replace(selection.scope, filters=events_filters),
        search=arguments.get("q", "").strip()[:_LONGEST_SEARCH],
        sort=sort if sort in SORTS else "score",
        backwards=arguments.get("order") == "reversed",
        columns=_columns(view, has_fit=bool(companies_of(context, site).fits.rules)),
        page=page_number(arguments),
    )


def _columns(view: View | None, *, has_fit: bool) -> tuple[str, ...]:
    asked = request.args.getlist("c")
    if asked:
        session[_COLUMNS] = list(chosen_columns(asked))
    elif view is not None and view.columns:
        return chosen_columns(view.columns)
    return chosen_columns(session.get(_COLUMNS, ()), has_fit=has_fit)
