"""When people come: visits, companies and goals by weekday and hour, as a table that is coloured."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from dashboards.presentation import dates
from dashboards.presentation.advice.slots import days_in_words, heatmap
from dashboards.translations import message, translate
from dashboards.web.language import current_language
from dashboards.web.site.pages import head, selection_or_404
from tracker.leads.confirmations import confirmed_names
from tracker.reports.advice.rhythm import Rhythm
from tracker.reports.timing import WHAT, What, timing
from tracker.service.context import Context
from tracker.stats.goals import goals_of
from tracker.stats.rollups.moment import moment

_NAMES = {"visits": message("Visits"), "companies": message("Companies"), "goals": message("Goals")}
_MEANINGS = {
    "visits": message("Visits by the hour in which they began."),
    "companies": message("Named companies, each once an hour."),
    "goals": message("Goals that were reached."),
}


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("timing", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/timing")
    def show(site: str) -> str:
        selection, language = selection_or_404(context, site), current_language()
        goals = goals_of(selection.site)
        offered = [one for one in WHAT if one != "goals" or goals]
        what: What = next((one for one in offered if one == request.args.get("of")), "visits")
        with moment(context.event_store) as store:
            confirmed = confirmed_names(store, selection.site) if what == "companies" else ()
            found = timing(store, selection.scope, what, goals, confirmed)
        return render_template(
            "timing.html",
            what=what,
            tabs=[(one, translate(language, _NAMES[one])) for one in offered],
            meaning=translate(language, _MEANINGS[what]),
            map=heatmap(language, found),
            busiest=_busiest(language, found) if found.visits else "",
            **head(context, selection),
        )

    return blueprint


def _busiest(language: str, found: Rhythm) -> str:
    """The hour of the week with the most, in words."""
    day, hour = max(
        ((day, hour) for day in range(len(found.cells)) for hour in range(len(found.cells[day]))),
        key=lambda slot: found.cells[slot[0]][slot[1]],
    )
    return translate(
        language,
        "Most: %(days)s at %(hour)s.",
        days=days_in_words(language, [day]),
        hour=dates.hour(language, hour),
    )
