"""Every hit of a site that was not counted, and why."""

from __future__ import annotations

from flask import Blueprint, render_template

from dashboards.web.context import DashboardContext
from dashboards.web.language import current_language
from dashboards.web.not_counted_rows import by_reason
from dashboards.web.site_pages import head, selection_or_404
from tracker.reports import traffic


def create_blueprint(context: DashboardContext) -> Blueprint:
    blueprint = Blueprint("not_counted", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/not-counted")
    def show(site: str) -> str:
        selection = selection_or_404(context, site)
        reasons = by_reason(
            current_language(), traffic.not_counted(context.store, selection.site.stored_as, selection.period)
        )
        pageviews = traffic.totals(context.store, selection.scope).iloc[0]["pageviews"]
        return render_template(
            "not_counted.html",
            reasons=reasons,
            hits=sum(one.hits for one in reasons),
            pageviews=int(pageviews),
            **head(context, selection),
        )

    return blueprint
