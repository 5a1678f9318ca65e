"""One company as a site's publisher sees it: score and its reasons, visits, and how it was recognised."""

from __future__ import annotations

from flask import Blueprint, render_template

from dashboards.web.context import DashboardContext
from dashboards.web.language import current_language
from dashboards.web.lead_rows import lead_rows
from dashboards.web.site_pages import head, selection_or_404
from dashboards.web.timeline import stories
from tracker.reports.leads import company_visits, leads

_VISITS = 40


def create_blueprint(context: DashboardContext) -> Blueprint:
    blueprint = Blueprint("company", __name__, url_prefix="/<domain:site>")

    # A name may hold slashes, two in a row as well.
    @blueprint.get("/leads/<path:name>", merge_slashes=False)
    def show(site: str, name: str) -> str:
        selection, language = selection_or_404(context, site), current_language()
        # All leads are read, so that a company has the score here that it has in the list.
        rows = lead_rows(language, leads(context.store, selection.scope))
        lead = next((one for one in rows if one.company == name), None)
        visits = stories(language, company_visits(context.store, selection.scope, name, limit=_VISITS))
        return render_template(
            "company.html",
            name=name,
            lead=lead,
            visits=visits,
            more_visits=max(lead.visits - len(visits), 0) if lead else 0,
            **head(context, selection),
        )

    return blueprint
