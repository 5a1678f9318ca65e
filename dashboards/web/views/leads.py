"""The leads of a site: companies by what they did, as a list and as files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from dashboards.presentation.companies.fit import FIT_FIRST
from dashboards.presentation.lead_files import MEDIA_TYPES, Form, LeadFile
from dashboards.presentation.lead_rows import lead_rows
from dashboards.translations import translate
from dashboards.web.first_day.checklist import geo_now
from dashboards.web.language import current_language
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.workflow.columns import COLUMNS, FIXED, sorted_rows
from dashboards.web.workflow.filter_bar import filter_bar
from dashboards.web.workflow.listing import Listing, read_listing
from dashboards.web.workflow.loading import companies_of
from dashboards.web.workflow.shown import words, work_choices, work_rows
from tracker.accounts.permissions import Action
from tracker.leads.files.crm_templates import TEMPLATES
from tracker.leads.listing.first_rows import PAGE, note_list
from tracker.leads.ranking import Ranking, rank
from tracker.leads.report import described, described_once
from tracker.leads.score_rules import rules_of
from tracker.leads.search import companies_found
from tracker.leads.workflow.views import all_views
from tracker.service.context import Context
from tracker.stats import traffic
from tracker.stats.filters.json import write_stored
from tracker.stats.rollups.moment import moment


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("leads", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/leads")
    def show(site: str) -> str:
        with moment(context.event_store) as store:
            return _list(replace(context, event_store=store), site)

    @blueprint.get(f"/leads.<any({', '.join(MEDIA_TYPES)}):form>")
    def download(site: str, form: Form) -> Response:
        selection = selection_or_404(context, site, Action.EXPORT_REPORTS)
        listing, template = read_listing(context, selection), request.args.get("for")
        known = template is None or template in TEMPLATES
        if (
            not (selection.is_all_read and known) or listing.unknown_view
        ):  # a file cannot say that it holds something else
            abort(400)
        frame = described(context.event_store, listing.scope, _ranked(context, listing))
        frame = companies_of(context, selection.site).described(frame)
        domain, language = selection.site.domain, None if request.args.get("words") == "codes" else current_language()
        pages = context.settings.public_url + url_for("leads.show", site=domain)
        content = LeadFile(
            language, selection.period.time_zone, pages, template, words(context, selection.site)
        ).content(frame, form)
        name = f"leads-{domain}-{selection.period.start}{f'-{template}' if template else ''}.{form}"
        return Response(
            content,
            mimetype=MEDIA_TYPES[form],
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
        )

    return blueprint


def _list(context: Context, site: str) -> str:
    """The page, all of one moment of the store that is the context's."""
    selection = selection_or_404(context, site)
    listing = read_listing(context, selection)
    ranking = _ranked(context, listing)
    rows, page = ranking.rows, listing.page
    shown = replace(ranking, rows=rows[(page - 1) * PAGE : page * PAGE])
    known = companies_of(context, selection.site)
    facts = described_once(context.event_store, listing.scope, shown)
    found = lead_rows(current_language(), known.described(facts))
    return render_template(
        "leads.html",
        listing=listing,
        leads=[one for one in found if one.sure],
        unconfirmed=[one for one in found if not one.sure],
        number=int(rows["sure"].sum()),
        has_more=len(rows) > page * PAGE,
        scored_on=ranking.of.day,
        fit_first=translate(current_language(), FIT_FIRST),
        work=work_rows(context, selection.site, {one.company_id: one.company for one in found}),
        geo=geo_now(),
        last_event_at=None if found else traffic.last_event_at(context.event_store, selection.site.stored_as),
        **_frame(context, listing),
        **work_choices(context, selection.site),
        **head(context, selection),
    )


def _ranked(context: Context, listing: Listing) -> Ranking:
    """All companies of the list, in its order."""
    store, site = context.event_store, listing.selection.site
    listed = companies_of(context, site).counted_as_listed(listing.filters, listing.scope)
    ranking = rank(store, listing.scope, now=context.now(), confirmed=listed, rules=rules_of(site))
    note_list(store, listing.scope, now=context.now(), confirmed=listed, rules=rules_of(site), page=listing.page)
    rows = companies_of(context, site).without_others(ranking.rows)
    if listing.search:
        registered = companies_of(context, site).facts.found(listing.search, current_language())
        rows = rows[rows["company"].isin(companies_found(store, listing.scope, listing.search) | registered)]
    said = words(context, site)
    known = companies_of(context, site)
    return replace(ranking, rows=sorted_rows(rows, listing.sort, known, said, backwards=listing.backwards))


def _frame(context: Context, listing: Listing) -> dict[str, Any]:
    """The template variables around the table: views, filters, columns."""
    site = listing.selection.site
    return {
        "views": all_views(context.app_db, site.id),
        "bar": filter_bar(context, listing.selection, words(context, site)),
        "stored_filters": write_stored(listing.filters),
        "all_columns": {key: column for key, column in COLUMNS.items() if key not in FIXED},
        "headings": COLUMNS,
        "choosing": "columns" in request.args,
    }
