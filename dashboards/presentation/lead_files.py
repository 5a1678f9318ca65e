"""The leads as a file that a person downloads: headings, words and separators of a language, or a CRM's import template.

A spreadsheet in French takes semicolons between the columns and a comma in a number, one in English commas and a point.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pandas as pd

from dashboards.presentation import labels
from dashboards.presentation.evidence import describe_stored
from dashboards.presentation.lead_rows import LeadRow, lead_rows
from dashboards.presentation.workflow import WorkWords
from dashboards.translations import message, translate
from tracker.enrichment.text import visible_text
from tracker.leads.export import leads_as_csv, leads_as_json, leads_as_xlsx
from tracker.leads.files.crm_templates import TEMPLATES, Fact
from tracker.leads.files.tables import Column, Kind, as_csv, as_xlsx
from tracker.leads.registers.facts import CompanyFacts
from tracker.reference.registers.labels import employees

Form = Literal["csv", "xlsx", "json"]

_SEPARATORS = {"fr": ";"}
_DECIMALS = {"fr": ","}
MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_COLUMNS: tuple[tuple[str, Kind, Callable[[LeadRow, ZoneInfo], object]], ...] = (
    (message("Company"), Kind.TEXT, lambda lead, _: lead.company),
    (message("Domain"), Kind.TEXT, lambda lead, _: lead.domain),
    (message("Type"), Kind.TEXT, lambda lead, _: lead.kind),
    (message("Place"), Kind.TEXT, lambda lead, _: lead.place),
    (message("Sector"), Kind.TEXT, lambda lead, _: lead.facts and lead.facts.sector),
    (message("Activity"), Kind.TEXT, lambda lead, _: lead.facts and lead.facts.activity),
    (message("Size"), Kind.TEXT, lambda lead, _: lead.facts and lead.facts.size),
    (message("Seat"), Kind.TEXT, lambda lead, _: lead.facts and lead.facts.seat),
    (message("Region of the seat"), Kind.TEXT, lambda lead, _: lead.facts and lead.facts.region),
    (message("Legal state"), Kind.TEXT, lambda lead, _: lead.facts and lead.facts.state),
    (message("Registry number"), Kind.TEXT, lambda lead, _: lead.facts and lead.facts.number),
    (message("Register"), Kind.TEXT, lambda lead, _: lead.facts and lead.facts.source),
    (message("Score"), Kind.COUNT, lambda lead, _: lead.score),
    (message("Fit"), Kind.COUNT, lambda lead, _: lead.fit),
    (message("Standing"), Kind.TEXT, lambda lead, _: lead.standing_words),
    (message("Why"), Kind.TEXT, lambda lead, _: " · ".join(one.text for one in lead.reasons)),
    (message("Visits"), Kind.COUNT, lambda lead, _: lead.visits),
    (message("Visitors"), Kind.COUNT, lambda lead, _: lead.visitors),
    (message("Page views"), Kind.COUNT, lambda lead, _: lead.pageviews),
    (message("Reading time"), Kind.DURATION, lambda lead, _: lead.engaged_seconds),
    (message("First seen"), Kind.MOMENT, lambda lead, zone: _local(lead.first_seen, zone)),
    (message("Last seen"), Kind.MOMENT, lambda lead, zone: _local(lead.last_seen, zone)),
    (message("Sources"), Kind.TEXT, lambda lead, _: ", ".join(filter(None, lead.sources))),
    (message("Pages"), Kind.TEXT, lambda lead, _: ", ".join(lead.pages)),
    (message("Method"), Kind.TEXT, lambda lead, _: lead.method),
    (message("Evidence"), Kind.TEXT, lambda lead, _: lead.evidence),
    (message("Confidence"), Kind.FRACTION, lambda lead, _: lead.confidence),
)
# They stand before the figures.
_BEFORE_WORK = next(place for place, (heading, _, _) in enumerate(_COLUMNS) if heading == "Visits")
# What the publisher set, of a row of tracker.leads.segments.work_columns.
_OF_WORK: tuple[tuple[str, Kind, Callable[[Mapping[Any, Any], WorkWords], object]], ...] = (
    (message("Lead status"), Kind.TEXT, lambda row, said: said.status(row["status"])),
    (message("Relationship"), Kind.TEXT, lambda row, said: said.kind(row["relationship"])),
    (message("Owner"), Kind.TEXT, lambda row, said: said.emails.get(row["owner"], row["owner"])),
    (message("Tags"), Kind.TEXT, lambda row, _: ", ".join(row["tags"])),
    (message("Lists"), Kind.TEXT, lambda row, _: ", ".join(row["lists"])),
    (message("Reminder"), Kind.DAY, lambda row, _: row["reminder"]),
)


def separators(language: str | None) -> tuple[str, str]:
    """What separates the columns of a CSV in a language, and its decimal sign; without one as programs write it."""
    return _SEPARATORS.get(language or "", ","), _DECIMALS.get(language or "", ".")


@dataclass(frozen=True)
class LeadFile:
    """What is in a file: words in a `language`, or codes without one; or a CRM's `template`.

    `pages` is the URL of the site's leads, below which each company has its page; `zone` is that of its times;
    `said` words what the publisher set.
    """

    language: str | None
    zone: ZoneInfo
    pages: str
    template: str | None = None
    said: WorkWords | None = None

    def content(self, frame: pd.DataFrame, form: Form) -> bytes:
        """Returns the leads, with what is set for them (tracker.leads.segments.work_columns), as a file. A CRM's has companies that are certain alone."""
        if self.template is not None:
            return self._for_a_crm(frame[frame["sure"]], form)
        if form == "json" or self.language is None:
            rows = leads_as_json(frame, partial(describe_stored, self.language or "en"))
            return _CODES[form](rows)
        columns = [
            Column(translate(self.language, heading), kind, [_cell(read(row, self.zone)) for row in self._rows(frame)])
            for heading, kind, read in _COLUMNS
        ]
        columns[_BEFORE_WORK:_BEFORE_WORK] = self._of_work(frame)
        if form == "xlsx":
            return as_xlsx(columns, sheet=translate(self.language, "Leads"))
        return as_csv(
            columns,
            separator=_SEPARATORS.get(self.language, ","),
            decimal=_DECIMALS.get(self.language, "."),
        )

    def _of_work(self, frame: pd.DataFrame) -> list[Column]:
        language, records = self.language or "en", frame.to_dict("records")
        said = self.said or WorkWords(language)
        return [
            Column(translate(language, heading), kind, [_cell(read(row, said)) for row in records])
            for heading, kind, read in _OF_WORK
        ]

    def _rows(self, frame: pd.DataFrame) -> list[LeadRow]:
        return lead_rows(self.language or "en", frame)

    def _for_a_crm(self, frame: pd.DataFrame, form: Form) -> bytes:
        assert self.template is not None
        template = TEMPLATES[self.template]
        records, rows = frame.to_dict("records"), self._rows(frame)
        facts = [self._facts(record, row) for record, row in zip(records, rows, strict=True)]
        columns = [
            Column(heading, Kind.TEXT, [_cell(one[fact]) for one in facts]) for heading, fact in template.columns
        ]
        if form == "json":
            return _json([{column.heading: column.cells[n] for column in columns} for n in range(len(facts))])
        if form == "xlsx":
            return as_xlsx(columns, sheet=template.name)
        return as_csv(columns, separator=template.separator)

    def _facts(self, record: dict[Any, Any], row: LeadRow) -> dict[Fact, str | None]:
        language = self.language or "en"
        # CRMs know countries by their English names, whatever language they are shown in.
        country = labels.country("en", record["country"]) if record["country"] else None
        found = record.get("register")
        facts = found if isinstance(found, CompanyFacts) else None
        people = employees(facts.entry) if facts else None
        city = (facts.entry.seat.town if facts else "") or record["city"] or None
        last_seen = f"{_local(row.last_seen, self.zone):%Y-%m-%d}"
        return {
            Fact.NAME: row.company,
            Fact.DOMAIN: row.domain,
            Fact.WEBSITE: f"https://{row.domain}" if row.domain else None,
            Fact.CITY: city,
            Fact.COUNTRY: country,
            Fact.ADDRESS: ", ".join(filter(None, (city, country))) or None,
            Fact.PROSPECT: "prospect",
            Fact.INDUSTRY: row.facts.sector if row.facts else "",
            Fact.EMPLOYEES: str(people[0]) if people else "",
            Fact.NUMBER: row.facts.number if row.facts else "",
            Fact.NOTE: translate(
                language,
                "Lead score: %(score)s of 100. Why: %(why)s. Last visit: %(day)s. %(url)s",
                score=row.score,
                why=(row.why or "–").removesuffix("."),  # French dates are short with a full stop
                day=last_seen,
                url=f"{self.pages}/{quote(row.company_id, safe='')}",
            ),
        }


def _json(rows: Any) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=2).encode() + b"\n"


_CODES: dict[Form, Callable[[list[dict[str, Any]]], bytes]] = {
    "csv": leads_as_csv,
    "xlsx": leads_as_xlsx,
    "json": _json,
}


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """On the site's clock, as a spreadsheet has times: without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _cell(value: object) -> object:
    return visible_text(value) if isinstance(value, str) else value
