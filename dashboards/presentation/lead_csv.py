"""The leads as the file that a dashboard downloads: headings and words in the page's language.

A spreadsheet in French takes semicolons between the columns, one in English commas.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from dashboards.presentation.lead_rows import LeadRow, lead_rows
from dashboards.translations import message, translate
from tracker.enrichment.text import visible_text
from tracker.leads.export import table_as_csv

_SEPARATORS = {"fr": ";"}
_COLUMNS: tuple[tuple[str, Callable[[LeadRow, ZoneInfo], object]], ...] = (
    (message("Company"), lambda lead, _: lead.company),
    (message("Domain"), lambda lead, _: lead.domain),
    (message("Type"), lambda lead, _: lead.kind),
    (message("Place"), lambda lead, _: lead.place),
    (message("Score"), lambda lead, _: lead.score),
    (message("Standing"), lambda lead, _: lead.standing_words),
    (message("Why"), lambda lead, _: " · ".join(one.text for one in lead.reasons)),
    (message("Visits"), lambda lead, _: lead.visits),
    (message("Visitors"), lambda lead, _: lead.visitors),
    (message("Page views"), lambda lead, _: lead.pageviews),
    (message("Reading time"), lambda lead, _: lead.engaged),
    (message("First seen"), lambda lead, zone: _moment(lead.first_seen, zone)),
    (message("Last seen"), lambda lead, zone: _moment(lead.last_seen, zone)),
    (message("Sources"), lambda lead, _: ", ".join(filter(None, lead.sources))),
    (message("Pages"), lambda lead, _: ", ".join(lead.pages)),
    (message("Method"), lambda lead, _: lead.method),
    (message("Evidence"), lambda lead, _: lead.evidence),
    (message("Confidence"), lambda lead, _: lead.confidence),
)


def leads_in_words(language: str, frame: pd.DataFrame, zone: ZoneInfo) -> bytes:
    """The rows of `tracker.leads.report.leads` as CSV; times are those of `zone`."""
    rows = lead_rows(language, frame)
    table = {translate(language, heading): [_cell(read(row, zone)) for row in rows] for heading, read in _COLUMNS}
    return table_as_csv(pd.DataFrame(table), separator=_SEPARATORS.get(language, ","))


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _cell(value: object) -> object:
    return visible_text(value) if isinstance(value, str) else value
