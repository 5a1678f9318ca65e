"""The parts of an overview that are drawn once: figures, chart, its first leads, and panels.

Their page adds what belongs to its reader and to now: the head, the forms, who is there, the excluded traffic.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import pandas as pd
from flask import Flask

from dashboards.presentation import dates
from dashboards.presentation.companies.identified import how_much_is_named, source_name
from dashboards.presentation.figures import figures
from dashboards.presentation.lead_rows import LeadRow, lead_rows
from dashboards.translations import translate
from dashboards.web.annotations.marks import marks
from dashboards.web.goals.panels import panels as goal_panels
from dashboards.web.overview.drawn import Part, Reader, drawn, for_nobody, part
from dashboards.web.panels import BY_KEY, read_panels
from dashboards.web.site.course_chart import INTERVAL_NAMES, course_chart
from dashboards.web.site.pages import compared_days
from dashboards.web.site.selection import Selection
from dashboards.web.workflow.loading import companies_of, listed_of
from tracker.leads.confirmations import confirmed_names
from tracker.leads.listing.first_rows import first_leads
from tracker.leads.score_rules import rules_of
from tracker.service.context import Context
from tracker.stats import traffic
from tracker.stats.companies.identified import identified
from tracker.stats.dimensions import Dimension
from tracker.stats.metrics import METRICS

_LEADS = 5
_SHOWN = ["visitors", "pageviews"]


@dataclass(frozen=True)
class Parts:
    """`goals` is None where none was reached: what the site receives instead is offered with forms."""

    figures: Part
    chart: Part
    has_leads: bool
    leads: Part
    first_panels: Part
    goals: Part | None
    actions: Part
    other_panels: Part


def overview_parts(app: Flask, context: Context, selection: Selection, reader: Reader) -> Parts | None:
    """The parts of a period with visits; None where there are none."""

    def draw() -> Parts | None:
        return _draw(app, context, selection, reader)

    version = context.app_db.version()
    if version is None:
        return draw()
    return cast(
        "Parts | None", drawn(context.event_store, "parts", selection, reader, _now(context, selection, version), draw)
    )


def _now(context: Context, selection: Selection, version: Hashable) -> Hashable:
    """What of now the parts depend on: what people set, which intervals have begun, what is compared with."""
    return version, context.now().replace(second=0, microsecond=0), selection.compared, selection.uncounted


def _draw(app: Flask, context: Context, selection: Selection, reader: Reader) -> Parts | None:
    now, series = traffic.course(context.event_store, selection.scope, selection.interval)
    if not now[_SHOWN].to_numpy().any():
        return None
    with for_nobody(app, reader, selection.site):
        return _parts(app, context, selection, reader, now, series)


def _parts(
    app: Flask, context: Context, selection: Selection, reader: Reader, now: pd.DataFrame, series: pd.DataFrame
) -> Parts:
    language, scope = reader.language, selection.compared_scope
    before, earlier = (None, None) if scope is None else traffic.course(context.event_store, scope, selection.interval)
    of_all = {
        "language": language,
        "selection": selection,
        "site": selection.site,
        "compared_days": compared_days(language, selection),
        "figures": figures(language, _first_row(now), None if before is None else _first_row(before)),
    }
    leads = _leads(context, selection, language)
    panels = read_panels(context, selection, list(BY_KEY), language, everybody=int(now["visitors"].iloc[0]))
    goals = goal_panels(context, selection, language, visits=int(now["visits"].iloc[0]))
    of_goals = of_all | goals | {"goal_dimension": Dimension.GOAL, "may_see_settings": reader.may_see_settings}
    return Parts(
        figures=part(app, "overview_figures.html", of_all),
        chart=part(app, "chart.html", of_all | _chart(context, selection, language, series, earlier)),
        has_leads=bool(leads),
        leads=part(app, "overview_leads.html", of_all | {"leads": leads} | _named(context, selection, reader)),
        first_panels=part(app, "overview_panels.html", of_all | {"panels": panels[:2]}),
        goals=part(app, "goals_panel.html", of_goals) if goals["goal_rows"] else None,
        actions=part(app, "actions_panel.html", of_goals),
        other_panels=part(app, "overview_panels.html", of_all | {"panels": panels[2:]}),
    )


def _chart(
    context: Context, selection: Selection, language: str, series: pd.DataFrame, earlier: pd.DataFrame | None
) -> dict[str, Any]:
    period, uncounted = selection.period, selection.uncounted
    return {
        "annotations": marks(context, selection, list(series["start"])),
        "chart": course_chart(context.now(), selection, language, series, earlier),
        "metric_label": translate(language, METRICS[selection.metric].label),
        "intervals": [(one, translate(language, INTERVAL_NAMES[one])) for one in period.intervals],
        "period_days": dates.span(language, period.start, period.end),
        "uncounted_days": uncounted and dates.span(language, uncounted.start, uncounted.end),
    }


def _leads(context: Context, selection: Selection, language: str) -> list[LeadRow]:
    site, scope = selection.site, selection.scope
    asked = replace(scope, filters=(*scope.filters, *listed_of(context, site, selection.filters)))
    confirmed, rules, now = confirmed_names(context.event_store, site), rules_of(site), context.now()
    found = first_leads(context.event_store, asked, now=now, confirmed=confirmed, rules=rules, number=_LEADS)
    return lead_rows(language, companies_of(context, site).described(found.copy()))


def _named(context: Context, selection: Selection, reader: Reader) -> dict[str, Any]:
    """The template variables on how much of a period's visits is named, and what would name more of them."""
    found = None if selection.filters else identified(context.event_store, selection.scope)
    return {
        "zone": selection.zone,
        "named": how_much_is_named(reader.language, found) if found and found.visits else "",
        "naming_sources": [(one.value, source_name(reader.language, one)) for one in reader.missing],
        "may_see_status": reader.may_see_status,
    }


def _first_row(totals: pd.DataFrame) -> Mapping[str, float]:
    return {str(name): value for name, value in totals.iloc[0].items()}
