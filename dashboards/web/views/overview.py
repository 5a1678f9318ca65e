"""A site's overview: figures, chart, the leads that matter and the panels."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from flask import Blueprint, abort, render_template, request

from dashboards.presentation import dates
from dashboards.presentation.figures import figures, word_value
from dashboards.presentation.lead_rows import LeadRow, lead_rows
from dashboards.presentation.not_counted_rows import by_reason
from dashboards.translations import translate
from dashboards.web.chart import Chart, Point, draw
from dashboards.web.first_day.checklist import checklist
from dashboards.web.language import current_language
from dashboards.web.pages import page_number
from dashboards.web.panels import BY_KEY, DIMENSION_TITLES, breakdown_rows, read_panels
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection
from tracker.leads.report import leads
from tracker.service.context import Context
from tracker.stats import traffic
from tracker.stats.dimensions import BY_NAME
from tracker.stats.metrics import METRICS

_LEADS = 5
_PAGE = 100


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("overview", __name__, url_prefix="/<domain:site>")

    @blueprint.get("")
    def show(site: str) -> str:
        selection = selection_or_404(context, site)
        last_event_at = traffic.last_event_at(context.event_store, selection.site.stored_as)
        if last_event_at is None:
            return render_template("overview_waiting.html", **checklist(selection.site), **head(context, selection))
        now, series = traffic.course(context.event_store, selection.scope)
        if not now[["visitors", "pageviews"]].to_numpy().any():
            return render_template("overview_empty.html", last_event_at=last_event_at, **head(context, selection))
        return _page(context, _comparable(context, selection), now, series)

    @blueprint.get("/panels/<key>")
    def panel(site: str, key: str) -> str:
        """One panel alone, for the script that opens a tab in place."""
        if key not in BY_KEY:
            abort(404)
        selection = selection_or_404(context, site)
        everybody = traffic.visitors(context.event_store, selection.scope)
        (opened,) = read_panels(context, selection, [key], current_language(), everybody=everybody)
        return render_template("panel.html", selection=selection, panel=opened)

    @blueprint.get("/breakdown/<dimension>")
    def breakdown(site: str, dimension: str) -> str:
        """All values of one dimension."""
        if dimension not in {one.value for one in DIMENSION_TITLES}:
            abort(404)
        selection, language, chosen = selection_or_404(context, site), current_language(), BY_NAME[dimension]
        page = page_number(request.args)
        rows = breakdown_rows(context, selection, chosen, language, limit=_PAGE + 1, offset=(page - 1) * _PAGE)
        return render_template(
            "breakdown.html",
            dimension=chosen,
            title=translate(language, DIMENSION_TITLES[chosen]),
            rows=rows[:_PAGE],
            page=page,
            has_more=len(rows) > _PAGE,
            **head(context, selection),
        )

    return blueprint


def _page(context: Context, selection: Selection, now: pd.DataFrame, series: pd.DataFrame) -> str:
    """The overview of a period with visits: `now` are its totals, `series` its course."""
    language = current_language()
    before, earlier = (
        traffic.course(context.event_store, selection.previous_scope, selection.period.interval)
        if selection.shows_before
        else (None, None)
    )
    excluded = traffic.not_counted(context.event_store, selection.site.stored_as, selection.period)
    return render_template(
        "overview.html",
        figures=figures(language, _first_row(now), None if before is None else _first_row(before)),
        chart=_chart(context, selection, language, series, earlier),
        metric_label=translate(language, METRICS[selection.metric].label),
        leads=_leads(context, selection, language),
        panels=read_panels(context, selection, list(BY_KEY), language, everybody=int(now["visitors"].iloc[0])),
        not_counted=by_reason(language, excluded),
        live=traffic.live_visitors(context.event_store, selection.site.stored_as, context.now()),
        before_days=dates.span(language, selection.period.previous().start, selection.period.previous().end),
        **checklist(selection.site),
        **head(context, selection),
    )


def _leads(context: Context, selection: Selection, language: str) -> list[LeadRow]:
    confirmed = selection.site.confirmed_names
    found = leads(context.event_store, selection.scope, confirmed=confirmed, limit=_LEADS)
    return lead_rows(language, found, selection.period.time_zone)


def _comparable(context: Context, selection: Selection) -> Selection:
    """The selection without its comparison when the site was not counted yet for all of the period before."""
    first = traffic.first_day(context.event_store, selection.site.stored_as, selection.zone)
    counted = first is not None and first <= selection.period.previous().start
    return selection if counted else replace(selection, counted_before=False)


def _first_row(totals: pd.DataFrame) -> dict[str, float]:
    return {str(name): value for name, value in totals.iloc[0].items()}


def _chart(
    context: Context, selection: Selection, language: str, series: pd.DataFrame, earlier: pd.DataFrame | None
) -> Chart:
    interval = selection.period.interval
    now = context.now().astimezone(selection.zone).replace(tzinfo=None)
    starts = [_as_time(start) for start in series["start"]]
    ends = [*starts[1:], _as_time(selection.period.end)]
    points = [
        Point(
            label=_label(language, start, interval),
            value=None if start > now else float(value),
            before=_at(earlier, index, selection.metric),
            before_label=_before_label(language, earlier, index, interval),
            unfinished=start <= now < end,
        )
        for index, (start, end, value) in enumerate(zip(starts, ends, series[selection.metric], strict=True))
    ]
    return draw(points, metric=selection.metric, word=lambda value: _word(language, selection.metric, value))


def _word(language: str, metric: str, value: float) -> str:
    return word_value(language, metric, value)


def _at(frame: pd.DataFrame | None, index: int, metric: str) -> float | None:
    if frame is None or index >= len(frame):
        return None
    value = frame[metric].iloc[index]
    return 0.0 if pd.isna(value) else float(value)


def _before_label(language: str, frame: pd.DataFrame | None, index: int, interval: str) -> str:
    if frame is None or index >= len(frame):
        return ""
    return _label(language, _as_time(frame["start"].iloc[index]), interval)


def _as_time(start: Any) -> datetime:
    """The local start of an interval, a date or a datetime in the report."""
    if isinstance(start, datetime):
        return start.replace(tzinfo=None)
    if isinstance(start, date):
        return datetime(start.year, start.month, start.day)  # noqa: DTZ001 - local, as every start of an interval
    return pd.Timestamp(start).to_pydatetime()


def _label(language: str, start: datetime, interval: str) -> str:
    if interval == "hour":
        return f"{dates.day(language, start.date())}, {start:%H:%M}"
    if interval == "week":
        return dates.span(language, start.date(), start.date() + timedelta(days=7))
    if interval == "month":
        return dates.month(language, start.date())
    return dates.day(language, start.date())
