"""Leads as files: JSON for programs, CSV and XLSX for people with a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd

from tracker.enrichment.company.evidence import read_stored
from tracker.enrichment.text import visible_text
from tracker.leads.files.tables import Column, Kind, as_csv, as_xlsx
from tracker.leads.registers.facts import CompanyFacts, as_json
from tracker.leads.scoring import Reason
from tracker.leads.segments.work_columns import COLUMNS as WORK_COLUMNS

_WORK = frozenset(WORK_COLUMNS) - {"register"}
# The reasons become several columns. The id is only for links: it may change when companies are merged.
_NOT_EXPORTED = ("reasons", "company_id", "standing_values", "register")

# Returns a company's stored evidence in words, as `dashboards.presentation.evidence` does.
DescribeEvidence = Callable[[str | None], str]


def leads_as_json(frame: pd.DataFrame, describe: DescribeEvidence) -> list[dict[str, Any]]:
    """Returns the rows of `tracker.leads.report.leads` as plain JSON values; timestamps are ISO 8601 in UTC.

    `evidence` is a sentence; `evidence_code` and `evidence_values` are the same for programs.
    """
    return [_plain(record, describe) for record in frame.to_dict("records")]


def _plain(record: dict[Any, Any], describe: DescribeEvidence) -> dict[str, Any]:
    row = {str(name): plain_value(value) for name, value in record.items() if name not in _NOT_EXPORTED}
    facts = record.get("register")
    row["register"] = as_json(facts) if isinstance(facts, CompanyFacts) else None
    row["reasons"] = [_plain_reason(one) for one in record["reasons"]]
    if row["evidence"]:
        found = read_stored(record["evidence"])
        row["evidence"] = plain_value(describe(record["evidence"]))
        row["evidence_code"] = found.code
        row["evidence_values"] = {name: plain_value(value) for name, value in dict(found.values).items()}
    row["standing"] = record["standing"] and {
        "code": str(record["standing"]),
        "values": dict(record["standing_values"]),
    }
    for name in _WORK & row.keys():
        row[name] = _plain_work(record[name])
    for name in ("first_seen", "last_seen", "last_seen_ever"):
        row[name] = record[name].strftime("%Y-%m-%dT%H:%M:%SZ")
    for name in ("score", "visits", "visitors", "pageviews"):
        row[name] = int(record[name])
    return row


def _plain_work(value: Any) -> Any:
    """Returns what is set for a company as a JSON value; nobody and nothing is null."""
    if isinstance(value, date):
        return value.isoformat()
    return plain_value(value) if value or isinstance(value, (bool, int, list)) else None


def _plain_reason(one: Reason) -> dict[str, Any]:
    values = {name: plain_value(value) for name, value in dict(one.values).items()}
    return {"code": one.code, "points": one.points, "values": values}


def plain_value(value: Any) -> Any:
    """Returns a cell as a JSON value; texts without control characters and bidirectional overrides."""
    if isinstance(value, list):
        return [plain_value(one) for one in value]
    if isinstance(value, str):
        return visible_text(value)
    return None if pd.isna(value) else value


def leads_as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """The leads as CSV with the names of the API's fields; lists joined by `; `."""
    return as_csv(_table(rows))


def leads_as_xlsx(rows: Sequence[dict[str, Any]]) -> bytes:
    """The leads as a workbook with the names of the API's fields."""
    return as_xlsx(_table(rows), sheet="leads")


_KINDS = {
    **dict.fromkeys(("score", "fit", "visits", "visitors", "pageviews"), Kind.COUNT),
    **dict.fromkeys(("engaged_seconds", "confidence"), Kind.NUMBER),
    **dict.fromkeys(("first_seen", "last_seen", "last_seen_ever"), Kind.MOMENT),
    "reminder": Kind.DAY,
    **dict.fromkeys(("employees_least", "employees_most"), Kind.COUNT),
    "register_as_of": Kind.DAY,
}
# What registers say, flat: the columns of a file, and the fields of facts.as_json.
_OF_REGISTERS = {
    "register": "register", "register_as_of": "as_of", "register_number": "number", "register_name": "name",
    "activity": "activity", "activity_label": "activity_label", "nace_section": "nace_section",
    "employees_least": "employees_least", "employees_most": "employees_most", "legal_form": "legal_form_label",
    "founded": "founded", "legal_state": "state",
}  # fmt: skip
_COLUMNS = ("company", "company_domain", "network_kind", "score", "reasons", "visits", "visitors", "pageviews", "engaged_seconds", "first_seen", "last_seen", "sources", "pages", "country", "city", "method", "evidence", "confidence", "last_seen_ever", "standing", "fit", "status", "relationship", "owner", "tags", "lists", "reminder", *_OF_REGISTERS, "seat_postcode", "seat_town", "seat_region", "group")  # fmt: skip


def _table(rows: Sequence[dict[str, Any]]) -> list[Column]:
    flat = [_flat(row) for row in rows]
    return [
        Column(name, _KINDS.get(name, Kind.TEXT), [_cell(name, one.get(name)) for one in flat]) for name in _COLUMNS
    ]


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row with what registers say of its company as columns of its own."""
    facts = row.get("register") or {}
    seat = facts.get("seat") or {}
    return (
        row
        | {column: facts.get(field) for column, field in _OF_REGISTERS.items()}
        | {f"seat_{name}": seat.get(name) for name in ("postcode", "town", "region")}
        | {"group": [one["name"] for one in facts.get("group", ())]}
    )


def _cell(name: str, value: Any) -> Any:
    if name == "reasons":
        value = [f"{reason['code']} +{reason['points']}" for reason in value]
    if name == "standing":
        value = value and value["code"]
    if isinstance(value, list):
        value = "; ".join(str(one) for one in value)
    if value and _KINDS.get(name) is Kind.DAY:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if value and _KINDS.get(name) is Kind.MOMENT else value
