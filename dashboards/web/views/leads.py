"""The leads of a site: companies by what they did, as a list and as a CSV file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from flask import Blueprint, Response, abort, render_template, request

from dashboards.presentation.lead_csv import leads_in_words
from dashboards.presentation.lead_rows import lead_rows
from dashboards.translations import message
from dashboards.web.first_day.checklist import geo_now
from dashboards.web.language import current_language
from dashboards.web.pages import page_number
from dashboards.web.rendering import selection_url
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.shown import work_choices, work_rows
from tracker.accounts.permissions import Action
from tracker.leads.ranking import rank
from tracker.leads.report import described
from tracker.leads.report import leads as leads_report
from tracker.leads.rules import rules_of
from tracker.leads.search import companies_found
from tracker.service.context import Context

_PAGE = 100
_LONGEST_SEARCH = 100

# Column → its heading, and whether it starts with the largest; None for one that is not sorted by.
HEADINGS: dict[str, tuple[str, bool | None]] = {
    "score": (message("Score"), True),
    "company": (message("Company"), False),
    "why": (message("Why"), None),
    "status": (message("Lead status"), None),
    "kind": (message("Relationship"), None),
    "owner": (message("Owner"), None),
    "tags": (message("Tags"), None),
    "reminder": (message("Reminder"), None),
    "last_seen": (message("Last seen"), True),
    "visits": (message("Visits"), True),
    "pageviews": (message("Pages"), True),
    "sources": (message("Sources"), None),
}
SORTS = frozenset(key for key, (_, largest_first) in HEADINGS.items() if largest_first is not None)
_FIRST_COLUMNS = ("why", "status", "last_seen", "visits", "pageviews", "sources")
_CLASSES = {
    "score": "leads-score",
    "company": "leads-company",
    "why": "leads-why lead-why",
    "status": "leads-status",
    "last_seen": "leads-when",
    "visits": "number leads-number",
    "pageviews": "number leads-number",
    "sources": "wide muted",
}


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("leads", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/leads")
    def show(site: str) -> str:
        selection, page = selection_or_404(context, site), page_number(request.args)
        store, scope, confirmed = context.event_store, selection.scope, selection.site.confirmed_names
        search = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
        sort = request.args.get("sort", "score")
        sort = sort if sort in SORTS else "score"
        backwards = request.args.get("order") == "reversed"
        ranking = rank(store, scope, now=context.now(), confirmed=confirmed, rules=rules_of(selection.site))
        rows = ranking.rows
        if search:
            rows = rows[rows["company"].isin(companies_found(store, scope, search))]
        rows = _sorted(rows, sort, backwards=backwards)
        shown = replace(ranking, rows=rows[(page - 1) * _PAGE : page * _PAGE])
        found = lead_rows(current_language(), described(store, scope, shown))
        asked: dict[str, Any] = {"q": search or None, "sort": sort if sort != "score" else None}
        asked |= {"order": "reversed" if backwards else None, "page": page if page > 1 else None}
        return render_template(
            "leads.html",
            list_url=lambda **changes: selection_url(selection, "leads.show", **(asked | changes)),
            work=work_rows(context, selection.site, [one.company_id for one in found]),
            columns=_FIRST_COLUMNS,
            headings=HEADINGS,
            classes=dict.fromkeys(HEADINGS, "wide muted") | _CLASSES,
            **work_choices(context, selection.site),
            leads=[one for one in found if one.sure],
            unconfirmed=[one for one in found if not one.sure],
            number=int(rows["sure"].sum()),
            search=search,
            searchable=bool(search) or len(ranking.rows) > _PAGE,
            page=page,
            has_more=len(rows) > page * _PAGE,
            sort=sort,
            backwards=backwards,
            scored_on=ranking.of.day,
            geo=geo_now(),
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
            leads_in_words(current_language(), frame, selection.period.time_zone),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
        )

    return blueprint


def _report(context: Context, selection: Selection) -> pd.DataFrame:
    site = selection.site
    return leads_report(
        context.event_store,
        selection.scope,
        now=context.now(),
        confirmed=site.confirmed_names,
        rules=rules_of(site),
    )


def _sorted(rows: pd.DataFrame, sort: str, *, backwards: bool) -> pd.DataFrame:
    """The certain ones first; among equals the ranking's own order, by score."""
    _, largest_first = HEADINGS[sort]
    if rows.empty:
        return rows
    keys = rows[sort].str.casefold() if sort == "company" else rows[sort]
    order = keys.sort_values(ascending=largest_first == backwards, kind="stable").index
    return rows.loc[order].sort_values("sure", ascending=False, kind="stable")
