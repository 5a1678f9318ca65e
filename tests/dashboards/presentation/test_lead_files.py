"""The leads as files: in words of both languages, in codes, and as CRMs import companies."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pytest

from dashboards.presentation.lead_files import LeadFile
from tracker.leads.files.crm_templates import TEMPLATES
from tracker.leads.report import COLUMNS

PARIS = ZoneInfo("Europe/Paris")
PAGES = "https://stats.exemple.fr/blog.exemple.fr/leads"


@pytest.fixture
def frame() -> pd.DataFrame:
    seen = datetime(2026, 11, 16, 8, 6, tzinfo=UTC)
    row = {
        "company": "Élan & fils", "company_id": "elan.fr", "company_domain": "elan.fr", "network_kind": "business",
        "score": 76, "reasons": [], "visits": 3, "visitors": 2, "pageviews": 1200, "engaged_seconds": 69.0,
        "first_seen": seen, "last_seen": seen, "sources": ["LinkedIn"], "pages": ["=Tarifs"], "country": "DE",
        "city": "Köln", "method": "as_organisation", "evidence": None, "confidence": 0.95, "sure": True,
        "last_seen_ever": seen, "standing": None, "standing_values": {},
    }  # fmt: skip
    unsure = row | {"company": "Perhaps", "company_id": "perhaps", "company_domain": None, "sure": False}
    return pd.DataFrame([row, unsure | {"city": None, "country": None}], columns=list(COLUMNS))


def rows(content: bytes, separator: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


@pytest.mark.parametrize(
    ("language", "separator", "company", "confidence", "place"),
    [("fr", ";", "Entreprise", "0,95", "Köln, Allemagne"), ("en", ",", "Company", "0.95", "Köln, Germany")],
)
def test_words_of_a_language(
    frame: pd.DataFrame, language: str, separator: str, company: str, confidence: str, place: str
) -> None:
    file = LeadFile(language, PARIS, PAGES)
    found = rows(file.content(frame, "csv"), separator)
    assert [one[company] for one in found] == ["Élan & fils", "Perhaps"]
    values = list(found[0].values())
    assert {"76", "1200", "0:01:09", "2026-11-16 09:06", "'=Tarifs", confidence, place} <= set(values)
    sheet = openpyxl.load_workbook(io.BytesIO(file.content(frame, "xlsx"))).active
    assert sheet is not None
    typed = next(sheet.iter_rows(min_row=2, values_only=True))
    assert {76, 1200, 0.95, datetime(2026, 11, 16, 9, 6), "=Tarifs"} <= set(typed)  # noqa: DTZ001 - the site's clock


def test_codes_are_the_same_in_every_language(frame: pd.DataFrame) -> None:
    file = LeadFile(None, PARIS, PAGES)
    (first, _) = rows(file.content(frame, "csv"), ",")
    assert (first["network_kind"], first["country"], first["last_seen"]) == ("business", "DE", "2026-11-16T08:06:00Z")
    assert json.loads(file.content(frame, "json"))[0]["company"] == "Élan & fils"


@pytest.mark.parametrize("template", list(TEMPLATES))
def test_a_crm_gets_its_own_columns_and_certain_companies_alone(frame: pd.DataFrame, template: str) -> None:
    file = LeadFile("fr", PARIS, PAGES, template)
    (row,) = rows(file.content(frame, "csv"), TEMPLATES[template].separator)
    assert list(row) == [heading for heading, _ in TEMPLATES[template].columns]
    assert "Élan & fils" in row.values()
    assert any("https://stats.exemple.fr/blog.exemple.fr/leads/elan.fr" in value for value in row.values())
    sheet = openpyxl.load_workbook(io.BytesIO(file.content(frame, "xlsx"))).active
    assert sheet is not None
    assert sheet.max_row == 2
    assert json.loads(file.content(frame, "json"))[0] == row


def test_the_names_that_crms_publish(frame: pd.DataFrame) -> None:
    (hubspot,) = rows(LeadFile("en", PARIS, PAGES, "hubspot").content(frame, "csv"), ",")
    assert (hubspot["Company domain name"], hubspot["Country/Region"]) == ("elan.fr", "Germany")
    (salesforce,) = rows(LeadFile("fr", PARIS, PAGES, "salesforce").content(frame, "csv"), ",")
    assert (salesforce["Account Name"], salesforce["Billing Country"]) == ("Élan & fils", "Germany")
    assert salesforce["Website"] == "https://elan.fr"
