"""The leads of a site: companies by what they did, as a list and as a CSV file."""

from __future__ import annotations

from functools import partial

import pandas as pd
from flask import Blueprint, Response, abort, render_template, request

from dashboards.presentation.evidence import describe_stored
from dashboards.presentation.lead_rows import LeadRow, lead_rows
from dashboards.translations import DEFAULT_LANGUAGE, message
from dashboards.web.language import current_language
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action
from tracker.leads.export import leads_as_csv, leads_as_json
from tracker.leads.report import leads as leads_report
from tracker.service.context import Context

# Column → its heading, and whether it starts with the largest.
SORTS = {
    "score": (message("Score"), True),
    "company": (message("Company"), False),
    "last_seen": (message("Last seen"), True),
    "visits": (message("Visits"), True),
    "pageviews": (message("Pages"), True),
}


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("leads", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/leads")
    def show(site: str) -> str:
        selection = selection_or_404(context, site)
        rows = lead_rows(current_language(), _report(context, selection))
        sort = request.args.get("sort", "score")
        sort = sort if sort in SORTS else "score"
        backwards = request.args.get("order") == "reversed"
        return render_template(
            "leads.html",
            leads=_sorted([one for one in rows if one.sure], sort, backwards=backwards),
            unconfirmed=_sorted([one for one in rows if not one.sure], sort, backwards=backwards),
            sort=sort,
            backwards=backwards,
            sorts=SORTS,
            **head(context, selection),
        )

    @blueprint.get("/leads.csv")
    def download(site: str) -> Response:
        selection = selection_or_404(context, site, Action.EXPORT_REPORTS)
        if not selection.is_all_read:  # a file cannot say that it holds another period
            abort(400)
        frame = _report(context, selection)
        name = f"leads-{selection.site.domain}-{selection.period.start}.csv"
        return Response(
            leads_as_csv(leads_as_json(frame, partial(describe_stored, DEFAULT_LANGUAGE))),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
        )

    return blueprint


def _report(context: Context, selection: Selection) -> pd.DataFrame:
    return leads_report(context.event_store, selection.scope, confirmed=selection.site.confirmed_names)


def _sorted(rows: list[LeadRow], sort: str, *, backwards: bool) -> list[LeadRow]:
    """The report comes by score; a stable sort keeps that order among equals."""
    _, largest_first = SORTS[sort]
    if sort == "company":
        return sorted(rows, key=lambda one: one.company.casefold(), reverse=backwards)
    return sorted(rows, key=lambda one: getattr(one, sort), reverse=largest_first != backwards)
