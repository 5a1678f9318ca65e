"""The leads as files: in words of both languages, in codes, and as CRMs import companies."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pytest

from dashboards.presentation.lead_files import LeadFile
from dashboards.presentation.workflow import WorkWords
from tracker.leads.files.crm_templates import TEMPLATES
from tracker.leads.fit.fits import Fits, Held
from tracker.leads.fit.rules import make_rule
from tracker.leads.report import COLUMNS
from tracker.leads.segments.work_columns import with_work
from tracker.leads.workflow.site_work import Facts, SiteWork
from tracker.leads.workflow.states import State
from tracker.leads.workflow.vocabulary import Kind
from tracker.stats.filters.address_bar import read_filter

PARIS = ZoneInfo("Europe/Paris")
WORK = SiteWork(
    {
        "Élan & fils": Facts(
            State(status="to_contact", remind_on=date(2026, 12, 1), tags=("=VIP", "Salon")),
            Kind.CUSTOMER,
            "lea@exemple.fr",
            ("Clients",),
        )
    }
)
FITS = Fits((make_rule(1, read_filter("list:is:Clients")),), (Held(frozenset({"Élan & fils"})),))
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
    found = pd.DataFrame([row, unsure | {"city": None, "country": None}], columns=list(COLUMNS))
    return with_work(found, WORK, FITS)


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


@pytest.mark.parametrize(
    ("language", "separator", "headings", "values"),
    [
        (
            "fr",
            ";",
            ["Statut", "Relation", "Responsable", "Étiquettes", "Listes", "Rappel", "Adéquation"],
            ["À contacter", "Client", "Léa", "=VIP, Salon", "Clients", "2026-12-01", "100"],
        ),
        (
            "en",
            ",",
            ["Lead status", "Relationship", "Owner", "Tags", "Lists", "Reminder", "Fit"],
            ["To contact", "Customer", "Léa", "=VIP, Salon", "Clients", "2026-12-01", "100"],
        ),
    ],
)
def test_what_is_set_stands_in_the_files_in_words(
    frame: pd.DataFrame, language: str, separator: str, headings: list[str], values: list[str]
) -> None:
    said = WorkWords(language, emails={"lea@exemple.fr": "Léa"})
    file = LeadFile(language, PARIS, PAGES, said=said)
    first, second = rows(file.content(frame, "csv"), separator)
    harmless = [f"'{one}" if one.startswith("=") else one for one in values]
    assert [first[heading] for heading in headings] == harmless
    assert second[headings[-1]] == "0"
    sheet = openpyxl.load_workbook(io.BytesIO(file.content(frame, "xlsx"))).active
    assert sheet is not None
    heads, typed, _ = sheet.iter_rows(values_only=True)
    cells = dict(zip(heads, typed, strict=True))
    assert [cells[heading] for heading in headings] == [*values[:5], datetime(2026, 12, 1), 100]  # noqa: DTZ001


def test_what_is_set_stands_in_the_files_in_codes(frame: pd.DataFrame) -> None:
    file = LeadFile(None, PARIS, PAGES)
    names = ["status", "relationship", "owner", "tags", "lists", "reminder", "fit"]
    values = ["to_contact", "customer", "lea@exemple.fr", "=VIP; Salon", "Clients", "2026-12-01", "100"]
    first, second = rows(file.content(frame, "csv"), ",")
    assert [first[name] for name in names] == [f"'{one}" if one.startswith("=") else one for one in values]
    assert (second["status"], second["relationship"], second["owner"], second["reminder"]) == (
        "new",
        "prospect",
        "",
        "",
    )
    sheet = openpyxl.load_workbook(io.BytesIO(file.content(frame, "xlsx"))).active
    assert sheet is not None
    heads, typed, _ = sheet.iter_rows(values_only=True)
    cells = dict(zip(heads, typed, strict=True))
    assert [cells[name] for name in names] == [*values[:5], datetime(2026, 12, 1), 100]  # noqa: DTZ001
    plain = json.loads(file.content(frame, "json"))
    assert [plain[0][name] for name in names] == [*values[:3], ["=VIP", "Salon"], ["Clients"], "2026-12-01", 100]
    assert (plain[1]["owner"], plain[1]["tags"], plain[1]["hidden"]) == (None, [], False)


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
    (french,) = rows(LeadFile("fr", PARIS, PAGES, "hubspot").content(frame, "csv"), ",")
    assert ".. " not in french["Description"], "a day with a short month ends the sentence already"
    (salesforce,) = rows(LeadFile("fr", PARIS, PAGES, "salesforce").content(frame, "csv"), ",")
    assert (salesforce["Account Name"], salesforce["Billing Country"]) == ("Élan & fils", "Germany")
    assert salesforce["Website"] == "https://elan.fr"
