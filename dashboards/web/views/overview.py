"""A site's overview: figures, chart, the leads that matter and the panels."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, render_template

from dashboards.translations import translate
from dashboards.web.details.page import FILE_FORMS, FileForm, details_file, details_page
from dashboards.web.first_day.checklist import checklist, geo_now
from dashboards.web.goals.panels import suggested_goals
from dashboards.web.language import current_language
from dashboards.web.overview.drawn import reader_of, this_app
from dashboards.web.overview.excluded import excluded_panel
from dashboards.web.overview.parts import Parts, overview_parts
from dashboards.web.overview.ready import note_overview
from dashboards.web.panels import BY_KEY, open_tabs, read_panels
from dashboards.web.sign_in.permission import allowed
from dashboards.web.site.caveats import caveats_in_words
from dashboards.web.site.pages import COMPARISONS, compared_days, head, selection_or_404
from dashboards.web.site.selection import Selection, comparing
from tracker.accounts.permissions import Action
from tracker.reference.naming_sources import missing_sources
from tracker.service.context import Context
from tracker.stats import traffic
from tracker.stats.comparisons import Mode
from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.moment import caveats_of, expect, moment, up_to_date
from tracker.stats.rollups.registry import TOTAL


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("overview", __name__, url_prefix="/<domain:site>")

    @blueprint.get("")
    def show(site: str) -> str:
        with moment(context.event_store) as store:
            return _overview(replace(context, event_store=store), site)

    @blueprint.get("/panels/<key>")
    def panel(site: str, key: str) -> str:
        """One panel alone, for the script that opens a tab in place."""
        if key not in BY_KEY:
            abort(404)
        selection, language = comparing(context, selection_or_404(context, site)), current_language()
        with moment(context.event_store) as store:
            everybody = traffic.visitors(store, selection.scope)
            (opened,) = read_panels(
                replace(context, event_store=store), selection, [key], language, everybody=everybody
            )
        return render_template(
            "panel.html", panel=opened, selection=selection, compared_days=compared_days(language, selection)
        )

    @blueprint.get("/breakdown/<dimension>")
    def breakdown(site: str, dimension: str) -> str:
        """All values of one dimension."""
        return details_page(context, site, dimension)

    @blueprint.get(f"/breakdown/<dimension>.<any({', '.join(FILE_FORMS)}):form>")
    def breakdown_file(site: str, dimension: str, form: FileForm) -> Response:
        return details_file(context, site, dimension, form)

    return blueprint


def _overview(context: Context, site: str) -> str:
    """The page, all of one moment of the store that is the context's."""
    selection = comparing(context, selection_or_404(context, site))
    if not selection.scope.filters:
        expect(context.event_store, [TOTAL, *open_tabs(selection), Dimension.IDENTIFICATION])
    geo, last_event_at = geo_now(), None
    missing = missing_sources(context.settings, knows_networks=geo.networks)
    app, reader = this_app(), reader_of(selection.site, missing)
    parts = overview_parts(app, context, selection, reader)
    if parts is None:
        last_event_at = traffic.last_event_at(context.event_store, selection.site.stored_as)
        if last_event_at is not None and last_event_at >= selection.period.start_at:
            # The first visit of a day came after the day's figures were counted.
            up_to_date(context.event_store)
            parts = overview_parts(app, context, selection, reader)
    if parts is not None:
        note_overview(app, context, selection, reader)
        excluded = excluded_panel(app, context, selection, reader)
        return _page(context, selection, parts, excluded=excluded, **checklist(selection.site, geo))
    if last_event_at is None:
        return render_template("overview_waiting.html", **checklist(selection.site, geo), **head(context, selection))
    return render_template("overview_empty.html", last_event_at=last_event_at, **head(context, selection))


def _page(context: Context, selection: Selection, parts: Parts, **others: Any) -> str:
    """The overview of a period with visits: its parts, and what belongs to its reader and to now."""
    language = current_language()
    return render_template(
        "overview.html",
        parts=parts,
        leads=parts.has_leads,
        **_goals(context, selection, language, parts),
        live=traffic.live_visitors_of_page(context.event_store, selection.site, context.now()),
        caveats=caveats_in_words(language, caveats_of(context.event_store)),
        **_comparison(language, selection),
        **others,
        **head(context, selection),
    )


def _goals(context: Context, selection: Selection, language: str, parts: Parts) -> dict[str, Any]:
    """The template variables of the panel of goals where none was reached: it has forms, which are their reader's own."""
    if parts.goals is not None:
        return {}
    return {
        "suggested_goals": suggested_goals(context, selection, language),
        "may_see_settings": allowed(Action.VIEW_SETTINGS, selection.site),
    }


def _comparison(language: str, selection: Selection) -> dict[str, Any]:
    """The template variables of the menu that says what is compared with."""
    shown = selection.compared or selection.uncounted
    own = selection.against and selection.against.days
    first, after = own or ((shown.start, shown.end) if shown else (selection.period.start, selection.period.end))
    return {
        "comparisons": [
            (None if mode is Mode.PREVIOUS else mode, translate(language, label)) for mode, label in COMPARISONS.items()
        ],
        "against_first": first,
        "against_last": after - timedelta(days=1),
    }
