"""The panel of excluded traffic on an overview: drawn again when its rows are others, also where no figure has changed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import cast

import pandas as pd
from flask import Flask

from dashboards.presentation.figures import Change, changed
from dashboards.presentation.not_counted_rows import ReasonRow, by_reason
from dashboards.web.overview.drawn import Part, Reader, drawn, for_nobody, part
from dashboards.web.site.pages import compared_days
from dashboards.web.site.selection import Selection
from tracker.service.context import Context
from tracker.stats import traffic
from tracker.stats.periods import Period


def excluded_panel(app: Flask, context: Context, selection: Selection, reader: Reader) -> Part:
    """The panel of a selection's period."""
    now = _read(context, selection, selection.period)
    other = _compared(context, selection)
    before = None if other is None else _read(context, selection, other)

    def draw() -> Part:
        language = reader.language
        rows = by_reason(language, now)
        variables = {
            "language": language,
            "selection": selection,
            "not_counted": rows,
            "excluded_changes": {} if before is None else _changes(language, rows, before),
            "compared_days": compared_days(language, selection),
        }
        with for_nobody(app, reader, selection.site):
            return part(app, "overview_excluded.html", variables)

    of = (_rows(now), before is not None and _rows(before), selection.compared)
    return cast(Part, drawn(context.event_store, "excluded", selection, reader, of, draw))


def _read(context: Context, selection: Selection, period: Period) -> pd.DataFrame:
    return traffic.not_counted_by_reason(context.event_store, selection.site.stored_as, period)


def _rows(frame: pd.DataFrame) -> Hashable:
    return tuple(zip(frame["reason"], frame["hits"], strict=True))


def _compared(context: Context, selection: Selection) -> Period | None:
    """The period that is compared with: excluded traffic is kept by day, so only whole days are compared."""
    other, period = selection.compared, selection.period
    if other is None or other.moments is not None or period.start_at <= context.now() < period.end_at:
        return None
    return other


def _changes(language: str, rows: list[ReasonRow], before: pd.DataFrame) -> dict[str, Change]:
    """The change of each reason's events, neither good nor bad."""
    befores = {row.code: row.hits for row in by_reason(language, before)}
    return {
        row.code: replace(changed(language, "pageviews", row.hits, befores.get(row.code, 0)), tone="flat")
        for row in rows
    }
