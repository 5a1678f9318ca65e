"""All values of a dimension as a page and as a file: each with its figures, its companies and the best lead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import pandas as pd
from flask import Response, abort, render_template, request

from dashboards.presentation import numbers
from dashboards.presentation.figures import Change, changed, word_value
from dashboards.presentation.lead_files import MEDIA_TYPES, separators
from dashboards.presentation.lead_rows import level
from dashboards.translations import translate
from dashboards.web.details.asked import (
    COMPANIES,
    GOAL_RATE,
    LABELS,
    LEAD,
    MEANINGS,
    REVENUE,
    Listing,
    read_listing,
)
from dashboards.web.details.rows import Rows, read_rows
from dashboards.web.language import current_language
from dashboards.web.panels import DIMENSION_TITLES, panel_of, word_dimension
from dashboards.web.places.world_map import regions_url, world_map
from dashboards.web.site.links import selection_url
from dashboards.web.site.pages import head, selection_or_404
from dashboards.web.site.selection import Selection, comparing
from tracker.accounts.permissions import Action
from tracker.leads.files.tables import Column, Kind, as_csv, as_xlsx
from tracker.service.context import Context
from tracker.stats.breakdowns import visitors_of
from tracker.stats.dimensions import BY_NAME, Dimension
from tracker.stats.goals import goals_of
from tracker.stats.goals.revenue_by_value import has_revenue
from tracker.stats.rollups.moment import moment

_PAGE = 100
# The panel whose values have revenue: where the visits that paid came from.
_PAID = "sources"
# More rows than this are no table that a person reads; the API pages through all.
_MOST_IN_FILE = 10_000
FileForm = Literal["csv", "xlsx"]
FILE_FORMS: tuple[FileForm, ...] = get_args(FileForm)
_KINDS = {
    "visitors": Kind.COUNT,
    "visits": Kind.COUNT,
    "pageviews": Kind.COUNT,
    "bounce_rate": Kind.FRACTION,
    "engaged_seconds": Kind.DURATION,
    "scroll_depth": Kind.NUMBER,
    GOAL_RATE: Kind.FRACTION,
    COMPANIES: Kind.COUNT,
    LEAD: Kind.TEXT,
}


@dataclass(frozen=True)
class DetailRow:
    """One value in words. `url` is its company's page, or else the overview narrowed to it; `lead` the best one's name.

    `regions_url` is the list of a country's regions.
    """

    label: str
    detail: str
    url: str
    cells: dict[str, str]
    lead: str
    lead_url: str
    score: int
    score_level: str
    change: Change | None
    regions_url: str = ""


def details_page(context: Context, site: str, name: str) -> str:
    """The page of a dimension's values, or 404."""
    dimension = _dimension_or_404(name)
    selection, language = comparing(context, selection_or_404(context, site)), current_language()
    listing = _listing(selection, dimension)
    with moment(context.event_store) as store:
        of_page = replace(context, event_store=store)
        found = read_rows(of_page, listing, language, limit=_PAGE, offset=(listing.page - 1) * _PAGE)
        rows = _shown(of_page, listing, found, language)
        return render_template(
            "breakdown.html",
            listing=listing,
            dimension=dimension,
            title=translate(language, DIMENSION_TITLES[dimension]),
            label=translate(language, dimension.definition.label),
            rows=rows,
            number=found.number,
            labels={key: translate(language, LABELS[key]) for key in listing.columns},
            meanings={key: translate(language, MEANINGS[key]) for key in listing.columns},
            has_more=found.number > listing.page * _PAGE,
            panel=panel_of(dimension),
            world=world_map(of_page, selection, language) if dimension is Dimension.COUNTRY else None,
            **head(context, selection),
        )


def details_file(context: Context, site: str, name: str, form: FileForm) -> Response:
    """The same as a file, in the page's language."""
    dimension = _dimension_or_404(name)
    selection, language = selection_or_404(context, site, Action.EXPORT_REPORTS), current_language()
    if not selection.is_all_read:  # a file cannot say that it holds something else
        abort(400)
    with moment(context.event_store) as store:
        of_page = replace(context, event_store=store)
        frame = read_rows(of_page, _listing(selection, dimension), language, limit=_MOST_IN_FILE).frame
    columns = list(_columns(frame, _listing(selection, dimension), language))
    separator, decimal = separators(language)
    content = (
        as_csv(columns, separator=separator, decimal=decimal)
        if form == "csv"
        else as_xlsx(columns, sheet=translate(language, DIMENSION_TITLES[dimension])[:31])
    )
    file_name = f"{dimension.value}-{selection.site.domain}-{selection.period.start}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "private, no-store"}
    return Response(content, mimetype=MEDIA_TYPES[form], headers=headers)


def _dimension_or_404(name: str) -> Dimension:
    if name not in {one.value for one in DIMENSION_TITLES}:
        abort(404)
    return BY_NAME[name]


def _listing(selection: Selection, dimension: Dimension) -> Listing:
    goals = goals_of(selection.site)
    without = [] if goals else [GOAL_RATE]
    if dimension.definition.panel != _PAID or not has_revenue(goals):
        without.append(REVENUE)
    return read_listing(selection, dimension, request.args, without=without)


def _shown(context: Context, listing: Listing, found: Rows, language: str) -> list[DetailRow]:
    selection, dimension = listing.selection, listing.dimension
    befores: dict[str | None, int] | None = None
    if selection.compared_scope is not None and len(found.frame):
        named = {dimension: list(found.frame["value"])}
        befores = visitors_of(context.event_store, selection.compared_scope, named)[dimension]
    return [_row(listing, record, befores, language) for record in found.frame.to_dict("records")]


def _row(listing: Listing, record: dict[Any, Any], befores: dict[str | None, int] | None, language: str) -> DetailRow:
    selection, dimension, value = listing.selection, listing.dimension, record["value"]
    words = word_dimension(language, dimension, value or "")
    if dimension is Dimension.COMPANY:
        url = selection_url(selection, "company.show", company_id=value)
    else:
        url = selection_url(selection.filtered(dimension, value or ""))
    lead = record[LEAD] or ""
    return DetailRow(
        label=record["title"] or words,
        detail=words if record["title"] else "",
        url=url,
        cells={key: _cell(language, key, record[key]) for key in listing.columns if key != LEAD},
        lead=lead,
        lead_url=selection_url(selection, "company.show", company_id=lead) if lead else "",
        score=int(record["score"]),
        score_level=level(int(record["score"])),
        change=None if befores is None else changed(language, "visitors", record["visitors"], befores.get(value, 0)),
        regions_url=regions_url(selection, value) if dimension is Dimension.COUNTRY and value else "",
    )


def _cell(language: str, key: str, value: Any) -> str:
    if key == REVENUE:
        return " + ".join(numbers.money(language, amount, currency) for currency, amount in value.items()) or "–"
    if value is None or pd.isna(value):
        return "–"
    if key == GOAL_RATE:
        return numbers.percent(language, value)
    if key == "scroll_depth":
        return numbers.percent(language, value / 100)
    if key == COMPANIES:
        return numbers.count(language, value)
    return word_value(language, key, value)


def _revenue_columns(frame: pd.DataFrame, language: str) -> list[Column]:
    """A column of a file for each currency."""
    title = translate(language, LABELS[REVENUE])
    currencies = sorted({currency for revenue in frame[REVENUE] for currency in revenue})
    return [
        Column(f"{title} ({currency})", Kind.NUMBER, [revenue.get(currency) for revenue in frame[REVENUE]])
        for currency in currencies
    ]


def _columns(frame: pd.DataFrame, listing: Listing, language: str) -> list[Column]:
    """The columns of a file. What is unknown has the same words as on the page."""
    dimension = listing.dimension
    words = [word_dimension(language, dimension, value or "") for value in frame["value"]]
    columns = [Column(translate(language, dimension.definition.label), Kind.TEXT, words)]
    if dimension is Dimension.PAGE:
        columns.append(Column(translate(language, "Title"), Kind.TEXT, list(frame["title"])))
    for key in listing.columns:
        if key == REVENUE:
            columns += _revenue_columns(frame, language)
            continue
        cells = [None if value is None or pd.isna(value) else value for value in frame[key]]
        columns.append(Column(translate(language, LABELS[key]), _KINDS[key], cells))
    scores = [score if lead else None for score, lead in zip(frame["score"], frame[LEAD], strict=True)]
    return [*columns, Column(translate(language, "Score"), Kind.COUNT, scores)]
