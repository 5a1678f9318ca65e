"""What a site's last thirteen weeks advise, with the visits that each advice rests on, and the figures behind it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from dashboards.presentation import dates
from dashboards.presentation.advice.networks import networks_by_kind
from dashboards.presentation.advice.slots import heatmap
from dashboards.presentation.advice.words import needed, said
from dashboards.web.language import current_language
from dashboards.web.site.pages import head, selection_or_404
from tracker.db.models import Site
from tracker.leads.segments.asked import KnownCompanies
from tracker.reports.advice.advice import Advice, advice_of_site
from tracker.reports.advice.window import window
from tracker.service.context import Context
from tracker.stats.rollups.moment import moment, once_of_past
from tracker.stats.scope import Scope


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("advice", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/advice")
    def show(site: str) -> str:
        selection, language = selection_or_404(context, site), current_language()
        found = advice_of_weeks(context, selection.site)
        when = found.rhythms
        return render_template(
            "advice.html",
            said=[said(language, one) for one in found.findings],
            needed=needed(language, found.needs),
            days=dates.span(language, found.period.start, found.period.end),
            visitors=heatmap(language, when.visitors),
            companies=heatmap(language, when.companies),
            of_networks=[(name, heatmap(language, one)) for name, one in when.networks.items()],
            kinds=networks_by_kind(language, found.networks),
            **head(context, selection),
        )

    return blueprint


def advice_of_weeks(context: Context, site: Site) -> Advice:
    """The advice of the last complete weeks, which is kept until one of their events changes: hits of today are none."""
    with moment(context.event_store) as store:
        known = KnownCompanies(context.app_db, store, site, context.now())
        counted, confirmed = known.not_counted(), tuple(site.confirmed_names)
        weeks = Scope(site.stored_as, window(known.today, ZoneInfo(site.time_zone)))
        question = ("advice", counted, confirmed)
        return once_of_past(store, weeks, question, lambda: advice_of_site(store, site, known.today, counted=counted))
